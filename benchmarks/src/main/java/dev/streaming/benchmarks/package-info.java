/**
 * Measurements. Nothing here is published.
 */
@NullMarked
package dev.streaming.benchmarks;

import org.jspecify.annotations.NullMarked;
