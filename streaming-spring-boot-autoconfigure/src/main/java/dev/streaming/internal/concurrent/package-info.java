/**
 * Executors and schedulers of this library, and their abstractions for tests. Internal,
 * not API.
 */
@NullMarked
package dev.streaming.internal.concurrent;

import org.jspecify.annotations.NullMarked;
