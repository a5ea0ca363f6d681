/**
 * Threads and timers of this library, and their seams for tests; internal, not API.
 */
@NullMarked
package dev.streaming.internal.concurrent;

import org.jspecify.annotations.NullMarked;
