/**
 * Session handlers for the OpenAI Realtime API and compatible endpoints.
 */
@NullMarked
package dev.streaming.openai;

import org.jspecify.annotations.NullMarked;
