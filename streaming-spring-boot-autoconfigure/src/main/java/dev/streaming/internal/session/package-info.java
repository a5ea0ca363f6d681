/**
 * Implementation of {@link dev.streaming.Session sessions}.
 */
@NullMarked
package dev.streaming.internal.session;

import org.jspecify.annotations.NullMarked;
