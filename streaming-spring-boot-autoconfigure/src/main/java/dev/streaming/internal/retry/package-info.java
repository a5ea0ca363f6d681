/**
 * Backoff, on Spring Retry; the only package that knows it. Internal, not API.
 */
@NullMarked
package dev.streaming.internal.retry;

import org.jspecify.annotations.NullMarked;
