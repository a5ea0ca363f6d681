package dev.streaming.internal.session;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.ConversationEvents;
import dev.streaming.ModelInfo;
import dev.streaming.StreamChunk;
import dev.streaming.ToolCall;
import dev.streaming.ToolOutcome;
import dev.streaming.Usage;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.session.ConversationTurn.Expectation;
import dev.streaming.internal.session.ConversationTurn.State;
import dev.streaming.observation.ConnectionObserver;
import org.jspecify.annotations.Nullable;

/**
 * Tracks the conversation of one session, from the events that the handler reports about
 * the user, the requests and the tools, and from the delivered chunks. Notifies the
 * observers of turns, responses, tools and usage, and its {@link ConversationSink} of
 * events for limits and listeners. Called by any thread; nothing blocks, and nothing is
 * called under the lock.
 */
final class ConversationMonitor implements ConversationEvents, SessionTermination.Participant {

	/** Minimum time until the next check for the answer. */
	private static final Duration LEAST = Duration.ofMillis(50);

	private final SessionEnvironment environment;

	private final ConnectionObserver observer;

	private final Duration answerTimeout;

	private final boolean countsAudio;

	private final ReadingClock readingClock;

	private final SerialEffects effects;

	private final UsageTotal usage = new UsageTotal();

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private final Conversation conversation;

	private volatile ConversationSink sink = ConversationSink.NONE;

	/**
	 * Create a monitor of a new conversation.
	 * @param environment the session's environment
	 * @param readingClock the clock of the session's reading time
	 */
	ConversationMonitor(SessionEnvironment environment, ReadingClock readingClock) {
		this.environment = environment;
		this.observer = environment.observer();
		this.answerTimeout = environment.config().answerTimeout();
		this.countsAudio = !environment.config().maxAudio().isZero();
		this.readingClock = readingClock;
		this.effects = new SerialEffects(environment.log());
		this.conversation = new Conversation();
	}

	/**
	 * Set the sink.
	 * @param sink the sink
	 */
	void sink(ConversationSink sink) {
		this.sink = sink;
	}

	/**
	 * Record that the handler reports events of the conversation, so that turns can be
	 * detected.
	 * @return the listener for these events
	 */
	ConversationEvents reporting() {
		this.lock.lock();
		try {
			this.conversation.reporting();
		}
		finally {
			this.lock.unlock();
		}
		return this;
	}

	Usage total() {
		return this.usage.total();
	}

	/**
	 * Return the time since the last activity of either side.
	 * @return the time; zero while the user speaks or a tool is running
	 */
	Duration idle() {
		long now = now();
		this.lock.lock();
		try {
			return this.conversation.isBusy() ? Duration.ZERO : Duration.ofNanos(now - this.conversation.lastActivity);
		}
		finally {
			this.lock.unlock();
		}
	}

	private long now() {
		return this.environment.timer().nanoTime();
	}

	/**
	 * Change the state under the lock, and run the effects without it.
	 * @param change the change, called under the lock
	 */
	private void update(Change change) {
		long now = now();
		this.lock.lock();
		try {
			this.conversation.change(change, now);
		}
		finally {
			this.lock.unlock();
		}
		this.effects.run();
	}

	@Override
	public void model(ModelInfo reported) {
		update((state, now) -> state.turns.model(reported));
	}

	@Override
	public void said() {
		update((state, now) -> state.lastActivity = now);
	}

	/**
	 * Record that the application sends a message, which counts as activity unless the
	 * handler reports events.
	 */
	void sent() {
		update((state, now) -> {
			if (state.source == Source.CHUNKS) {
				state.lastActivity = now;
			}
		});
	}

	@Override
	public void userStarted() {
		update((state, now) -> state.speech = Speech.SPEAKING);
	}

	@Override
	public void userEnded(boolean answerExpected) {
		update((state, now) -> {
			state.speech = Speech.SILENT;
			state.turns.userEnded(answerExpected, now);
		});
	}

