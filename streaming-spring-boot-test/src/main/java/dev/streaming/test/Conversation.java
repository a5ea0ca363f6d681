package dev.streaming.test;

import java.io.IOException;
import java.time.Duration;

import dev.streaming.Message;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

import org.springframework.web.socket.CloseStatus;

/**
 * Connection of a scripted provider. Confined to the provider's lane.
 */
final class Conversation implements MemoryConnection.Handler {

	private final ProviderCore provider;

	private final int number;

	private final WireProtocol protocol;

	private @Nullable MemoryConnection connection;

	private @Nullable Turn turn;

	Conversation(ProviderCore provider, int number) {
		this.provider = provider;
		this.number = number;
		this.protocol = provider.createProtocol(this);
	}

	void open(MemoryConnection opened) {
		this.connection = opened;
		opened.open();
		this.protocol.opened();
	}

	WireProtocol protocol() {
		return this.protocol;
	}

	ProviderCore provider() {
		return this.provider;
	}

	int number() {
		return this.number;
	}

	private MemoryConnection connection() {
		MemoryConnection current = this.connection;
		if (current == null) {
			throw new IllegalStateException("There is no connection");
		}
		return current;
	}

	boolean isUp() {
		MemoryConnection current = this.connection;
		return current != null && current.isUp();
	}

	// Actions of the client

	@Override
	public void received(Message message) {
		JsonNode json;
		try {
			json = WireProtocol.MAPPER.readTree(message.text());
		}
		catch (JacksonException ex) {
			json = WireProtocol.MAPPER.missingNode();
		}
		if (json.isObject()) {
			this.protocol.received(json);
		}
		else if (this.protocol instanceof PlainProtocol plain) {
			plain.plain(message.text(), json);
		}
		else {
			log(Received.Kind.OTHER, Received.abbreviated(message.text()), Duration.ZERO, json);
			this.provider.book().failed("It received a message that is not a JSON object: " + message);
		}
	}

	@Override
	public void closing(CloseStatus status) {
		String reason = (status.getReason() != null) ? " " + status.getReason() : "";
		log(Received.Kind.CLOSE, status.getCode() + reason, Duration.ZERO, WireProtocol.MAPPER.missingNode());
		abandon();
	}

	@Override
	public void aborted() {
		this.provider.log().said(this.number, "(the client has dropped the connection)");
		abandon();
	}

	void log(Received.Kind kind, String text, Duration audio, JsonNode json) {
		this.provider.log().received(new Received(this.number, kind, text, audio, json));
	}

	@Override
	public boolean breaks() {
		return this.provider.breaksSend();
	}

	@Override
	public void broken() {
		drop();
	}

	// Actions of the provider

	void send(Message message) {
		if (isUp()) {
			connection().message(message);
		}
	}

	void said(String what) {
		this.provider.log().said(this.number, what);
	}

	boolean isAnswering() {
		return this.turn != null;
	}

	/**
	 * Handle a request for an answer.
	 * @param request the request
	 */
	void asked(Request request) {
		ScriptBook.Part part = this.provider.book().take(request, this.number, this.provider::isLive);
		if (part == null) {
			said("(nothing is scripted for " + request.describe() + ")");
			this.protocol.error(request, "unscripted",
					"The scripted provider has no answer to " + request.describe() + "; see the failure of the test");
			return;
		}
		Turn begun = new Turn(this, request, part.exchange(), part.steps());
		if (!request.beside()) {
			this.turn = begun;
		}
		begun.proceed();
		if (begun.isOver()) {
			over(begun);
		}
	}

	void called(Exchange exchange, String callId) {
		this.provider.book().called(exchange, callId);
	}

	void expectResultsOnly(Exchange exchange) {
		this.provider.book().expectResultsOnly(exchange);
	}

	void over(Turn ended) {
		if (this.turn == ended) {
			this.turn = null;
			if (isUp()) {
				this.protocol.idle();
			}
		}
	}

	/**
	 * End the answer in progress.
	 * @param ending the end
	 * @return whether there was one
	 */
	boolean end(Turn.Ending ending) {
		Turn current = this.turn;
		if (current != null && (current.isBegun() || ending.kind() != Turn.Ending.Kind.INTERRUPTED)) {
			current.end(ending);
			return true;
		}
		return false;
	}

	private void abandon() {
		Turn current = this.turn;
		if (current != null) {
			current.abandon();
			this.turn = null;
		}
	}

	void schedule(Duration delay, Runnable task) {
		this.provider.schedule(delay, () -> {
			if (isUp()) {
				task.run();
			}
		});
	}

	void drop() {
		said("(connection reset)");
		abandon();
		connection().end(CloseStatus.NO_CLOSE_FRAME, new IOException("Connection reset"));
	}

	void hangUp() {
		said("(connection ended without a close frame)");
		abandon();
		connection().end(CloseStatus.NO_CLOSE_FRAME, null);
	}

	void close(CloseStatus status) {
		said("(close " + status.getCode() + ")");
		abandon();
		connection().end(status, null);
	}

	void answering(MemoryConnection.Answering answering) {
		connection().answering(answering);
	}

	void userSaid(String transcript) {
		this.protocol.userSaid(transcript);
	}

	void proceed() {
		Turn current = this.turn;
		if (current != null) {
			current.release();
		}
	}

	/**
	 * Abandon the answer in progress at the end of a test.
	 */
	void forget() {
		if (this.turn != null) {
			drop();
		}
	}

}
