package dev.streaming.internal.session;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import dev.streaming.AnswerTimeoutAction;
import dev.streaming.AnswerTimeoutException;
import dev.streaming.StreamChunk;
import dev.streaming.ToolExecution;
import dev.streaming.Turn;
import dev.streaming.Usage;

/**
 * Notifies the listeners of turns and tools, on the session's task and before its end;
 * updates the limits; and reports missing answers. Called by any thread.
 */
final class ConversationEffects implements ConversationSink, SessionTermination.Participant {

	private final SessionEnvironment environment;

	private final SessionControl session;

	private final SessionCallbacks callbacks;

	private final ChunkDelivery delivery;

	private final SessionLimiter limiter;

	private final Queue<Runnable> events = new ConcurrentLinkedQueue<>();

	ConversationEffects(SessionEnvironment environment, SessionControl session, SessionCallbacks callbacks,
			ChunkDelivery delivery, SessionLimiter limiter) {
		this.environment = environment;
		this.session = session;
		this.callbacks = callbacks;
		this.delivery = delivery;
		this.limiter = limiter;
	}

	@Override
	public void turnEnded(Turn turn) {
		later(() -> this.callbacks.turn(turn));
	}

	@Override
	public void toolEnded(ToolExecution tool) {
		later(() -> this.callbacks.toolCall(tool));
	}

	// The calling thread may be in another callback
	private void later(Runnable event) {
		if (this.callbacks.hasListeners()) {
			this.events.add(event);
			this.environment.serial().execute(this::report);
		}
	}

	private void report() {
		for (Runnable event = this.events.poll(); event != null; event = this.events.poll()) {
			event.run();
		}
	}

	@Override
	public void used(Usage total, Duration audio) {
		this.limiter.used(total, audio);
	}

	@Override
	public void answerMissing(Duration timeout) {
		this.environment.log().warn().log("The model gave no sign of an answer within {} ms", timeout.toMillis());
		this.delivery.emit(StreamChunk.builder()
			.metadata("event", "answer_timeout")
			.error(new AnswerTimeoutException("The model gave no sign of an answer within answer-timeout ("
					+ timeout.toMillis() + " ms), in the session '" + this.environment.name() + "'", timeout))
			.build());
		if (this.environment.config().answerTimeoutAction() == AnswerTimeoutAction.RECONNECT) {
			reconnect();
		}
	}

	private void reconnect() {
		try {
			this.session.reconnect("answer-timeout", Duration.ZERO);
		}
		catch (IllegalStateException ex) {
			this.environment.log().warn().log("The connection is not changed: {}", ex.getMessage());
		}
	}

	@Override
	public void ended(SessionOutcome how) {
		report();
	}

}
