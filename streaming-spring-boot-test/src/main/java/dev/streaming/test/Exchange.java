package dev.streaming.test;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Use of a line: its parts answer one request after another, also across connections.
 * Guarded by the lock of its {@link ScriptBook}.
 */
final class Exchange {

	private final ScriptLine line;

	// The connection of the latest part
	private int connection;

	private int next;

	private Expected expected = Expected.ANY;

	private final List<String> callIds = new ArrayList<>();

	Exchange(ScriptLine line) {
		this.line = line;
	}

	ScriptLine line() {
		return this.line;
	}

	boolean hasNext() {
		return this.next < this.line.parts();
	}

	/**
	 * Return the number of parts that have answered a request.
	 * @return the number
	 */
	int taken() {
		return this.next;
	}

	List<Step> next(int connection) {
		this.connection = connection;
		this.expected = Expected.ANY;
		return this.line.part(this.next++);
	}

	void called(String callId) {
		this.callIds.add(callId);
	}

	void expectResultsOnly() {
		this.expected = Expected.RESULTS;
	}

	/**
	 * Return whether the next part answers a request: one with the results of its calls,
	 * the next one on its connection, or the same one after the end of its connection.
	 * While its connection is live, the same request on another one belongs to another
	 * session.
	 * @param request the request
	 * @param number the number of its connection
	 * @param live whether the connection with a number is live
	 * @return whether the exchange continues with the request
	 */
	boolean isContinuedBy(Request request, int number, IntPredicate live) {
		if (!hasNext()) {
			return false;
		}
		if (request.kind() == Request.Kind.TOOL_RESULTS) {
			return isAnswering(request);
		}
		if (this.connection == number) {
			return this.expected == Expected.ANY;
		}
		return !live.test(this.connection) && this.line.matches(request);
	}

	/**
	 * Return whether a request has results of its calls.
	 * @param request the request
	 * @return whether one of its calls is answered
	 */
	boolean isAnswering(Request request) {
		return request.callIds().stream().anyMatch(this.callIds::contains);
	}

	String describe() {
		return "part " + (this.next + 1) + " of the " + this.line.parts() + " of " + this.line;
	}

	/**
	 * Requests that continue the exchange on its connection.
	 */
	private enum Expected {

		/** The next one. */
		ANY,

		/** The one with the results of its calls. */
		RESULTS

	}

}
