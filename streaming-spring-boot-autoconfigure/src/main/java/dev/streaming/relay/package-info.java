/**
 * Relay of sessions from a browser by the application to the provider.
 */
@NullMarked
package dev.streaming.relay;

import org.jspecify.annotations.NullMarked;
