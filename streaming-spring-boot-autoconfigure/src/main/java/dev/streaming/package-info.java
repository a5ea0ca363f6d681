/**
 * Resilient streaming over WebSocket: connections, sessions and what they exchange.
 */
@NullMarked
package dev.streaming;

import org.jspecify.annotations.NullMarked;
