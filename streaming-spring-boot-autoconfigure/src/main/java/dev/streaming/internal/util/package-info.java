/**
 * Checks and texts that the API and the engine share.
 */
@NullMarked
package dev.streaming.internal.util;

import org.jspecify.annotations.NullMarked;
