package dev.streaming.openai;

import java.util.function.Consumer;

import dev.streaming.Message;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Whose turn it is, and asking for the model's. Shared by the handler and its clients;
 * thread-safe.
 */
final class Turns {

	private static final String TURN_DETECTION = "turn_detection";

	private final ClientEvents events = new ClientEvents();

	private final ResponseSequencer responses = new ResponseSequencer(this.events);

	private final ToolCalls calls = new ToolCalls();

	// What the provider does when the user speaks; its own word counts
	private volatile boolean detecting = true;

	private volatile boolean answering = true;

	private volatile boolean interrupting = true;

	// The last answer to whether a change of connection may be made
	private volatile boolean quiet = true;

	Turns(@Nullable TurnDetection detection) {
		if (detection != null) {
			this.detecting = detection.type() != TurnDetection.Type.NONE;
			this.answering = !Boolean.FALSE.equals(detection.createResponse());
			this.interrupting = !Boolean.FALSE.equals(detection.interruptResponse());
		}
	}

	ClientEvents events() {
		return this.events;
	}

	ResponseSequencer responses() {
		return this.responses;
	}

	ToolCalls calls() {
		return this.calls;
	}

	/**
	 * The provider tells its settings.
	 * @param session what it told
	 */
	void settings(JsonNode session) {
		JsonNode input = session.path("audio").path("input");
		JsonNode detection = (input.has(TURN_DETECTION) ? input : session).path(TURN_DETECTION);
		if (detection.isMissingNode()) {
			return;
		}
		this.detecting = detection.isObject();
		this.answering = detection.path("create_response").asBoolean(true);
		this.interrupting = detection.path("interrupt_response").asBoolean(true);
	}

	boolean isInterrupting() {
		return this.interrupting;
	}

	void speechStarted() {
		if (this.answering) {
			this.responses.speaking(true);
		}
	}

	void audioSent() {
		this.responses.input();
		if (!this.detecting) {
			this.responses.unanswered(true);
		}
	}

	void audioCleared() {
		this.responses.speaking(false);
		this.responses.unanswered(false);
	}

	/**
	 * Say whether a change of connection would cut a turn.
	 * @return whether one is under way
	 */
	boolean isInFlight() {
		boolean inFlight = this.responses.isTurnInFlight() || this.calls.isTurnInFlight();
		this.quiet = !inFlight;
		return inFlight;
	}

	/**
	 * The connection is gone.
	 * @param planned whether it was changed after {@link #isInFlight()} had been asked;
	 * what was asked for since then is held back and not lost
	 * @return whether a turn is lost
	 */
	boolean reset(boolean planned) {
		boolean lost = planned ? !this.quiet : (this.responses.isTurnLost() || this.calls.isTurnInFlight());
		this.responses.reset();
		this.calls.reset();
		return lost;
	}

	/**
	 * Ask for a response.
	 * @param byTool whether for a tool's result
	 * @param held whether there is no connection, so that it may be held back
	 * @param sender sends
	 */
	void respond(boolean byTool, boolean held, Consumer<Message> sender) {
		send(this.responses.request(byTool, held), sender);
	}

	/**
	 * Send a request whose turn it is.
	 * @param request its id, or {@code null} for none
	 * @param sender sends
	 */
	void send(@Nullable String request, Consumer<Message> sender) {
		if (request == null) {
			return;
		}
		try {
			sender.accept(this.events.responseCreate(request));
		}
		catch (RuntimeException ex) {
			this.responses.unsent(request);
			throw ex;
		}
	}

	/**
	 * Send a tool's result and, if it is the last one, ask the model to go on. The result
	 * of a call that was lost with its connection is dropped.
	 * @param callId the call's id
	 * @param json the result
	 * @param sender sends
	 */
	void toolResult(String callId, String json, Consumer<Message> sender) {
		if (this.calls.isLost(callId)) {
			return;
		}
		this.calls.returning(callId);
		try {
			sender.accept(this.events.toolOutput(callId, json));
		}
		catch (RuntimeException ex) {
			this.calls.notReturned(callId);
			throw ex;
		}
		this.responses.input();
		if (this.calls.resolved(callId)) {
			goOn(sender);
		}
	}

	/**
	 * Ask the model to go on after tool calls.
	 * @param sender sends
	 */
	private void goOn(Consumer<Message> sender) {
		try {
			respond(true, false, sender);
		}
		finally {
			this.calls.answered();
		}
	}

	/**
	 * A response is over: send the request that waited for that, if one did.
	 * @param response its id, or empty
	 * @param sender sends
	 */
	void responseDone(String response, Consumer<Message> sender) {
		if (this.calls.responseDone()) {
			// Still active, so this only queues it
			goOn(sender);
		}
		send(this.responses.finished(response), sender);
	}

}
