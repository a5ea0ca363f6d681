/**
 * Interceptors of sessions: a recorder of transcripts, a guard for words, and the
 * redaction of texts in logs and traces.
 */
@NullMarked
package dev.streaming.interceptor;

import org.jspecify.annotations.NullMarked;
