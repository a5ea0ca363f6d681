/**
 * Micrometer observations of dials, outages, turns and tool calls, for traces.
 */
@NullMarked
package dev.streaming.tracing;

import org.jspecify.annotations.NullMarked;
