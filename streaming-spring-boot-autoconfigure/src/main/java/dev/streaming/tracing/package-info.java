/**
 * Micrometer observations, and with them traces, of dials and outages.
 */
@NullMarked
package dev.streaming.tracing;

import org.jspecify.annotations.NullMarked;
