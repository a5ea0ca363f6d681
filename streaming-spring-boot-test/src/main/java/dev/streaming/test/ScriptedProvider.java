package dev.streaming.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Predicate;

import tools.jackson.databind.JsonNode;

import org.springframework.util.Assert;
import org.springframework.web.socket.CloseStatus;

/**
 * Realtime provider in this JVM that answers as scripted by the test, and records
 * received messages. It implements the real protocol of its connection
 * ({@code openai-realtime}, {@code openai-transcription}, {@code openai-live},
 * {@code gemini-live}) in place of the network; everything else, including the
 * application's settings, handlers, tools and listeners, is as in production.
 *
 * <pre>{@code
 * provider.onText("hello").reply("Hi ", "there");
 * assertThat(assistant.ask("hello")).isEqualTo("Hi there");
 * }</pre>
 *
 * Setups are accepted, and items and cancellations confirmed, without a script. A request
 * that no line answers fails the test, and so does a line, or the outcome of a dial or a
 * setup, that is not used, unless the provider is {@linkplain #lenient() lenient}. Lines
 * are matched in order; each one is used once by default.
 * <p>
 * There is a bean for each connection, with the connection's name as its qualifier.
 * Methods that verify or act first wait until the sessions are idle. Thread-safe.
 *
 * @since 1.0.0
 * @see AutoConfigureScriptedProvider
 */
public final class ScriptedProvider {

	private final ProviderCore core;

	private volatile Strictness strictness;

	private final Strictness configured;

	ScriptedProvider(ProviderCore core, boolean strict) {
		this.core = core;
		this.configured = strict ? Strictness.STRICT : Strictness.LENIENT;
		this.strictness = this.configured;
	}

	ProviderCore core() {
		return this.core;
	}

	/**
	 * Return the name of the connection.
	 * @return the name in the configuration
	 */
	public String connectionName() {
		return this.core.name();
	}

	// The script

	/**
	 * Script the answer to a text of the user, or to speech with that transcript.
	 * @param text the whole text
	 * @return the script of the answer
	 */
	public Script onText(String text) {
		return line("onText(\"" + text + "\")", (request) -> request.text().equals(text));
	}

	/**
	 * Script the answer to texts of the user, or to speech with such a transcript.
	 * @param text the predicate for the text, such as {@code Pattern.asPredicate()}, or
	 * {@code matcher::matches} of a Hamcrest matcher
	 * @return the script of the answer
	 */
	public Script whenAsked(Predicate<? super String> text) {
		return line("whenAsked(…)", (request) -> !request.text().isEmpty() && text.test(request.text()));
	}

	/**
	 * Script the answer to texts of the user that contain a part, ignoring case.
	 * @param part the part
	 * @return the script of the answer
	 */
	public Script whenAskedAbout(String part) {
		String lower = part.toLowerCase(Locale.ROOT);
		return line("whenAskedAbout(\"" + part + "\")",
				(request) -> request.text().toLowerCase(Locale.ROOT).contains(lower));
	}

	/**
	 * Script the answer to any speech.
	 * @return the script of the answer
	 */
	public Script onSpeech() {
		return line("onSpeech()", (request) -> request.kind() == Request.Kind.SPEECH);
	}

	/**
	 * Script the answer to the next request of any kind.
	 * @return the script of the answer
	 */
	public Script next() {
		return line("next()", (request) -> true);
	}

	private Script line(String description, Predicate<Request> matcher) {
		return new ScriptedAnswer(this.core.book(), this.core.book().add(description, matcher));
	}

	/**
	 * Script the outcome of the next dial. Repeated calls apply to subsequent dials.
	 * @return the script of the dial
	 */
	public DialScript nextDial() {
		return new DialScript(this.core::script);
	}

	/**
	 * Script the outcome of the next setup. Repeated calls apply to subsequent setups.
	 * @return the script of the setup
	 */
	public SetupScript nextSetup() {
		return new SetupScript(this.core::script);
	}

	/**
	 * Refuse the next setup, as a provider does for an unknown session.
	 */
	public void refuseResumption() {
		nextSetup().close(1011, "Session not found");
	}

	/**
	 * Reset the connection while the next message is sent: the application cannot detect
	 * whether the message was received. Repeated calls apply to subsequent messages.
	 */
	public void dropNextSend() {
		this.core.breakSend();
	}

	/**
	 * Replay a recorded transcript on each connection from now on, instead of a script:
	 * JSON lines, each with {@code direction} ({@code sent} by the application or
	 * {@code received} from the provider) and {@code message}. A message of the provider
	 * is sent after the application has sent all preceding messages. Only the types of
	 * its messages are compared, and the number of pieces of audio may differ.
	 * @param location the file on the class path
	 */
	public void replay(String location) {
		List<Recording.Line> lines = Recording.read(location);
		this.core.protocols((conversation) -> new ReplayProtocol(conversation, lines));
	}

	/**
	 * Allow unscripted requests and unused lines in this test.
	 */
	public void lenient() {
		this.strictness = Strictness.LENIENT;
	}

	// Actions of the provider

	/**
	 * Simulate the start of the user's speech, which the provider detects, on every
	 * connection.
	 */
	public void userSpeaks() {
		this.core.onEach((conversation) -> conversation.protocol().speechStarted());
	}

	/**
	 * Simulate speech of the user on the latest connection. It is transcribed, and
	 * answered as scripted if the provider is configured to answer speech.
	 * @param transcript the text of the user
	 */
	public void userSays(String transcript) {
		this.core.onNewest((conversation) -> conversation.userSaid(transcript));
	}

	/**
	 * Continue held answers.
	 * @see Script#hold()
	 */
	public void proceed() {
		this.core.onEach(Conversation::proceed);
		this.core.time().settle();
	}

