/**
 * Actuator endpoint for live sessions.
 */
@NullMarked
package dev.streaming.actuate;

import org.jspecify.annotations.NullMarked;
