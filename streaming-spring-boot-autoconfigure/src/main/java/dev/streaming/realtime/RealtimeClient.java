package dev.streaming.realtime;

import java.time.Duration;

import dev.streaming.MediaData;
import dev.streaming.Session;
import dev.streaming.ToolCall;

import org.springframework.util.Assert;

/**
 * Client of a realtime provider over a {@link Session}, with the operations that all
 * providers have in common. Use {@link Session#send(Object)} for messages that are
 * specific to a provider. Thread-safe.
 *
 * <pre>{@code
 * Session session = sessions.open("assistant");
 * RealtimeClient client = RealtimeClient.of(session);
 * String text = client.ask("What is the weather in Oslo?").text();
 * }</pre>
 *
 * All methods send as {@link Session#send(Object)} does, subject to the session's
 * {@link dev.streaming.OutagePolicy}, and throw its exceptions.
 *
 * @since 1.0.0
 */
public interface RealtimeClient {

	/**
	 * Return the client of a session with a realtime provider.
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
					+ " provider (such as openai-realtime or gemini-live), or let the handler implement RealtimeProtocol"));
		return protocol.client(session);
	}

	/**
	 * Ask a question: {@link #sendText(String)} and {@link #respond()} in one operation,
	 * with its own answer. Its chunks are delivered to that answer only, so that the
	 * answers of several callers are not mixed: the text and its request are sent when
	 * the answers before it have ended, and the provider has answered the speech of the
	 * user. Two questions are two requests.
	 * <p>
	 * {@link #cancel()} ends the current answer. Waiting questions are not affected: the
	 * next one is asked afterwards. Closing its answer withdraws a waiting question,
	 * which is not sent at all.
	 * @param text the text of the user, not empty
	 * @return the answer, to be read or closed
	 * @throws UnsupportedOperationException if the client does not support answers; see
	 * {@link AnswerQueue#byChunks}
	 */
	default Answer ask(String text) {
		throw new UnsupportedOperationException(getClass().getName()
				+ " has no answers of their own; let it implement ask(String) with an AnswerQueue");
	}

	/**
	 * Ask a question as {@link #ask(String)} does, with settings for the answer. The
	 * responses to the results of its tool calls share them, except for tool choice and
	 * input. With {@link ResponseOptions#outOfBand()} the text is part of the response's
	 * input and not of the conversation; the question is asked at once, and its tool
	 * calls are delivered as chunks only and end the answer.
	 * @param text the text of the user, not empty
	 * @param options the settings of the answer
	 * @return the answer, to be read or closed
	 * @throws UnsupportedOperationException if the provider does not support the settings
	 */
	default Answer ask(String text, ResponseOptions options) {
		Assert.notNull(options, "'options' must not be null");
		if (!options.names().isEmpty()) {
			throw new UnsupportedOperationException(
					getClass().getName() + " has no settings of a single response: " + options.names());
		}
		return ask(text);
	}

	/**
	 * Send a text message of the user. The model does not answer before
	 * {@link #respond()}.
	 * <ul>
	 * <li>OpenAI: {@code conversation.item.create} with a user message.</li>
	 * <li>Gemini: {@code clientContent} of an incomplete turn. Gemini 3 accepts text as
	 * realtime input only, which it answers at once: the text is then sent with
	 * {@link #respond()}.</li>
	 * </ul>
	 * @param text the text of the user
	 */
	void sendText(String text);

	/**
	 * Send a text message with a role. The model does not answer before
	 * {@link #respond()}.
	 * <ul>
	 * <li>OpenAI: {@code conversation.item.create} with a message of that role.</li>
	 * <li>Gemini: {@code clientContent} with the role {@code user} or {@code model}.
	 * There is no role for the system; {@code update} changes the instructions.</li>
	 * </ul>
	 * @param text the text
	 * @param role the speaker
	 * @throws UnsupportedOperationException if the provider or the model does not support
	 * the role
	 */
	default void sendText(String text, Role role) {
		Assert.notNull(role, "'role' must not be null");
		if (role != Role.USER) {
			throw new UnsupportedOperationException(getClass().getName() + " sends texts of the user only");
		}
		sendText(text);
	}