	@Override
	public void userSilent() {
		update((state, now) -> {
			state.speech = Speech.SILENT;
			state.turns.userSilent();
		});
	}

	@Override
	public void requested() {
		update((state, now) -> {
			state.lastActivity = now;
			state.turns.requested(now);
		});
	}

	@Override
	public void continued() {
		update((state, now) -> {
			state.lastActivity = now;
			state.turns.continued(now);
		});
	}

	@Override
	public void cancelled() {
		update((state, now) -> state.turns.cancelled(now));
	}

	@Override
	public void settled() {
		ConversationTurn turn;
		this.lock.lock();
		try {
			turn = this.conversation.turns.awaiting(null);
		}
		finally {
			this.lock.unlock();
		}
		if (turn != null) {
			// After the chunks of the current message, which may include the end
			this.environment.serial().execute(() -> settled(turn));
		}
	}

	private void settled(ConversationTurn turn) {
		update((state, now) -> state.turns.settled(turn, now));
	}

	@Override
	public void toolStarted(ToolCall call) {
		update((state, now) -> state.turns.toolStarted(call, now));
	}

	@Override
	public void toolEnded(ToolCall call, ToolOutcome outcome, String result) {
		update((state, now) -> {
			if (state.turns.toolEnded(call, outcome, result, now)) {
				state.lastActivity = now;
			}
		});
	}

	/**
	 * Handle chunks before they are delivered.
	 * @param chunks the chunks, in order
	 */
	void delivering(List<StreamChunk> chunks) {
		if (!chunks.isEmpty()) {
			update((state, now) -> chunks.forEach((chunk) -> state.delivering(chunk, now)));
		}
	}

	/**
	 * Return whether a chunk is part of a response beside the conversation.
	 * @param chunk the chunk
	 * @return whether its metadata indicate that
	 */
	private static boolean isBeside(StreamChunk chunk) {
		return "none".equals(chunk.metadata().get("conversation"));
	}

	/**
	 * Handle the end of a connection, with which work in progress is lost. Called before
	 * the handler is notified.
	 * @param planned whether it was a planned change, so that requests may be held
	 */
	void connectionEnded(boolean planned) {
		update((state, now) -> {
			state.speech = Speech.SILENT;
			this.usage.connectionEnded();
			state.turns.connectionEnded(planned, now);
		});
	}

	private void lookForAnswer() {
		update(Conversation::lookForAnswer);
	}

	private long reading() {
		return this.readingClock.readingTime().toNanos();
	}

	@Override
	public void ended(SessionOutcome how) {
		update((state, now) -> {
			state.turns.sessionEnded(how.isOrderly(), how.error(), now);
			state.source = Source.NONE;
			if (state.answerTimer != null) {
				state.answerTimer.cancel();
				state.answerTimer = null;
			}
		});
	}

	/**
	 * State of the conversation. Guarded by the lock of the monitor.
	 */
	private final class Conversation {

		private final ConversationTurns turns = new ConversationTurns(ConversationMonitor.this.observer,
				ConversationMonitor.this.effects, () -> ConversationMonitor.this.sink);

		private Speech speech = Speech.SILENT;

		private Source source = Source.CHUNKS;

		private Replay replay = Replay.NONE;

		private long lastActivity = now();

		private Duration audio = Duration.ZERO;

		// Checks for the answer
		private Scheduler.@Nullable Timeout answerTimer;

		void change(Change change, long now) {
			if (this.source != Source.NONE) {
				change.apply(this, now);
				watchAnswer();
			}
		}

		void reporting() {
			this.source = (this.source == Source.NONE) ? Source.NONE : Source.HANDLER;
		}

		boolean isBusy() {
			return this.speech == Speech.SPEAKING || this.turns.isToolAtWork();
		}

