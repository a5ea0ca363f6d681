/**
 * Auto-configuration of the relay.
 */
@NullMarked
package dev.streaming.autoconfigure.relay;

import org.jspecify.annotations.NullMarked;
