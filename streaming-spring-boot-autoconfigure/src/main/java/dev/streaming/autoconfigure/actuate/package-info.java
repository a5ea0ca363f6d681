/**
 * Auto-configuration of the actuator endpoint.
 */
@NullMarked
package dev.streaming.autoconfigure.actuate;

import org.jspecify.annotations.NullMarked;
