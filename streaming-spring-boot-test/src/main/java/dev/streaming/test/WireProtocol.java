package dev.streaming.test;

import java.time.Duration;
import java.util.List;

import dev.streaming.Message;
import dev.streaming.test.Turn.Ending;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Wire protocol of a provider: decodes messages of the client, and encodes the steps of a
 * script. A step that the protocol does not support fails with the reason. There is one
 * instance for each connection, confined to the provider's lane.
 */
abstract class WireProtocol {

	static final JsonMapper MAPPER = JsonMapper.builder().build();

	/** Duration of the speech for a piece of text, in milliseconds. */
	static final int MILLIS_A_PIECE = 100;

	private final Conversation conversation;

	private final String limits;

	/**
	 * Create the protocol of a connection.
	 * @param conversation the connection
	 * @param limits the reason why steps that are not overridden are not supported
	 */
	WireProtocol(Conversation conversation, String limits) {
		this.conversation = conversation;
		this.limits = limits;
	}

	final Conversation conversation() {
		return this.conversation;
	}

	/**
	 * Called when the connection is open.
	 */
	void opened() {
		// The client sends the first message
	}

	/**
	 * Called with a message.
	 * @param message the message, a JSON object
	 */
	abstract void received(JsonNode message);

	/**
	 * Return whether a request is answered with speech.
	 * @param request the request
	 * @return {@code false} for text
	 */
	boolean speaks(Request request) {
		return false;
	}

	private UnsupportedOperationException unscripted() {
		return new UnsupportedOperationException(this.limits);
	}

	/**
	 * Return the data rate of the model's audio: 16-bit PCM, unless the protocol has
	 * another format.
	 * @return the bytes per millisecond
	 */
	int outputBytesAMilli() {
		return 2 * outputRate() / 1000;
	}

	/**
	 * Return the sample rate of the model's audio.
	 * @return in Hz
	 */
	int outputRate() {
		return 24_000;
	}

	void begin(Turn turn) {
		throw unscripted();
	}

	void text(Turn turn, String piece) {
		throw unscripted();
	}

	void transcript(Turn turn, String piece) {
		throw unscripted();
	}

	void audio(Turn turn, byte[] audio) {
		throw unscripted();
	}

	void reasoning(Turn turn, String piece) {
		throw unscripted();
	}

	void call(Turn turn, String name, String arguments) {
		throw unscripted();
	}

	/**
	 * Call a tool without waiting for its result.
	 * @param turn the answer that contains the call
	 * @param name the name of the tool
	 * @param arguments its arguments as JSON
	 */
	void callAsync(Turn turn, String name, String arguments) {
		throw unscripted();
	}

	/**
	 * Called when no answer is in progress any more.
	 */
	void idle() {
	}

	/**
	 * Send pending parallel calls, which may share a message.
	 */
	void flush() {
	}

	/**
	 * End an answer.
	 * @param turn the answer
	 * @param ending the end
	 */
	void end(Turn turn, Ending ending) {
		throw unscripted();
	}

	/**
	 * Send an error: a request is refused, or there is an error during an answer.
	 * @param request the request
	 * @param code the code of the error
	 * @param message its message
	 */
	void error(Request request, String code, String message) {
		throw unscripted();
	}

	/**
	 * Detect the start of the user's speech.
	 */
	void speechStarted() {
		throw unscripted();
	}

	/**
	 * Detect speech of the user, from its start to its end.
	 * @param transcript the transcript of the speech
	 */
	void userSaid(String transcript) {
		throw unscripted();
	}

	/**
	 * Send the transcript of the speech of a request.
	 * @param pieces the pieces of the text
	 */
	void transcribed(List<String> pieces) {
		throw unscripted();
	}

	/**
	 * Announce that the connection will be closed.
	 * @param timeLeft the time until then
	 */
	void goAway(Duration timeLeft) {
		throw unscripted();
	}

	/**
	 * End the connection because of its maximum age.
	 */
	void expire() {
		throw unscripted();
	}

	/**
	 * Send a raw event.
	 * @param json the event
	 */
	void send(String json) {
		conversation().send(Message.text(json));
	}

	/**
	 * Apply a change to settings, as providers do: objects are merged, all other values
	 * are replaced.
	 * @param settings the settings
	 * @param change the change
	 */
	static void merge(ObjectNode settings, JsonNode change) {
		change.properties().forEach((field) -> {
			JsonNode present = settings.path(field.getKey());
			if (present instanceof ObjectNode inner && field.getValue().isObject()) {
				merge(inner, field.getValue());
			}
			else {
				settings.set(field.getKey(), field.getValue().deepCopy());
			}
		});
	}

	static String json(Object value) {
		return MAPPER.writeValueAsString(value);
	}

}
