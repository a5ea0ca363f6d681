package dev.streaming;

import org.jspecify.annotations.Nullable;

/**
 * Callback interface that may change or drop the data of sessions (L3): chunks, values
 * that the application sends, and texts and audio that it sends by a client. Beans of
 * this type are applied to every session in order: each one receives the result of the
 * previous one.
 * <p>
 * Called for chunks by the thread that delivers them, which is the session's thread for
 * chunks of messages, and any other one for {@linkplain SessionContext#emit emitted}
 * chunks; for messages, texts and audio by the sender's thread. An implementation must
 * therefore be thread-safe; a slow one affects its own session only. An interceptor that
 * throws an exception is skipped, and the first failure in a session is logged.
 *
 * @since 1.0.0
 */
public interface SessionInterceptor {

	/**
	 * Called before a chunk is delivered. A dropped chunk is counted as discarded. The
	 * end of a response cannot be dropped: its {@linkplain StreamChunk#finishReason()
	 * reason} and usage are delivered nevertheless. Do not change the
	 * {@linkplain StreamChunk#responseId() id of the response}, which assigns chunks to
	 * answers.
	 * @param session the session
	 * @param chunk the chunk
	 * @return the chunk to deliver, or {@code null} to drop it
	 */
	default @Nullable StreamChunk onChunk(Session session, StreamChunk chunk) {
		return chunk;
	}

	/**
	 * Called before a value is encoded and sent by {@link Session#send(Object)} or
	 * {@link Session#sendAsync(Object)}. Not called for {@link Session#sendRaw(Message)};
	 * texts and audio of a provider's client are passed to {@link #onText} and
	 * {@link #onAudio}. Must not send.
	 * @param session the session
	 * @param message the value
	 * @return the value to send, or {@code null} to drop it silently
	 */
	default @Nullable Object onSend(Session session, Object message) {
		return message;
	}

	/**
	 * Called before a text is sent by a client, such as by {@code sendText} or
	 * {@code ask} of the realtime client. A question whose text is dropped is not asked:
	 * {@code ask} throws an exception. Not called for the history that is replayed on a
	 * new connection. Must not send.
	 * @param session the session
	 * @param role the speaker: {@code user}, {@code system} (context or instructions of
	 * the application) or {@code assistant}
	 * @param text the text
	 * @return the text to send; {@code null} or an empty text to drop it silently
	 */
	default @Nullable String onText(Session session, String role, String text) {
		return text;
	}

	/**
	 * Called before a piece of the user's audio is sent by a client, that is many times a
	 * second. Must not send.
	 * @param session the session
	 * @param audio raw samples in the input format of the session
	 * @return the audio to send, in the same format; {@code null} to drop it
	 */
	default @Nullable MediaData onAudio(Session session, MediaData audio) {
		return audio;
	}

}
