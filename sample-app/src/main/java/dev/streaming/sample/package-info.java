/**
 * The sample application: a chat with whatever provider the active profile configures.
 */
@NullMarked
package dev.streaming.sample;

import org.jspecify.annotations.NullMarked;
