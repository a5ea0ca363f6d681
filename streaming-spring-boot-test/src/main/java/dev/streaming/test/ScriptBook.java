package dev.streaming.test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

/**
 * Script of one provider, with requests that are not scripted. Thread-safe.
 */
final class ScriptBook {

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private final List<ScriptLine> lines = new ArrayList<>();

	@GuardedBy("lock")
	private final List<Exchange> exchanges = new ArrayList<>();

	@GuardedBy("lock")
	private final List<String> failures = new ArrayList<>();

	ScriptLine add(String description, Predicate<Request> matcher) {
		ScriptLine line = new ScriptLine(description, matcher);
		change((lines) -> lines.add(line));
		return line;
	}

	/**
	 * Change the lines.
	 * @param change the change
	 */
	void change(Consumer<List<ScriptLine>> change) {
		this.lock.lock();
		try {
			change.accept(this.lines);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Find the answer to a request.
	 * @param request the request
	 * @param connection the number of its connection
	 * @param live whether the connection with a number is live
	 * @return the part of a line, or {@code null} if the request is not scripted
	 */
	@Nullable Part take(Request request, int connection, IntPredicate live) {
		this.lock.lock();
		try {
			for (Exchange exchange : this.exchanges) {
				if (exchange.isContinuedBy(request, connection, live)) {
					return new Part(exchange, exchange.next(connection));
				}
			}
			for (ScriptLine line : this.lines) {
				if (line.isLeft() && line.matches(request)) {
					line.use();
					Exchange exchange = new Exchange(line);
					this.exchanges.add(exchange);
					return new Part(exchange, exchange.next(connection));
				}
			}
			this.failures.add("It was asked for " + unscripted(request));
			return null;
		}
		finally {
			this.lock.unlock();
		}
	}

	void called(Exchange exchange, String callId) {
		this.lock.lock();
		try {
			exchange.called(callId);
		}
		finally {
			this.lock.unlock();
		}
	}

	void expectResultsOnly(Exchange exchange) {
		this.lock.lock();
		try {
			exchange.expectResultsOnly();
		}
		finally {
			this.lock.unlock();
		}
	}

	void failed(String failure) {
		this.lock.lock();
		try {
			this.failures.add(failure);
		}
		finally {
			this.lock.unlock();
		}
	}

	@GuardedBy("lock")
	private String unscripted(Request request) {
		for (Exchange exchange : this.exchanges) {
			if (exchange.isAnswering(request)) {
				return request.describe() + ", called by " + exchange.line()
						+ ", which has no continuation; add then() or thenReply(\u2026) to it";
			}
		}
		String script = this.lines.isEmpty() ? "The script is empty"
				: this.lines.stream()
					.map(ScriptLine::describe)
					.collect(Collectors.joining("\n    ", "The script:\n    ", ""));
		return request.describe() + ", and no line answers that. " + script;
	}

	/**
	 * Return the failures so far.
	 * @return a sentence for each mismatch with the script
	 */
	List<String> failures() {
		this.lock.lock();
		try {
			return List.copyOf(this.failures);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return the unused lines of the script.
	 * @return a sentence for each
	 */
	List<String> unused() {
		this.lock.lock();
		try {
			List<String> unused = new ArrayList<>();
			this.lines.stream()
				.filter(ScriptLine::isMissed)
				.map((line) -> "No request for " + line.describe())
				.forEach(unused::add);
			this.exchanges.stream()
				.filter((exchange) -> exchange.hasNext() && exchange.line().isRequired())
				.map((exchange) -> "No request for " + exchange.describe())
				.forEach(unused::add);
			return unused;
		}
		finally {
			this.lock.unlock();
		}
	}

	void clear() {
		this.lock.lock();
		try {
			this.lines.clear();
			this.exchanges.clear();
			this.failures.clear();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Part of a line that answers one request.
	 *
	 * @param exchange the exchange
	 * @param steps the steps
	 */
	record Part(Exchange exchange, List<Step> steps) {

	}

}
