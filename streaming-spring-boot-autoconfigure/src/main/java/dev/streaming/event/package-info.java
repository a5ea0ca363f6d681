/**
 * Application events for the lifecycle of sessions.
 */
@NullMarked
package dev.streaming.event;

import org.jspecify.annotations.NullMarked;
