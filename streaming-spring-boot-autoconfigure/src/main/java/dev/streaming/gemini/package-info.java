/**
 * {@link dev.streaming.SessionHandler Session handler} for Gemini Live
 * (BidiGenerateContent), on the Gemini API and on Vertex AI.
 */
@NullMarked
package dev.streaming.gemini;

import org.jspecify.annotations.NullMarked;
