package dev.streaming.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

import dev.streaming.FinishReason;
import dev.streaming.Reconnected;
import dev.streaming.Session;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.RealtimeChunks;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

/**
 * Assertions for a session and its chunks. Failures show the transcript of a scripted
 * provider.
 *
 * @since 1.0.0
 */
public final class SessionAssert extends AbstractAssert<SessionAssert, Session> {

	private static final Duration WAIT = Duration.ofSeconds(5);

	SessionAssert(Session actual) {
		super(actual, SessionAssert.class);
	}

	/**
	 * Verify that the session is open.
	 * @return this
	 */
	public SessionAssert isOpen() {
		return is(Session.State.OPEN);
	}

	/**
	 * Verify that the session is reconnecting.
	 * @return this
	 */
	public SessionAssert isReconnecting() {
		return is(Session.State.RECONNECTING);
	}

	/**
	 * Verify that the session has ended.
	 * @return this
	 */
	public SessionAssert isClosed() {
		return is(Session.State.CLOSED);
	}

	private SessionAssert is(Session.State expected) {
		if (!Eventually.holds(() -> this.actual.state() == expected)) {
			fail("%s should be %s but is %s%s", describe(), expected, this.actual.state(),
					this.actual.error().map((error) -> ", ended by " + error).orElse(""));
		}
		return this;
	}

	/**
	 * Verify the error that has ended the session.
	 * @param type the type of the error
	 * @return this
	 */
	public SessionAssert hasFailedWith(Class<? extends Throwable> type) {
		isClosed();
		Optional<Throwable> error = this.actual.error();
		if (error.filter(type::isInstance).isEmpty()) {
			fail("%s should have failed with %s but ended with %s", describe(), type.getSimpleName(),
					error.map(Throwable::toString).orElse("no error"));
		}
		return this;
	}

	/**
	 * Verify the number of reconnects, including planned changes. Available for sessions
	 * of an application with a scripted provider.
	 * @param expected the number
	 * @return this
	 */
	public SessionAssert hasReconnected(int expected) {
		List<Reconnected> reconnects = SessionRecords.of(this.actual);
		if (!Eventually.holds(() -> reconnects.size() == expected)) {
			fail("%s should have reconnected %s times but has %s times: %s", describe(), expected, reconnects.size(),
					reconnects);
		}
		return this;
	}

	/**
	 * Take chunks up to the end of the next answer, and verify its text.
	 * @param expected the written text, or the transcript
	 * @return this
	 */
	public SessionAssert delivers(String expected) {
		List<StreamChunk> chunks = new ArrayList<>();
		StringBuilder text = new StringBuilder();
		StreamChunk chunk;
		do {
			chunk = take("\"" + expected + "\"", chunks);
			if (!RealtimeChunks.INPUT.equals(chunk.source())) {
				text.append(chunk.delta());
			}
		}
		while (chunk.finishReason() == null || chunk.finishReason() == FinishReason.TOOL_CALLS);
		if (!text.toString().equals(expected)) {
			fail("%s should deliver \"%s\" but has delivered \"%s\":%n%s", describe(), expected, text, shown(chunks));
		}
		return this;
	}

	/**
	 * Take chunks up to an expected one.
	 * @param description the description of the expected chunk
	 * @param expected matches the chunk
	 * @return this
	 */
	public SessionAssert delivers(String description, Predicate<? super StreamChunk> expected) {
		List<StreamChunk> chunks = new ArrayList<>();
		while (!expected.test(take(description, chunks))) {
			// Check the next one
		}
		return this;
	}

	private StreamChunk take(String expected, List<StreamChunk> chunks) {
		Optional<StreamChunk> chunk = Optional.empty();
		try {
			chunk = this.actual.response().poll(WAIT);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		if (chunk.isEmpty()) {
			fail("%s should deliver %s but delivers nothing more. So far:%n%s", describe(), expected, shown(chunks));
		}
		StreamChunk taken = chunk.orElseThrow();
		chunks.add(taken);
		return taken;
	}

	private static String shown(List<StreamChunk> chunks) {
		return chunks.isEmpty() ? "(no chunk)" : String.join("\n", chunks.stream().map(StreamChunk::toString).toList());
	}

	private void fail(String message, Object... arguments) {
		failWithMessage("%s%s", String.format(message, arguments), SessionRecords.transcript(this.actual));
	}

	private String describe() {
		@Nullable Session session = this.actual;
		return "Session '" + ((session != null) ? session.id() : "null") + "'";
	}

}
