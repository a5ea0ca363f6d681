/**
 * Resilient streaming over WebSocket: connections, sessions, messages and chunks.
 */
@NullMarked
package dev.streaming;

import org.jspecify.annotations.NullMarked;
