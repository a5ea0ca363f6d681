/**
 * Transport on Netty's WebSocket codec. Internal, not API.
 */
@NullMarked
package dev.streaming.internal.transport.netty;

import org.jspecify.annotations.NullMarked;
