package dev.streaming.openai;

import java.util.function.BiConsumer;

import dev.streaming.Conn;
import dev.streaming.ConnectionLostException;
import dev.streaming.Message;
import dev.streaming.NotConnectedException;
import dev.streaming.SendFailedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * The first words on a connection: the provider's {@code session.created}, our
 * {@code session.update}, the provider's {@code session.updated}. Blocks; interrupted
 * when it takes too long.
 */
final class SessionSetup {

	private static final Logger logger = LoggerFactory.getLogger(SessionSetup.class);

	private final Conn conn;

	private final BiConsumer<OpenAiServerEvent, JsonNode> events;

	/**
	 * Create a setup.
	 * @param conn the new connection
	 * @param events hears of what the provider tells
	 */
	SessionSetup(Conn conn, BiConsumer<OpenAiServerEvent, JsonNode> events) {
		this.conn = conn;
		this.events = events;
	}

	/**
	 * Set the connection up.
	 * @param sessionUpdate what to send
	 * @throws InterruptedException if it took too long
	 */
	void run(Message sessionUpdate) throws InterruptedException {
		try {
			await(OpenAiServerEvent.SESSION_CREATED);
			send(sessionUpdate);
			await(OpenAiServerEvent.SESSION_UPDATED);
		}
		catch (ConnectionLostException | NotConnectedException ex) {
			throw OpenAiErrors.inSetup(ex);
		}
	}

	private void send(Message sessionUpdate) {
		try {
			this.conn.sendRaw(sessionUpdate);
		}
		catch (SendFailedException | NotConnectedException ex) {
			// The provider has closed, and why comes with what it said last
			logger.atDebug().setCause(ex).log("The setup could not be sent");
		}
	}

	private void await(OpenAiServerEvent wanted) throws InterruptedException {
		while (true) {
			JsonNode event = Json.parse(this.conn.receive());
			OpenAiServerEvent kind = OpenAiServerEvent.of(Json.text(event, "type"));
			if (kind == OpenAiServerEvent.ERROR) {
				throw OpenAiErrors.inSetup(OpenAiErrors.of(event.path("error")));
			}
			if (kind != null) {
				this.events.accept(kind, event);
			}
			if (kind == wanted) {
				return;
			}
		}
	}

}
