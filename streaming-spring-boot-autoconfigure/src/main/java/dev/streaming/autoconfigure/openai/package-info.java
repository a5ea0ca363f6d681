/**
 * Auto-configuration for OpenAI Realtime.
 */
@NullMarked
package dev.streaming.autoconfigure.openai;

import org.jspecify.annotations.NullMarked;
