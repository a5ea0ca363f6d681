/**
 * The actuator endpoint of the live sessions.
 */
@NullMarked
package dev.streaming.actuate;

import org.jspecify.annotations.NullMarked;
