package dev.streaming.sample.provider;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.util.StringUtils;
import org.springframework.web.socket.handler.SessionLimitExceededException;

/**
 * A conversation with one client, in the protocol of the subclass. What comes in and what
 * goes out in its own time never overlap.
 */
abstract class Conversation {

	/** Items that a conversation keeps; the oldest is removed first. */
	static final int REMEMBERED = 100;

	private static final Logger logger = LoggerFactory.getLogger(Conversation.class);

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private final Client client;

	private final EmbeddedProvider provider;

	private @Nullable Answer answer;

	Conversation(Client client, EmbeddedProvider provider) {
		this.client = client;
		this.provider = provider;
	}

	final Client client() {
		return this.client;
	}

	/**
	 * The client is there.
	 */
	final void open() {
		guarded(this::opened);
	}

	/**
	 * A message has come.
	 * @param payload hopefully JSON
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
	 * The provider is about to close the connection, as providers do with old ones.
	 */
	final void retire() {
		guarded(this::retiring);
	}

	/**
	 * The client is gone.
	 */
	final synchronized void closed() {
		this.answer = null;
	}

	/**
	 * Drop the connection, be it in the middle of an answer.
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

	abstract void say(Answer current, String word);

	abstract void finish(Answer finished);

	final boolean isAnswering() {
		return this.answer != null;
	}

	/**
	 * Start to answer, word by word.
	 * @param begun the answer
	 */
	final void answer(Answer begun) {
		this.answer = begun;
		later(begun);
	}

	/**
	 * Stop answering.
	 * @return the answer that was being given, or {@code null}
	 */
	final @Nullable Answer interrupt() {
		Answer interrupted = this.answer;
		this.answer = null;
		return interrupted;
	}

	private void later(Answer current) {
		this.provider.afterWord(() -> guarded(() -> goOn(current)));
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
		say(current, current.next());
		if (current.isHalfSaid() && this.provider.dropIsDue()) {
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
			// The container tells that the client is gone, or will
			logger.debug("A client went while it was being answered", ex);
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
	 * Return the texts of a message, whatever the protocol calls its parts.
	 * @param parts the parts, each with a text or not
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

}
