/**
 * Auto-configuration of the observations.
 */
@NullMarked
package dev.streaming.autoconfigure.tracing;

import org.jspecify.annotations.NullMarked;