		void delivering(StreamChunk chunk, long now) {
			if (chunk.reset()) {
				this.replay = Replay.SENT;
			}
			if (chunk.media() != null) {
				this.audio = this.audio.plus(AudioLength.of(chunk.media()));
			}
			StreamChunk.Kind kind = chunk.kind();
			if (isSaid(chunk, kind)) {
				this.lastActivity = now;
			}
			if (this.source == Source.HANDLER && !isBeside(chunk)) {
				this.turns.delivering(chunk, kind, now);
			}
			Usage used = chunk.usage();
			if (used != null) {
				used(chunk.responseId(), used);
			}
			else if (chunk.media() != null && ConversationMonitor.this.countsAudio) {
				Duration heard = this.audio;
				ConversationMonitor.this.effects
					.add(() -> ConversationMonitor.this.sink.used(ConversationMonitor.this.usage.total(), heard));
			}
		}

		private boolean isSaid(StreamChunk chunk, StreamChunk.Kind kind) {
			return switch (kind) {
				case END, AUDIO, TRANSCRIPT, TEXT, REASONING, TOOL_CALL -> true;
				case INPUT -> !chunk.delta().isBlank();
				case EVENT -> this.source == Source.CHUNKS;
			};
		}

		private void used(String responseId, Usage reported) {
			Duration heard = this.audio;
			Usage added = ConversationMonitor.this.usage.add(responseId, reported);
			boolean replayed = this.replay == Replay.SENT;
			this.replay = Replay.NONE;
			ModelInfo asked = this.turns.model();
			ConversationMonitor.this.effects.add(() -> {
				ConversationMonitor.this.observer.used(asked, added, replayed);
				ConversationMonitor.this.sink.used(ConversationMonitor.this.usage.total(), heard);
			});
		}

		void watchAnswer() {
			ConversationTurn turn = this.turns.current();
			if (ConversationMonitor.this.answerTimeout.isZero() || turn == null) {
				return;
			}
			boolean awaited = turn.expectation() != Expectation.NONE && turn.state() != State.CALLING;
			boolean held = this.speech == Speech.SPEAKING || this.turns.isToolAtWork();
			if (!awaited || held) {
				turn.clock().pause(reading());
				return;
			}
			turn.clock().run(reading());
			if (turn.clock().isRunning() && this.answerTimer == null) {
				Duration left = turn.clock().left(ConversationMonitor.this.answerTimeout, reading());
				this.answerTimer = ConversationMonitor.this.environment.timer()
					.schedule((left.compareTo(LEAST) > 0) ? left : LEAST,
							() -> ConversationMonitor.this.environment.serial()
								.execute(ConversationMonitor.this::lookForAnswer));
			}
		}

		private boolean isLeft(ConversationTurn turn) {
			Duration left = turn.clock().left(ConversationMonitor.this.answerTimeout, reading());
			return !left.isNegative() && !left.isZero();
		}

		void lookForAnswer(long now) {
			this.answerTimer = null;
			ConversationTurn turn = this.turns.current();
			if (turn != null && turn.clock().isRunning() && !isLeft(turn)) {
				turn.clock().stop();
				ConversationMonitor.this.effects
					.add(() -> ConversationMonitor.this.sink.answerMissing(ConversationMonitor.this.answerTimeout));
			}
		}

	}

	/**
	 * Change of the state at a given time.
	 */
	@FunctionalInterface
	private interface Change {

		void apply(Conversation state, long now);

	}

	/**
	 * Clock of a session's reading time.
	 */
	@FunctionalInterface
	interface ReadingClock {

		/**
		 * Return the time.
		 * @return the time since a fixed moment
		 */
		Duration readingTime();

	}

	private enum Speech {

		/** The user is silent. */
		SILENT,

		/** The user speaks. */
		SPEAKING

	}

	private enum Source {

		/** Chunks are the only source of events. */
		CHUNKS,

		/** The handler reports events of the user, the requests and the tools. */
		HANDLER,

		/** The session has ended. */
		NONE

	}

	private enum Replay {

		/** The conversation was not replayed. */
		NONE,

		/** The conversation was replayed, and no response has used it yet. */
		SENT

	}

}
