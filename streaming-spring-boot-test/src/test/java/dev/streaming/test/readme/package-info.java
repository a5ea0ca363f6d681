/**
 * The example of the README.
 */
@NullMarked
package dev.streaming.test.readme;

import org.jspecify.annotations.NullMarked;
