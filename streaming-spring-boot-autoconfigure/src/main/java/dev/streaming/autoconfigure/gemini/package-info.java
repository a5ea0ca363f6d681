/**
 * Auto-configuration for Gemini Live.
 */
@NullMarked
package dev.streaming.autoconfigure.gemini;

import org.jspecify.annotations.NullMarked;
