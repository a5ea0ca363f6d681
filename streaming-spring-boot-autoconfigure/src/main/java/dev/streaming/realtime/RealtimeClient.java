package dev.streaming.realtime;

import java.time.Duration;

import dev.streaming.MediaData;
import dev.streaming.Session;
import dev.streaming.ToolCall;

import org.springframework.util.Assert;

/**
 * Talks to a realtime provider over a {@link Session}: the messages that mean the same
 * everywhere. Messages that only one provider knows are sent with
 * {@link Session#send(Object)}. Thread-safe.
 *
 * <pre>{@code
 * Session session = sessions.open("assistant");
 * RealtimeClient client = RealtimeClient.of(session);
 * String text = client.ask("What is the weather in Oslo?").text();
 * }</pre>
 *
 * All methods send as {@link Session#send(Object)} does, under the session's
 * {@link dev.streaming.OutagePolicy}, and throw what it throws.
 *
 * @since 1.0.0
 */
public interface RealtimeClient {

	/**
	 * Return the client of a session with one of the ready-made providers.
	 * @param session the session
	 * @return its client
	 * @throws IllegalArgumentException if the session's handler is not that of a realtime
	 * provider
	 */
	static RealtimeClient of(Session session) {
		Assert.notNull(session, "'session' must not be null");
		RealtimeProtocol protocol = session.unwrap(RealtimeProtocol.class)
			.orElseThrow(() -> new IllegalArgumentException("The session '" + session.id() + "' of the connection '"
					+ session.connectionName() + "' has a handler that is not a RealtimeProtocol; set the connection's"
					+ " provider (openai-realtime or gemini-live), or let the handler implement RealtimeProtocol"));
		return protocol.client(session);
	}

	/**
	 * Ask a question: {@link #sendText(String)} and {@link #respond()} as one, for an
	 * answer of its own. Its chunks go to the answer alone, and the answers of two
	 * callers do not mix: the text and its request are sent when the answers before it
	 * have ended, and the provider has answered the speech of the user. Two questions are
	 * two requests.
	 * <p>
	 * {@link #cancel()} ends the answer that is in progress, not those that wait for
	 * their turn.
	 * @param text the text of the user, not empty
	 * @return the answer, to be read or closed
	 * @throws UnsupportedOperationException if the client has no answers; see
	 * {@link AnswerQueue#byChunks}
	 */
	default Answer ask(String text) {
		throw new UnsupportedOperationException(getClass().getName()
				+ " has no answers of their own; let it implement ask(String) with an AnswerQueue");
	}

	/**
	 * Send a text message of the user. The model does not answer before
	 * {@link #respond()}.
	 * <ul>
	 * <li>OpenAI: {@code conversation.item.create} with a user message.</li>
	 * <li>Gemini: {@code clientContent} of a turn that is not complete. Gemini 3 takes
	 * text as realtime input alone, which it answers at once: there the text is kept, and
	 * goes out with {@link #respond()}.</li>
	 * </ul>
	 * @param text the text of the user
	 */
	void sendText(String text);

	/**
	 * Send a piece of the user's speech. It must be in the provider's input format;
	 * nothing is resampled here.
	 * <ul>
	 * <li>OpenAI: {@code input_audio_buffer.append}; 16 bit little-endian mono PCM of
	 * 24,000 Hz unless another format is configured.</li>
	 * <li>Gemini: {@code realtimeInput.audio}; 16 bit little-endian mono PCM of 16,000 Hz
	 * unless another rate is configured.</li>
	 * </ul>
	 * @param audio raw bytes, not base64
	 */
	void sendAudio(byte[] audio);

	/**
	 * Send a piece of the user's speech, after a check of its format. A part of a sample
	 * waits for its other half, which the next piece has.
	 * @param audio the audio, in the {@linkplain #inputFormat() input format}
	 * @throws IllegalArgumentException if it is in another format; says which, and how to
	 * convert it
	 * @throws UnsupportedOperationException if the client does not tell its format
	 */
	default void sendAudio(MediaData audio) {
		inputFormat().check(audio);
		sendAudio(audio.data());
	}

	/**
	 * Return the format of the audio that the session takes.
	 * @return the format
	 * @throws UnsupportedOperationException if the client does not tell it
	 */
	default AudioFormat inputFormat() {
		throw new UnsupportedOperationException(getClass().getName() + " does not tell its format of audio");
	}

	/**
	 * Return the format of the audio that the model speaks.
	 * @return the format
	 * @throws UnsupportedOperationException if the client does not tell it
	 */
	default AudioFormat outputFormat() {
		throw new UnsupportedOperationException(getClass().getName() + " does not tell its format of audio");
	}

	/**
	 * Signal that the user has finished speaking. Not needed where the provider detects
	 * that.
	 * <ul>
	 * <li>OpenAI: {@code input_audio_buffer.commit}, which makes the audio a message of
	 * the user; {@link #respond()} asks for the answer. Committing what the provider's
	 * turn detection has committed already is an error chunk, not the end.</li>
	 * <li>Gemini: {@code realtimeInput.audioStreamEnd}, or {@code activityEnd} where
	 * automatic activity detection is off; the model answers automatically.</li>
	 * </ul>
	 */
	void commitAudio();

	/**
	 * Ask the model to answer.
	 * <ul>
	 * <li>OpenAI: {@code response.create}. There is one response at a time: while one is
	 * active the request waits for its end; asked again before anything new was said, it
	 * is one request.</li>
	 * <li>Gemini: {@code clientContent} with {@code turnComplete}, if there is text that
	 * waits for it; Gemini 3: {@code realtimeInput.text} with all that was kept.</li>
	 * </ul>
	 */
	void respond();

	/**
	 * Stop the response that is in progress, and forget one that was requested and has
	 * not begun.
	 * <ul>
	 * <li>OpenAI: {@code response.cancel}; nothing is sent when there is none.</li>
	 * <li>Gemini: has no such message; the rest of the turn is dropped on arrival.</li>
	 * </ul>
	 */
	void cancel();

	/**
	 * Send what a tool has answered. The model continues when it has the results of all
	 * the calls of its response.
	 * <ul>
	 * <li>OpenAI: {@code conversation.item.create} with a {@code function_call_output},
	 * and after the last one {@link #respond()}.</li>
	 * <li>Gemini: {@code toolResponse}.</li>
	 * </ul>
	 * A result for a call that the provider has cancelled, or that was lost with its
	 * connection, is dropped.
	 * @param id the call's id
	 * @param name the tool's name
	 * @param json the result as JSON
	 */
	void toolResult(String id, String name, String json);

	/**
	 * As {@link #toolResult(String, String, String)}.
	 * @param call the call
	 * @param json the result as JSON
	 */
	default void toolResult(ToolCall call, String json) {
		Assert.notNull(call, "'call' must not be null");
		toolResult(call.id(), call.name(), json);
	}

	/**
	 * Barge-in: the user has interrupted the playback. Drops the audio that waits in the
	 * response channel and tells the provider how much was heard, so that the model does
	 * not believe that all was said. Does not stop a response; {@link #cancel()} does,
	 * where the provider's turn detection has not.
	 * <ul>
	 * <li>OpenAI: {@code conversation.item.truncate} for the newest item with audio, with
	 * {@code heard} limited to what there is of it; later audio of that item is
	 * dropped.</li>
	 * <li>Gemini: nothing to tell, its server keeps account of interruptions.</li>
	 * </ul>
	 * @param heard duration of the newest answer's audio that was played
	 * @return the number of dropped chunks
	 */
	int truncate(Duration heard);

}
