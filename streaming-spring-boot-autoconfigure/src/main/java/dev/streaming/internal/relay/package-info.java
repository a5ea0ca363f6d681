/**
 * Implementation of the relay, on Spring's server-side WebSocket support.
 */
@NullMarked
package dev.streaming.internal.relay;

import org.jspecify.annotations.NullMarked;
