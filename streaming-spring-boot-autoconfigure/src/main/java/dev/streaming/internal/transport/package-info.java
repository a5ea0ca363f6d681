/**
 * The seam between a connection and the socket under it; internal, not API.
 */
@NullMarked
package dev.streaming.internal.transport;

import org.jspecify.annotations.NullMarked;