	/**
	 * Send an image. It is part of the conversation, but not of the history that is
	 * replayed on a new connection.
	 * <ul>
	 * <li>OpenAI: {@code conversation.item.create} with an {@code input_image}; the model
	 * does not answer before {@link #respond()}.</li>
	 * <li>Gemini: {@code realtimeInput.video}, one frame of a video.</li>
	 * </ul>
	 * @param image a JPEG or PNG, {@code image/jpeg} or {@code image/png}
	 * @throws IllegalArgumentException if it is empty, or of another type
	 * @throws UnsupportedOperationException if the model does not accept images
	 */
	default void sendImage(MediaData image) {
		throw new UnsupportedOperationException(getClass().getName() + " sends no images");
	}

	/**
	 * Send a piece of the user's speech. It must be in the provider's input format; audio
	 * is not resampled.
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
	 * Send a piece of the user's speech after checking its format. An incomplete sample
	 * is kept, and sent with the next piece.
	 * @param audio the audio, in the {@linkplain #inputFormat() input format}
	 * @throws IllegalArgumentException if it has another format; the message has both
	 * formats and the conversion
	 * @throws UnsupportedOperationException if the client does not report its format
	 */
	default void sendAudio(MediaData audio) {
		inputFormat().check(audio);
		sendAudio(audio.data());
	}

	/**
	 * Return the format of the input audio.
	 * @return the format
	 * @throws UnsupportedOperationException if the client does not report it
	 */
	default AudioFormat inputFormat() {
		throw new UnsupportedOperationException(getClass().getName() + " does not report its audio format");
	}

	/**
	 * Return the format of the output audio.
	 * @return the format
	 * @throws UnsupportedOperationException if the client does not report it
	 */
	default AudioFormat outputFormat() {
		throw new UnsupportedOperationException(getClass().getName() + " does not report its audio format");
	}

	/**
	 * Return the features of the session's provider and model.
	 * @return the capabilities on the latest connection
	 * @throws UnsupportedOperationException if the client does not report them
	 */
	default RealtimeCapabilities capabilities() {
		throw new UnsupportedOperationException(getClass().getName() + " does not report its capabilities");
	}

	/**
	 * Signal that the user has finished speaking. Not needed if the provider detects the
	 * end of speech.
	 * <ul>
	 * <li>OpenAI: {@code input_audio_buffer.commit}, which makes the audio a message of
	 * the user; {@link #respond()} requests the answer. Committing audio that the
	 * provider's turn detection has committed already results in an error chunk, but does
	 * not end the session.</li>
	 * <li>Gemini: {@code realtimeInput.audioStreamEnd}, or {@code activityEnd} where
	 * automatic activity detection is off; the model answers automatically.</li>
	 * </ul>
	 */
	void commitAudio();

	/**
	 * Clear the audio that was sent and not committed.
	 * <ul>
	 * <li>OpenAI: {@code input_audio_buffer.clear}.</li>
	 * <li>Gemini: there is no such message.</li>
	 * </ul>
	 * @throws UnsupportedOperationException if the provider cannot clear audio
	 */
	default void clearAudio() {
		throw new UnsupportedOperationException(getClass().getName() + " cannot clear audio");
	}

	/**
	 * Request an answer of the model.
	 * <ul>
	 * <li>OpenAI: {@code response.create}. There is one response at a time: while one is
	 * active the request waits for its end; repeated requests without new input are one
	 * request.</li>
	 * <li>Gemini: {@code clientContent} with {@code turnComplete}, if there is unanswered
	 * text; Gemini 3: {@code realtimeInput.text} with all unsent texts.</li>
	 * </ul>
	 */
	void respond();

	/**
	 * Request a response with its own settings. As {@link #respond()}, but a response
	 * {@linkplain ResponseOptions#outOfBand() beside the conversation} does not wait, is
	 * not part of the history, and its tool calls are delivered as chunks only.
	 * <ul>
	 * <li>OpenAI: {@code response.create} with a {@code response}.</li>
	 * <li>Gemini: there are no settings of a single response.</li>
	 * </ul>
	 * @param options the settings of this response
	 * @throws UnsupportedOperationException if the provider does not support the settings
	 */
	default void respond(ResponseOptions options) {
		Assert.notNull(options, "'options' must not be null");
		if (!options.names().isEmpty()) {
			throw new UnsupportedOperationException(
					getClass().getName() + " has no settings of a single response: " + options.names());
		}
		respond();
	}