	/**
	 * Reset every connection (RST).
	 */
	public void drop() {
		act(Conversation::drop);
	}

	/**
	 * End every connection without a close frame (FIN).
	 */
	public void hangUp() {
		act(Conversation::hangUp);
	}

	/**
	 * Close every connection.
	 * @param code the code of the close frame
	 * @param reason its reason
	 */
	public void close(int code, String reason) {
		act((conversation) -> conversation.close(new CloseStatus(code, reason)));
	}

	/**
	 * Announce on every connection that it will be closed, if the protocol supports it.
	 * @param timeLeft the time until the close
	 */
	public void goAway(Duration timeLeft) {
		act((conversation) -> conversation.protocol().goAway(timeLeft));
	}

	/**
	 * End every connection because of its maximum age, as defined by the protocol.
	 */
	public void expire() {
		act((conversation) -> conversation.protocol().expire());
	}

	/**
	 * Send a raw event on every connection.
	 * @param json the event
	 */
	public void send(String json) {
		act((conversation) -> {
			conversation.said(json);
			conversation.protocol().send(json);
		});
	}

	/**
	 * Answer neither pings nor close frames on the current connections: the peer is dead,
	 * without a close frame or a reset.
	 */
	public void die() {
		act((conversation) -> conversation.answering(MemoryConnection.Answering.IGNORED));
	}

	private void act(Consumer<Conversation> action) {
		this.core.onEach(action);
		this.core.time().settle();
	}

	// Messages and dials so far

	/**
	 * Return all messages that were received.
	 * @return the messages, in order
	 */
	public List<Received> received() {
		this.core.time().settle();
		return this.core.log().received();
	}

	/**
	 * Return the messages of a kind that were received.
	 * @param kind the kind
	 * @return the messages, in order
	 */
	public List<Received> received(Received.Kind kind) {
		return received().stream().filter((message) -> message.kind() == kind).toList();
	}

	/**
	 * Return the texts of the user.
	 * @return the texts, in order, except those that were replayed after an outage
	 */
	public List<String> texts() {
		return received(Received.Kind.TEXT).stream().map(Received::text).toList();
	}

	/**
	 * Return the results of tools.
	 * @return the results, in order, as they were sent
	 */
	public List<String> toolResults() {
		return received(Received.Kind.TOOL_RESULT).stream().map(Received::text).toList();
	}

	/**
	 * Return the duration of the received audio of the user.
	 * @return the total duration
	 */
	public Duration audio() {
		return received(Received.Kind.AUDIO).stream().map(Received::audio).reduce(Duration.ZERO, Duration::plus);
	}

	/**
	 * Return the latest settings of a session.
	 * @return the object {@code session} of OpenAI, or {@code setup} of Gemini; a missing
	 * node if there was none
	 */
	public JsonNode setup() {
		List<Received> setups = received(Received.Kind.SETUP);
		if (setups.isEmpty()) {
			return WireProtocol.MAPPER.missingNode();
		}
		JsonNode json = setups.get(setups.size() - 1).json();
		return json.has("setup") ? json.path("setup") : json.path("session");
	}

	/**
	 * Return all dials, including failed ones.
	 * @return the dials, in order
	 */
	public List<Dialled> dials() {
		this.core.time().settle();
		return this.core.log().dials();
	}

	/**
	 * Return the latest dial.
	 * @return the dial
	 * @throws IllegalStateException if there was none
	 */
	public Dialled lastDial() {
		List<Dialled> all = dials();
		Assert.state(!all.isEmpty(), () -> "The scripted provider '" + connectionName() + "' was not dialled");
		return all.get(all.size() - 1);
	}

	/**
	 * Return the number of connections.
	 * @return the number, including connections that have ended
	 */
	public int connections() {
		this.core.time().settle();
		return this.core.log().connections();
	}

	/**
	 * Return the number of live connections.
	 * @return the number of open ones
	 */
	public int openConnections() {
		return this.core.open();
	}

	/**
	 * Return the transcript so far: {@code >} for received and {@code <} for sent
	 * messages, each after the number of its connection.
	 * @return the transcript with one line per message, without headers and keys
	 */
	public String transcript() {
		return this.core.log().transcript();
	}

	/**
	 * Check that every request was answered as scripted, and all that was scripted was
	 * used. Called at the end of each test.
	 * @throws AssertionError if not; shows the script and the transcript
	 */
	public void verify() {
		this.core.time().settle();
		if (this.strictness == Strictness.LENIENT) {
			return;
		}
		List<String> problems = new ArrayList<>(this.core.book().failures());
		problems.addAll(this.core.book().unused());
		problems.addAll(this.core.unused());
		if (!problems.isEmpty()) {
			throw new AssertionError(report(problems));
		}
	}

	/**
	 * Create a report of mismatches with the script, with the transcript.
	 * @param problems a sentence for each mismatch, possibly none
	 * @return lines for a failure message
	 */
	String report(List<String> problems) {
		String list = problems.isEmpty() ? ""
				: ": the conversation does not fit the script.\n- " + String.join("\n- ", problems);
		return this + list + "\nThe transcript so far:\n" + transcript();
	}

	/**
	 * Start a new test: reset the script and the received messages. Connections are kept,
	 * except those with an unfinished answer. Called before each test.
	 */
	public void reset() {
		this.strictness = this.configured;
		this.core.reset();
	}

	@Override
	public String toString() {
		return "ScriptedProvider '" + connectionName() + "'";
	}

	/**
	 * Treatment of mismatches with the script.
	 */
	private enum Strictness {

		/** Mismatches fail the test. */
		STRICT,

		/** Mismatches are ignored. */
		LENIENT

	}

}
