package dev.streaming.test;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.streaming.test.Step.Next;

/**
 * Answer in progress. Confined to the provider's lane.
 */
final class Turn {

	private final Conversation conversation;

	private final Request request;

	private final Exchange exchange;

	private final List<Step> steps;

	private final Map<String, String> calls = new LinkedHashMap<>();

	private final StringBuilder said = new StringBuilder();

	private final List<String> ids = new ArrayList<>();

	// Pending pieces of the current step
	private final Deque<Runnable> pieces = new ArrayDeque<>();

	private int burst = 1;

	private Duration pause = Duration.ZERO;

	// Pieces since the last pause
	private int unpaused;

	private int next;

	private State state = State.ASKED;

	private Waiting waiting = Waiting.NOT;

	private long inputTokens;

	private long outputTokens;

	Turn(Conversation conversation, Request request, Exchange exchange, List<Step> steps) {
		this.conversation = conversation;
		this.request = request;
		this.exchange = exchange;
		this.steps = steps;
	}

	Conversation conversation() {
		return this.conversation;
	}

	WireProtocol protocol() {
		return this.conversation.protocol();
	}

	Request request() {
		return this.request;
	}

	/**
	 * Run the steps of the script, up to the next wait.
	 */
	void proceed() {
		Next follows = Next.GO_ON;
		while (follows == Next.GO_ON && !isOver() && this.conversation.isUp()) {
			if (!this.pieces.isEmpty()) {
				follows = piece();
				continue;
			}
			if (this.next == this.steps.size()) {
				end(Ending.COMPLETED);
				return;
			}
			Step step = this.steps.get(this.next++);
			if (!step.isCall()) {
				protocol().flush();
			}
			follows = step.run(this);
		}
		if (follows == Next.OVER) {
			this.state = State.OVER;
		}
	}

	private Next piece() {
		this.pieces.remove().run();
		if (this.pause.isZero() || ++this.unpaused < this.burst) {
			return Next.GO_ON;
		}
		this.unpaused = 0;
		proceedAfter(this.pause);
		return Next.WAIT;
	}

	/**
	 * Send a piece after all preceding ones.
	 * @param piece the action that sends it
	 */
	void say(Runnable piece) {
		this.pieces.add(piece);
	}

	/**
	 * Set the pauses of all subsequent pieces.
	 * @param pieces the number of pieces between two pauses
	 * @param length the length of a pause
	 */
	void pace(int pieces, Duration length) {
		this.burst = pieces;
		this.pause = length;
		this.unpaused = 0;
	}

	/**
	 * Continue after a delay.
	 * @param delay the delay, on the clock of the test
	 */
	void proceedAfter(Duration delay) {
		this.conversation.schedule(delay, this::proceed);
	}

	/**
	 * Hold the answer until it is released by the test.
	 */
	void hold() {
		this.conversation.said("(held)");
		this.waiting = Waiting.HELD;
	}

	/**
	 * Continue if the answer is held.
	 */
	void release() {
		if (this.waiting == Waiting.HELD) {
			this.waiting = Waiting.NOT;
			proceed();
		}
	}

	/**
	 * Begin the answer, unless it has begun.
	 */
	void begin() {
		if (this.state == State.ASKED) {
			this.state = State.BEGUN;
			protocol().begin(this);
		}
	}

	boolean isBegun() {
		return this.state == State.BEGUN;
	}

	boolean isOver() {
		return this.state == State.OVER;
	}

	/**
	 * End the answer.
	 * @param ending the end
	 */
	void end(Ending ending) {
		if (!isOver()) {
			begin();
			this.state = State.OVER;
			protocol().end(this, ending);
			this.conversation.over(this);
		}
	}

	/**
	 * Abandon the answer without an event.
	 */
	void abandon() {
		this.state = State.OVER;
	}

	void said(String piece) {
		this.said.append(piece);
	}

	String text() {
		return this.said.toString();
	}

	void called(String callId, String json) {
		this.calls.put(callId, json);
		this.conversation.called(this.exchange, callId);
	}

	/**
	 * Record a call that the answer does not wait for.
	 * @param callId the id of the call
	 */
	void calledAsync(String callId) {
		this.conversation.called(this.exchange, callId);
	}

	/**
	 * Continue the exchange only with the results of its calls.
	 */
	void expectResultsOnly() {
		this.conversation.expectResultsOnly(this.exchange);
	}

	/**
	 * Return the calls of this answer.
	 * @return the calls by id, in order
	 */
	Map<String, String> calls() {
		return this.calls;
	}

	/**
	 * Return the ids of the parts of this answer.
	 * @return the ids, which are added by the protocol
	 */
	List<String> ids() {
		return this.ids;
	}

	void usage(long input, long output) {
		this.inputTokens = input;
		this.outputTokens = output;
	}

	long inputTokens() {
		return this.inputTokens;
	}

	long outputTokens() {
		return this.outputTokens;
	}

	/**
	 * End of an answer.
	 *
	 * @param kind the kind of end
	 * @param code the code of a failure, or empty
	 * @param message the message of a failure, or empty
	 */
	record Ending(Kind kind, String code, String message) {

		static final Ending COMPLETED = new Ending(Kind.COMPLETED, "", "");

		static final Ending CANCELLED = new Ending(Kind.CANCELLED, "", "");

		static final Ending INTERRUPTED = new Ending(Kind.INTERRUPTED, "", "");

		static final Ending LENGTH = new Ending(Kind.LENGTH, "", "");

		static Ending failed(String code, String message) {
			return new Ending(Kind.FAILED, code, message);
		}

		/**
		 * Kinds of endings.
		 */
		enum Kind {

			/** The answer is complete. */
			COMPLETED,

			/** Cancelled by the client. */
			CANCELLED,

			/** Interrupted by the user. */
			INTERRUPTED,

			/** A token limit was reached. */
			LENGTH,

			/** Failure of the provider. */
			FAILED

		}

	}

	/**
	 * States of waiting for the test.
	 */
	private enum Waiting {

		/** Not waiting. */
		NOT,

		/** Held until it is released. */
		HELD

	}

	/**
	 * States of an answer.
	 */
	private enum State {

		/** Requested. */
		ASKED,

		/** The start was sent to the client. */
		BEGUN,

		/** Over. */
		OVER

	}

}
