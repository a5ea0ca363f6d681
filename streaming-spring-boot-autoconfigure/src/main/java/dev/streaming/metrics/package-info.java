/**
 * Micrometer meters of connections and sessions.
 */
@NullMarked
package dev.streaming.metrics;

import org.jspecify.annotations.NullMarked;
