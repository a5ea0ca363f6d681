/**
 * The sample application.
 */
@NullMarked
package dev.streaming.sample;

import org.jspecify.annotations.NullMarked;
