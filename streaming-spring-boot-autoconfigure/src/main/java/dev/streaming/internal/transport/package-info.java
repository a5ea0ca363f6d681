/**
 * Abstraction of WebSocket clients. Internal, not API.
 */
@NullMarked
package dev.streaming.internal.transport;

import org.jspecify.annotations.NullMarked;
