/**
 * Transport on Spring's {@code WebSocketClient}. Internal, not API.
 */
@NullMarked
package dev.streaming.internal.transport.websocket;

import org.jspecify.annotations.NullMarked;
