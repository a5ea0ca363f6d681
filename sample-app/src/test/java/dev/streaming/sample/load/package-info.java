/**
 * The sample under load.
 */
@NullMarked
package dev.streaming.sample.load;

import org.jspecify.annotations.NullMarked;
