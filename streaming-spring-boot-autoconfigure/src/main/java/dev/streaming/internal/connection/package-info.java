/**
 * Connections: the engine behind {@link dev.streaming.Conn}.
 */
@NullMarked
package dev.streaming.internal.connection;

import org.jspecify.annotations.NullMarked;
