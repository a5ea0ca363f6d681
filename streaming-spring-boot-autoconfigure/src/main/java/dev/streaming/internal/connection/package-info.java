/**
 * Implementation of {@link dev.streaming.Conn connections}.
 */
@NullMarked
package dev.streaming.internal.connection;

import org.jspecify.annotations.NullMarked;
