/**
 * Gemini Live (BidiGenerateContent) as a {@link dev.streaming.SessionHandler}, for the
 * Gemini API and for Vertex AI. Needs nothing but JSON.
 */
@NullMarked
package dev.streaming.gemini;

import org.jspecify.annotations.NullMarked;
