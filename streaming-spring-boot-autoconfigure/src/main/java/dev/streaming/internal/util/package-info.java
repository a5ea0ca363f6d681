/**
 * Utilities that the API, the engine and its auto-configuration share.
 */
@NullMarked
package dev.streaming.internal.util;

import org.jspecify.annotations.NullMarked;
