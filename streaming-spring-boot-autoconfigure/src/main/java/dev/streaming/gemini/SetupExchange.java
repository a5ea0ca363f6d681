package dev.streaming.gemini;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
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

import org.springframework.web.socket.CloseStatus;

/**
 * First messages of a connection: the client's setup, and the messages up to the
 * service's confirmation. Nothing else may be sent before. Blocks the hook's thread,
 * which is interrupted on a timeout.
 */
final class SetupExchange {

	/** Close codes for an invalid setup: an argument, the key, the model. */
	private static final Set<Integer> PERMANENT = Set.of(1007, 1008);

	/** Close codes that are unrelated to the setup: the service or the network failed. */
	private static final Set<Integer> UNSAID = Set.of(1001, 1006, 1012, 1013);

	/** Time to receive the reason from a service that does not read any more. */
	private static final Duration PARTING_WORDS = Duration.ofSeconds(1);

	private final UnaryOperator<String> sanitizer;

	/**
	 * Create an exchange.
	 * @param sanitizer sanitizes texts of the service for messages
	 */
	SetupExchange(UnaryOperator<String> sanitizer) {
		this.sanitizer = sanitizer;
	}

	/**
	 * Send the setup and wait until the service is ready.
	 * @param conn the connection
	 * @param setup the setup message
	 * @param received the consumer of the messages that the service sends meanwhile
	 * @throws InterruptedException on a timeout, or if the session ends
	 * @throws SetupFailedException if the service does not accept the setup
	 */
	void run(Conn conn, Message setup, Consumer<JsonNode> received) throws InterruptedException {
		try {
			send(conn, setup, received);
			boolean ready = false;
			while (!ready) {
				ready = take(conn.receive(), received);
			}
		}
		catch (ConnectionLostException ex) {
			throw closed(ex.closeStatus(), ex);
		}
		catch (NotConnectedException ex) {
			throw closed(ex.closeStatus().orElse(null), ex);
		}
	}

	private void send(Conn conn, Message setup, Consumer<JsonNode> received) throws InterruptedException {
		try {
			conn.sendRaw(setup);
		}
		catch (SendFailedException ex) {
			// The service may have sent a reason and closed the connection meanwhile
			Optional<Message> said = conn.receive(PARTING_WORDS);
			while (said.isPresent()) {
				take(said.get(), received);
				said = conn.receive(PARTING_WORDS);
			}
			throw ex;
		}
	}

	private boolean take(Message message, Consumer<JsonNode> received) {
		JsonNode node = parse(message);
		refuseError(node);
		received.accept(node);
		return node.has(ServerField.SETUP_COMPLETE.field());
	}

	private static JsonNode parse(Message message) {
		JsonNode node = GeminiJson.parseOrNull(message);
		if (node == null) {
			throw new SetupFailedException("Gemini answered the setup with a message that is not JSON: " + message,
					null, false, false);
		}
		return node;
	}

	private void refuseError(JsonNode message) {
		GeminiErrorException failure = ServerError.find(message, this.sanitizer);
		if (failure != null) {
			boolean permanent = ServerError.isPermanent(failure);
			throw new SetupFailedException("The setup failed. " + failure.getMessage() + hint(permanent), null, true,
					permanent);
		}
	}

	private SetupFailedException closed(@Nullable CloseStatus status, StreamingException cause) {
		int code = (status != null) ? status.getCode() : CloseStatus.NO_CLOSE_FRAME.getCode();
		String reason = (status != null && status.getReason() != null) ? this.sanitizer.apply(status.getReason()) : "";
		boolean permanent = PERMANENT.contains(code);
		return new SetupFailedException("Gemini closed the connection during setup with " + code
				+ (reason.isEmpty() ? "" : ": " + reason) + hint(permanent), cause, !UNSAID.contains(code), permanent);
	}

	private static String hint(boolean permanent) {
		return permanent ? "; check the API key or token, whether the model supports the Live API, and the settings"
				: "";
	}

}
