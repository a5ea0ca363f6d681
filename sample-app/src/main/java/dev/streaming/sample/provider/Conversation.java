package dev.streaming.sample.provider;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;

import dev.streaming.realtime.Pcm;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.util.StringUtils;
import org.springframework.web.socket.handler.SessionLimitExceededException;

/**
 * Base class for a conversation with one client, in the protocol of the subclass.
 * Received messages and scheduled words are handled one at a time.
 */
abstract class Conversation {

	/** Maximum number of items of a conversation; the oldest is removed first. */
	static final int REMEMBERED = 100;

	/** Maximum size of audio in a message. */
	private static final int MAX_AUDIO = 24_000;

	private static final Logger logger = LoggerFactory.getLogger(Conversation.class);

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private final Client client;

	private final EmbeddedProvider provider;

	private final Synthesizer synthesizer;

	private Manner manner = Manner.ANSWERS;

	private @Nullable Answer answer;

	Conversation(Client client, EmbeddedProvider provider, Synthesizer synthesizer) {
		this.client = client;
		this.provider = provider;
		this.synthesizer = synthesizer;
	}

	/**
	 * Return the visitor of the conversation.
	 * @return the visitor's name, or {@code null} if the client is not the sample's
	 */
	final @Nullable String visitor() {
		return this.client.visitor();
	}

	final EmbeddedProvider provider() {
		return this.provider;
	}

	final Client client() {
		return this.client;
	}

	/**
	 * Handle the opening of the connection.
	 */
	final void open() {
		guarded(this::opened);
	}

	/**
	 * Handle a message.
	 * @param payload the payload, which should be JSON
	 */
	final void receive(String payload) {
		guarded(() -> {
			JsonNode message;
			try {
				message = MAPPER.readTree(payload);
			}
			catch (JacksonException ex) {
				malformed("It is not JSON: " + ex.getOriginalMessage());
				return;
			}
			if (message.isObject()) {
				received(message);
			}
			else {
				malformed("It is not a JSON object");
			}
		});
	}

	/**
	 * Announce the end of the connection, as providers do after a maximum age.
	 */
	final void retire() {
		guarded(this::retiring);
	}

	/**
	 * Handle the end of the connection.
	 */
	final synchronized void closed() {
		this.answer = null;
	}

	/**
	 * Stop all activity without closing, as if the peer's cable was cut.
	 */
	final synchronized void freeze() {
		logger.info("Freezing the connection");
		this.answer = null;
		this.client.freeze();
	}

	/**
	 * Drop the connection, even during an answer.
	 */
	final synchronized void drop() {
		logger.info("Dropping the connection {}", (this.answer != null) ? "in the middle of an answer" : "while idle");
		this.answer = null;
		this.client.drop();
	}

	abstract void opened();

	abstract void received(JsonNode message);

	abstract void malformed(String problem);

	abstract void retiring();

	/**
	 * Return whether answers are spoken.
	 * @return whether the client requests audio
	 */
	abstract boolean speaks();

	/**
	 * Return whether the client has a tool.
	 * @param tool its name
	 * @return whether it may be called
	 */
	abstract boolean offers(String tool);

	abstract void call(String tool, Map<String, Object> arguments);

	/**
	 * Called before an answer.
	 * @param answer the answer
	 */
	abstract void begun(Answer answer);

	/**
	 * Send a word.
	 * @param current the answer
	 * @param word the word
	 * @param audio the audio of the word, or {@code null} if it is written
	 */
	abstract void say(Answer current, String word, byte @Nullable [] audio);

	abstract void finish(Answer finished);

	/**
	 * Answer the user, or call a tool first.
	 * @param said the texts of the user so far, oldest first
	 * @param result the result of the tool, or {@code null} if none was called
	 */
	final void respond(List<String> said, @Nullable String result) {
		Map<String, Object> arguments = (result != null) ? null : Answers.lookUp(said);
		if (arguments != null && offers(Answers.TOOL)) {
			call(Answers.TOOL, arguments);
			return;
		}
		give(null, () -> {
			if (result != null) {
				return Answers.with(result);
			}
			if (!said.isEmpty() && Answers.isAboutParrots(said.get(said.size() - 1))) {
				this.manner = (this.manner == Manner.PARROTS) ? Manner.ANSWERS : Manner.PARROTS;
				return Answers.parrot(this.manner == Manner.PARROTS);
			}
			return Answers.to(said);
		});
	}

