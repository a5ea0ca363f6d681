package dev.streaming.openai;

import java.util.ArrayList;
import java.util.List;

import dev.streaming.ToolCall;
import dev.streaming.realtime.RealtimeTool.Scheduling;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Function call of the model (V1). Not thread-safe; guarded by the lock of
 * {@link OpenAiTurns}.
 */
final class FunctionCall {

	/** Maximum number of sources of the arguments. */
	private static final int MAX_SOURCES = 8;

	/** Size of a call without its arguments, in characters. */
	private static final int OVERHEAD = 256;

	private final ModelResponse response;

	private State state = State.ARGUMENTS;

	private String itemId;

	private String callId;

	private String name = "";

	private final StringBuilder pieces = new StringBuilder();

	private final List<String> wholes = new ArrayList<>();

	// Scheduling of the result, or null if the model waits for it
	private @Nullable Scheduling scheduling;

	// Whether the result is being sent
	private boolean returning;

	// Whether the provider has confirmed the result
	private boolean confirmed;

	FunctionCall(ModelResponse response, String itemId, String callId) {
		this.response = response;
		this.itemId = itemId;
		this.callId = callId;
		count(1);
	}

	// The cost of an event must not depend on the number of calls
	private void count(int more) {
		if (isAwaited()) {
			this.response.awaited(this.state, more);
		}
	}

	private void state(State next) {
		count(-1);
		this.state = next;
		count(1);
	}

	ModelResponse response() {
		return this.response;
	}

	String name() {
		return this.name;
	}

	String itemId() {
		return this.itemId;
	}

	String callId() {
		return this.callId;
	}

	State state() {
		return this.state;
	}

	/**
	 * Return whether the result is pending.
	 * @return whether the call was run, or delivered to the application, and has no
	 * result
	 */
	boolean isOpen() {
		return this.state == State.WHOLE || this.state == State.RUNNING;
	}

	/**
	 * Set the scheduling of the result.
	 * @param scheduling the scheduling, or {@code null} if the model waits for the result
	 */
	void scheduled(@Nullable Scheduling scheduling) {
		count(-1);
		this.scheduling = scheduling;
		count(1);
	}

	@Nullable Scheduling scheduling() {
		return this.scheduling;
	}

	/**
	 * Return whether the model waits for the result.
	 * @return {@code false} if the conversation continues meanwhile
	 */
	boolean isAwaited() {
		return this.scheduling == null;
	}

	/**
	 * Return whether the call was complete.
	 * @return whether all its arguments were received
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
	 * Return whether an event refers to this call, by its item, its own id, or both.
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
	 * Apply the content of an event.
	 * @param event the event
	 */
	void updated(CallEvent event) {
		this.itemId = this.itemId.isEmpty() ? event.itemId() : this.itemId;
		this.callId = this.callId.isEmpty() ? event.callId() : this.callId;
		this.name = this.name.isEmpty() ? event.name() : this.name;
		if (!event.arguments().isEmpty() && this.state == State.ARGUMENTS && this.wholes.size() < MAX_SOURCES
				&& !this.wholes.contains(event.arguments())) {
			this.wholes.add(event.arguments());
		}
	}

	/**
	 * Append a piece of the arguments.
	 * @param piece the piece
	 */
	void piece(String piece) {
		if (this.state == State.ARGUMENTS) {
			this.pieces.append(piece);
		}
	}

	/**
	 * Mark the call as complete, as reported by its item or its response.
	 * @return whether it was not complete before, and can be run
	 */
	boolean whole() {
		if (this.state != State.ARGUMENTS || this.callId.isEmpty() || this.name.isEmpty()) {
			return false;
		}
		state(State.WHOLE);
		return true;
	}

	/**
	 * Mark the call as running in this session.
	 */
	void running() {
		if (this.state == State.WHOLE) {
			state(State.RUNNING);
		}
	}

	/**
	 * Mark the call as void: it is incomplete, or its response was cancelled or has
	 * failed.
	 */
	void voided() {
		if (this.state == State.ARGUMENTS) {
			state(State.VOID);
			forgetArguments();
		}
	}

	/**
	 * Mark the call as void because its connection has ended.
	 */
	void lost() {
		state(State.VOID);
	}

	void returning(boolean returning) {
		this.returning = returning;
	}

	void confirmed() {
		this.confirmed = true;
	}

	/**
	 * Record that the result was sent.
	 */
	void answered() {
		state(State.ANSWERED);
	}

	/**
	 * Return the call with the most complete arguments that were received, and forget
	 * them.
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
	 * Return the size of the remembered arguments.
	 * @return the number of characters of the arguments, and an allowance
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

		/** The arguments are not known to be complete. */
		ARGUMENTS,

		/** The call is complete. */
		WHOLE,

		/** The call is running in this session. */
		RUNNING,

		/** The result was sent. */
		ANSWERED,

		/**
		 * The call was cancelled, lost or is incomplete: it is never run and has no
		 * result.
		 */
		VOID

	}

}
