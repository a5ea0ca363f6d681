/**
 * Backoff and retry of dials, based on Spring Retry, which only this package depends on.
 * Internal, not API.
 */
@NullMarked
package dev.streaming.internal.retry;

import org.jspecify.annotations.NullMarked;