	/**
	 * Answer speech.
	 * @param speech the speech
	 */
	final void respond(Ear.Speech speech) {
		if (this.manner == Manner.PARROTS && speaks()) {
			give(Pcm.resample(speech.pcm(), speech.sampleRate(), Synthesizer.SAMPLE_RATE),
					() -> Answers.sound(speech.seconds()));
		}
		else {
			give(null, () -> Answers.toSpeech(speech.transcript()));
		}
	}

	private void give(byte @Nullable [] spoken, Supplier<String> text) {
		switch (this.provider.takeNext(visitor())) {
			case NEVER -> logger.info("Not answering");
			case FLOOD -> begin(new Answer(id("resp"), Answers.flood(), Answer.Pace.FLOOD), null);
			case GIVEN -> begin(new Answer(id("resp"), text.get()), spoken);
		}
	}

	private void begin(Answer begun, byte @Nullable [] spoken) {
		this.answer = begun;
		begun(begun);
		if (spoken != null) {
			begun.voice(spoken);
		}
		if (spoken != null || !speaks() || begun.isFlood()) {
			later(begun);
			return;
		}
		this.provider.work(() -> {
			byte[] voice = this.synthesizer.speak(begun.whole());
			guarded(() -> {
				begun.voice(voice);
				later(begun);
			});
		});
	}

	final boolean isAnswering() {
		return this.answer != null;
	}

	/**
	 * Stop answering.
	 * @return the answer that was in progress, or {@code null}
	 */
	final @Nullable Answer interrupt() {
		Answer interrupted = this.answer;
		this.answer = null;
		return interrupted;
	}

	private void later(Answer current) {
		this.provider.afterWord(current, () -> guarded(() -> goOn(current)));
	}

	private void goOn(Answer current) {
		if (this.answer != current) {
			return;
		}
		if (current.isDone()) {
			this.answer = null;
			finish(current);
			return;
		}
		say(current, current.next(), current.audio());
		if (current.isHalfSaid() && this.provider.dropIsDue(visitor())) {
			drop();
			return;
		}
		later(current);
	}

	private synchronized void guarded(Runnable task) {
		try {
			task.run();
		}
		catch (UncheckedIOException | IllegalStateException | SessionLimitExceededException ex) {
			// The container reports the end of the connection
			logger.debug("A client disconnected during an answer", ex);
			this.answer = null;
		}
	}

	static String json(Object value) {
		return MAPPER.writeValueAsString(value);
	}

	static String id(String prefix) {
		return prefix + "_" + UUID.randomUUID().toString().replace("-", "");
	}

	/**
	 * Split audio into pieces that fit into a message.
	 * @param audio the audio
	 * @return the pieces in base64, none for no audio
	 */
	static List<String> pieces(byte[] audio) {
		List<String> pieces = new ArrayList<>();
		for (int from = 0; from < audio.length; from += MAX_AUDIO) {
			pieces.add(Base64.getEncoder()
				.encodeToString(Arrays.copyOfRange(audio, from, Math.min(audio.length, from + MAX_AUDIO))));
		}
		return pieces;
	}

	/**
	 * Return the texts of a message, independent of the types of its parts.
	 * @param parts the parts, with or without texts
	 * @return the texts, joined
	 */
	static String texts(JsonNode parts) {
		List<String> texts = new ArrayList<>();
		parts.values().forEach((part) -> {
			String text = part.path("text").asString("");
			if (StringUtils.hasText(text)) {
				texts.add(text);
			}
		});
		return String.join("\n", texts);
	}

	private enum Manner {

		/** Answers the user. */
		ANSWERS,

		/** Repeats the user's speech. */
		PARROTS

	}

}