	/**
	 * Stop the current response, and a requested one that has not begun. Its
	 * {@link #ask(String) answer} ends normally; waiting questions are asked afterwards.
	 * <ul>
	 * <li>OpenAI: {@code response.cancel}; nothing is sent if there is no response.</li>
	 * <li>Gemini: there is no such message; the rest of the turn is dropped on
	 * arrival.</li>
	 * </ul>
	 */
	void cancel();

	/**
	 * Send the result of a tool. The model continues when it has the results of all calls
	 * of its response.
	 * <ul>
	 * <li>OpenAI: {@code conversation.item.create} with a {@code function_call_output},
	 * and after the last one {@link #respond()}.</li>
	 * <li>Gemini: {@code toolResponse}.</li>
	 * </ul>
	 * A result is dropped if its call has a result already, was cancelled by the
	 * provider, or was lost with its connection; the log has a line at debug level.
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
	 * As {@link #toolResult(String, String, String)}, with images in the result if the
	 * provider accepts them.
	 * <ul>
	 * <li>OpenAI: not supported; GPT-Live: {@code input_image} in the
	 * {@code output}.</li>
	 * <li>Gemini: {@code functionResponses.parts}.</li>
	 * </ul>
	 * @param call the call
	 * @param result the result
	 * @throws UnsupportedOperationException if there are images, and the model does not
	 * accept them
	 */
	default void toolResult(ToolCall call, ToolResult result) {
		Assert.notNull(call, "'call' must not be null");
		Assert.notNull(result, "'result' must not be null");
		if (!result.images().isEmpty()) {
			throw new UnsupportedOperationException("The provider of this session takes no images in the result of a"
					+ " tool; send them beside it with sendImage");
		}
		toolResult(call, result.text());
	}

	/**
	 * Change the session's settings. The change also applies to later connections; a
	 * change that the provider refuses results in an error chunk, and is forgotten.
	 * <ul>
	 * <li>OpenAI: {@code session.update}, at once; without a connection, after the setup
	 * of the next one.</li>
	 * <li>Gemini: the setup of the next connection, to which the session changes at the
	 * next quiet moment.</li>
	 * </ul>
	 * @param change the change
	 * @throws IllegalArgumentException if it has the turn detection of another provider
	 * @throws UnsupportedOperationException if the provider does not support the change
	 */
	default void update(SessionChange change) {
		throw new UnsupportedOperationException(getClass().getName() + " cannot change the settings of a session");
	}

	/**
	 * Approve or refuse a tool call of the provider to an MCP server.
	 * <ul>
	 * <li>OpenAI: {@code conversation.item.create} with an
	 * {@code mcp_approval_response}.</li>
	 * <li>Gemini: there are no approvals.</li>
	 * </ul>
	 * @param approvalId the {@code id} in the metadata of the chunk whose {@code event}
	 * is {@code mcp_approval_request}
	 * @param approved whether the call is approved
	 * @throws UnsupportedOperationException if the provider does not request approvals
	 */
	default void approve(String approvalId, boolean approved) {
		throw new UnsupportedOperationException(getClass().getName() + " has no calls to approve");
	}

	/**
	 * Handle a barge-in, an interruption of the playback by the user: drop the pending
	 * audio in the response channel, and report to the provider how much was played, so
	 * that the conversation contains only that part. Does not stop a response; use
	 * {@link #cancel()} unless the provider's turn detection stops it.
	 * <ul>
	 * <li>OpenAI: {@code conversation.item.truncate} for the latest item with audio, with
	 * {@code heard} limited to its duration; later audio of that item is dropped.</li>
	 * <li>Gemini: nothing is sent, because the service keeps track of interruptions.</li>
	 * </ul>
	 * @param heard duration of the latest answer's audio that was played
	 * @return the number of dropped chunks
	 */
	int truncate(Duration heard);

}
