/**
 * The OpenAI Realtime API, and endpoints compatible with it, as a session's handler.
 */
@NullMarked
package dev.streaming.openai;

import org.jspecify.annotations.NullMarked;
