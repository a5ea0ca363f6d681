package dev.streaming.openai;

import java.util.ArrayList;
import java.util.List;

import dev.streaming.ToolCall;
import tools.jackson.core.JacksonException;

/**
 * One call of a function by the model (V1). Not thread-safe; guarded by the lock of
 * {@link OpenAiTurns}.
 */
final class FunctionCall {

	/** Events that tell the arguments. */
	private static final int MAX_SOURCES = 8;

	/** What a call weighs without its arguments, in characters. */
	private static final int OVERHEAD = 256;

	private final ModelResponse response;

	private State state = State.ARGUMENTS;

	private String itemId;

	private String callId;

	private String name = "";

	private final StringBuilder pieces = new StringBuilder();

	private final List<String> wholes = new ArrayList<>();

	// The result is being sent
	private boolean returning;

	// The provider has the result
	private boolean confirmed;

	FunctionCall(ModelResponse response, String itemId, String callId) {
		this.response = response;
		this.itemId = itemId;
		this.callId = callId;
	}

	ModelResponse response() {
		return this.response;
	}

	String name() {
		return this.name;
	}

	String callId() {
		return this.callId;
	}

	State state() {
		return this.state;
	}

	/**
	 * Return whether its result is still to come.
	 * @return whether it was run, or handed over, and not answered
	 */
	boolean isOpen() {
		return this.state == State.WHOLE || this.state == State.RUNNING;
	}

	/**
	 * Return whether the model has called with it.
	 * @return whether it is, or was, whole
	 */
	boolean isCalled() {
		return isOpen() || this.state == State.ANSWERED;
	}

	boolean isAnswered() {
		return this.state == State.ANSWERED;
	}

	boolean isReturning() {
		return this.returning;
	}

	boolean isConfirmed() {
		return this.confirmed;
	}

	/**
	 * Return whether an event is about this call. Events name it by its item, by its own
	 * id, or by both.
	 * @param itemId the id of the item that the event names, or empty
	 * @param callId the id of the call that the event names, or empty
	 * @return whether it is
	 */
	boolean isNamed(String itemId, String callId) {
		if (!callId.isEmpty() && !this.callId.isEmpty()) {
			return callId.equals(this.callId);
		}
		return itemId.equals(this.itemId);
	}

	/**
	 * Take over what an event tells of the call.
	 * @param event the event
	 */
	void told(CallEvent event) {
		this.itemId = this.itemId.isEmpty() ? event.itemId() : this.itemId;
		this.callId = this.callId.isEmpty() ? event.callId() : this.callId;
		this.name = this.name.isEmpty() ? event.name() : this.name;
		if (!event.arguments().isEmpty() && this.state == State.ARGUMENTS && this.wholes.size() < MAX_SOURCES
				&& !this.wholes.contains(event.arguments())) {
			this.wholes.add(event.arguments());
		}
	}

	/**
	 * A piece of the arguments.
	 * @param piece the piece
	 */
	void piece(String piece) {
		if (this.state == State.ARGUMENTS) {
			this.pieces.append(piece);
		}
	}

	/**
	 * It is complete, by the word of its item or of its response.
	 * @return whether it was not before, and can be run
	 */
	boolean whole() {
		if (this.state != State.ARGUMENTS || this.callId.isEmpty() || this.name.isEmpty()) {
			return false;
		}
		this.state = State.WHOLE;
		return true;
	}

	/**
	 * It is run here.
	 */
	void running() {
		if (this.state == State.WHOLE) {
			this.state = State.RUNNING;
		}
	}

	/**
	 * It was cut, or the response that made it was cancelled or has failed.
	 */
	void voided() {
		if (this.state == State.ARGUMENTS) {
			this.state = State.VOID;
			forgetArguments();
		}
	}

	/**
	 * Its connection has gone, and the provider knows nothing of it any more.
	 */
	void lost() {
		this.state = State.VOID;
	}

	void returning(boolean returning) {
		this.returning = returning;
	}

	void confirmed() {
		this.confirmed = true;
	}

	/**
	 * Its result was sent.
	 */
	void answered() {
		this.state = State.ANSWERED;
	}

	/**
	 * Return the call with the fullest arguments that were told, and forget them.
	 * @return the call
	 */
	ToolCall takeToolCall() {
		ToolCall taken = new ToolCall(this.callId, this.name, arguments());
		forgetArguments();
		return taken;
	}

	private void forgetArguments() {
		this.pieces.setLength(0);
		this.pieces.trimToSize();
		this.wholes.clear();
	}

	/**
	 * Return how much is remembered of it.
	 * @return the characters of its arguments, and an allowance
	 */
	long remembered() {
		return OVERHEAD + this.pieces.length() + this.wholes.stream().mapToLong(String::length).sum();
	}

	private String arguments() {
		String fullest = this.pieces.toString();
		boolean json = isJson(fullest);
		for (String whole : this.wholes) {
			boolean wholeJson = !whole.equals(fullest) && isJson(whole);
			if ((wholeJson && !json) || (wholeJson == json && whole.length() > fullest.length())) {
				fullest = whole;
				json = wholeJson;
			}
		}
		return fullest;
	}

	private static boolean isJson(String text) {
		if (text.isBlank()) {
			return false;
		}
		try {
			OpenAiJson.parse(text);
			return true;
		}
		catch (JacksonException ex) {
			return false;
		}
	}

	/**
	 * States of a call.
	 */
	enum State {

		/** Its arguments are still to come, or it is not known whether they are whole. */
		ARGUMENTS,

		/** It is complete. */
		WHOLE,

		/** It is run here. */
		RUNNING,

		/** Its result was sent. */
		ANSWERED,

		/** It was cut, cancelled or lost: it is never run, and has no result. */
		VOID

	}

}
