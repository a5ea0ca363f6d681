/**
 * Auto-configuration of the built-in interceptors.
 */
@NullMarked
package dev.streaming.autoconfigure.interceptor;

import org.jspecify.annotations.NullMarked;
