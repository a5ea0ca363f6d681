package dev.streaming.openai;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import dev.streaming.Conn;
import dev.streaming.ConnectionLostException;
import dev.streaming.Message;
import dev.streaming.NotConnectedException;
import dev.streaming.SendFailedException;
import dev.streaming.StreamingException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Setup of a connection: the provider's {@code session.created}, the client's
 * {@code session.update}, the provider's {@code session.updated}. Blocks; interrupted on
 * a timeout.
 */
final class SessionSetup {

	/**
	 * Maximum time from {@code conversation.created} to {@code session.created}. OpenAI
	 * sends them the other way around, and some endpoints send the former only.
	 */
	private static final Duration GRACE = Duration.ofSeconds(1);

	private final Conn conn;

	private final Consumer<JsonNode> events;

	private final UnaryOperator<String> sanitizer;

	private @Nullable StreamingException unsent;

	/**
	 * Create a setup.
	 * @param conn the new connection
	 * @param events the consumer of the provider's events
	 * @param sanitizer sanitizes texts of the provider for messages
	 */
	SessionSetup(Conn conn, Consumer<JsonNode> events, UnaryOperator<String> sanitizer) {
		this.conn = conn;
		this.events = events;
		this.sanitizer = sanitizer;
	}

	/**
	 * Set the connection up.
	 * @param sessionUpdate the event to send
	 * @throws InterruptedException on a timeout
	 */
	void run(Message sessionUpdate) throws InterruptedException {
		try {
			awaitSession();
			send(sessionUpdate);
			while (take(this.conn.receive()) != OpenAiServerEvent.SESSION_UPDATED) {
				// Other events were handled by the consumer
			}
		}
		catch (ConnectionLostException | NotConnectedException ex) {
			if (this.unsent != null) {
				ex.addSuppressed(this.unsent);
			}
			throw OpenAiErrors.inSetup(OpenAiApi.REALTIME, ex, this.sanitizer);
		}
	}

	private void send(Message sessionUpdate) {
		try {
			this.conn.sendRaw(sessionUpdate);
		}
		catch (SendFailedException | NotConnectedException ex) {
			// The provider has closed the connection; its last messages have the reason
			this.unsent = ex;
		}
	}

	private void awaitSession() throws InterruptedException {
		boolean conversing = false;
		while (true) {
			Optional<Message> message = conversing ? this.conn.receive(GRACE) : Optional.of(this.conn.receive());
			if (message.isEmpty()) {
				return;
			}
			OpenAiServerEvent kind = take(message.get());
			if (kind == OpenAiServerEvent.SESSION_CREATED || kind == OpenAiServerEvent.SESSION_UPDATED) {
				return;
			}
			conversing |= kind == OpenAiServerEvent.CONVERSATION_CREATED;
		}
	}

	private @Nullable OpenAiServerEvent take(Message message) {
		JsonNode event = OpenAiJson.parse(message);
		OpenAiServerEvent kind = OpenAiServerEvent.of(OpenAiJson.text(event, "type"));
		if (kind == OpenAiServerEvent.ERROR) {
			throw OpenAiErrors.inSetup(OpenAiErrors.of(OpenAiApi.REALTIME, event, this.sanitizer));
		}
		this.events.accept(event);
		return kind;
	}

}
