/**
 * The transport on Spring's {@code WebSocketClient}; internal, not API.
 */
@NullMarked
package dev.streaming.internal.transport.websocket;

import org.jspecify.annotations.NullMarked;
