/**
 * Auto-configuration of the meters.
 */
@NullMarked
package dev.streaming.autoconfigure.metrics;

import org.jspecify.annotations.NullMarked;
