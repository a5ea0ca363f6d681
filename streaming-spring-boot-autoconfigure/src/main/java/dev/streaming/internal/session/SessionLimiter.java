package dev.streaming.internal.session;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.Session;
import dev.streaming.SessionConfig;
import dev.streaming.SessionLimitException;
import dev.streaming.Usage;
import dev.streaming.internal.concurrent.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Ends a session that has reached one of its limits (L1): at once without a connection;
 * otherwise when the model has finished its sentence, for at most five seconds, and has
 * said goodbye if configured.
 * <p>
 * Usage may be reported by any thread. All other methods are called by the session's
 * task.
 */
final class SessionLimiter implements SessionTermination.Participant {

	/** Maximum time for the model to finish its sentence. */
	static final Duration SENTENCE = Duration.ofSeconds(5);

	/** Maximum time for the model to say goodbye. */
	static final Duration GOODBYE = Duration.ofSeconds(10);

	/** Minimum time between two checks for silence. */
	private static final Duration LEAST = Duration.ofSeconds(1);

	private final SessionEnvironment environment;

	private final SessionConfig config;

	private final Supplier<Session.State> sessionState;

	private final ConversationMonitor monitor;

	private final SessionCallbacks callbacks;

	private final SessionTermination termination;

	private final QuietMomentPoll poll;

	private final ReentrantLock lock = new ReentrantLock();

	// Written under lock; read by any thread
	private volatile State state = State.WATCHING;

	@GuardedBy("lock")
	private @Nullable SessionLimitException reached;

	// The clock's time at which the model may be interrupted
	@GuardedBy("lock")
	private long until;

	@GuardedBy("lock")
	private Scheduler.@Nullable Timeout durationTimer;

	@GuardedBy("lock")
	private Scheduler.@Nullable Timeout idleTimer;

	// Interrupts the model
	@GuardedBy("lock")
	private Scheduler.@Nullable Timeout force;

	SessionLimiter(SessionEnvironment environment, Supplier<Session.State> sessionState, ConversationMonitor monitor,
			SessionCallbacks callbacks, SessionTermination termination) {
		this.environment = environment;
		this.config = environment.config();
		this.sessionState = sessionState;
		this.monitor = monitor;
		this.callbacks = callbacks;
		this.termination = termination;
		this.poll = new QuietMomentPoll(environment, this::proceed);
	}

	/**
	 * Start the time limits, because the session is open.
	 */
	void opened() {
		Duration most = this.config.maxDuration();
		Duration silence = this.config.idleTimeout();
		this.monitor.said();
		this.lock.lock();
		try {
			if (!most.isZero()) {
				this.durationTimer = this.environment.schedule(most, () -> reached("max-duration", most));
			}
			if (!silence.isZero()) {
				this.idleTimer = this.environment.schedule(silence, this::lookForSilence);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void lookForSilence() {
		Duration limit = this.config.idleTimeout();
		Duration idle = this.monitor.idle();
		Duration left = limit.minus(idle);
		if (left.isZero() || left.isNegative()) {
			reached("idle-timeout", limit);
			return;
		}
		this.lock.lock();
		try {
			if (this.state == State.WATCHING) {
				// While one side is active, the start of the silence is unknown
				Duration delay = idle.isZero() ? least(limit) : left;
				this.idleTimer = this.environment.schedule(delay, this::lookForSilence);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private static Duration least(Duration limit) {
		return (limit.compareTo(LEAST) < 0) ? limit : LEAST;
	}

	/**
	 * Handle a change of the usage. May be called by any thread.
	 * @param total the usage so far
	 * @param audio the audio that the model has sent so far
	 */
	void used(Usage total, Duration audio) {
		if (this.config.maxTokens() > 0 && total.totalTokens() >= this.config.maxTokens()) {
			this.environment.serial().execute(() -> reached("max-tokens", this.config.maxTokens()));
		}
		Duration most = this.config.maxAudio();
		if (!most.isZero()) {
			Duration counted = (total.audioSeconds() > 0) ? Duration.ofMillis(Math.round(total.audioSeconds() * 1000))
					: audio;
			if (counted.compareTo(most) >= 0) {
				this.environment.serial().execute(() -> reached("max-audio", most));
			}
		}
	}

	private void reached(String limit, Object value) {
		SessionLimitException failure = new SessionLimitException("The session '" + this.environment.name()
				+ "' has reached its limit '" + limit + "' (" + value + "), which ends it", limit, value);
		this.lock.lock();
		try {
			if (this.state != State.WATCHING || this.termination.isOver()) {
				return;
			}
			this.state = State.FINISHING;
			this.reached = failure;
			forceIn(SENTENCE);
		}
		finally {
			this.lock.unlock();
		}
		this.environment.observer().limited(limit);
		this.environment.log().debug().log("{}", failure.getMessage());
		this.callbacks.limited(failure);
		proceed();
	}

	@GuardedBy("lock")
	private void forceIn(Duration time) {
		Scheduler.cancel(this.force);
		this.until = this.environment.timer().nanoTime() + time.toNanos();
		this.force = this.environment.schedule(time, this::proceed);
	}

	/**
	 * Continue the end that has begun, if the moment is quiet or the time has elapsed.
	 * Called by the session's task after each message.
	 */
	void proceed() {
		State now = this.state;
		if (now != State.FINISHING && now != State.LEAVING) {
			return;
		}
		boolean open = this.sessionState.get() == Session.State.OPEN;
		boolean passed = isPassed();
		if (open && !passed && this.callbacks.isResponseInFlight()) {
			this.poll.askAgain();
			return;
		}
		if (now == State.FINISHING && open && sayGoodbye()) {
			return;
		}
		leave();
	}

	private boolean isPassed() {
		this.lock.lock();
		try {
			return this.environment.timer().nanoTime() - this.until >= 0;
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean sayGoodbye() {
		String goodbye = this.config.goodbye();
		if (goodbye == null || goodbye.isBlank()) {
			return false;
		}
		this.lock.lock();
		try {
			this.state = State.LEAVING;
			forceIn(GOODBYE);
		}
		finally {
			this.lock.unlock();
		}
		if (!this.callbacks.goodbye(goodbye)) {
			return false;
		}
		this.poll.askAgain();
		return true;
	}

	private void leave() {
		SessionLimitException failure;
		this.lock.lock();
		try {
			failure = this.reached;
			this.state = State.ENDED;
		}
		finally {
			this.lock.unlock();
		}
		if (failure != null) {
			this.termination.end(SessionOutcome.limited(failure));
		}
	}

	@Override
	public void ended(SessionOutcome how) {
		this.lock.lock();
		try {
			this.state = State.ENDED;
			Scheduler.cancel(this.durationTimer);
			Scheduler.cancel(this.idleTimer);
			Scheduler.cancel(this.force);
		}
		finally {
			this.lock.unlock();
		}
		this.poll.close();
	}

	private enum State {

		/** No limit was reached. */
		WATCHING,

		/** A limit was reached; the model may finish its sentence. */
		FINISHING,

		/** The model says goodbye. */
		LEAVING,

		/** The session has ended, or is ending. */
		ENDED

	}

}
