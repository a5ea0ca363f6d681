package dev.streaming.internal.session;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.Conn;
import dev.streaming.SessionClosedException;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.connection.Futures;
import dev.streaming.internal.connection.OutboundMessage;
import dev.streaming.observation.ConnectionObserver.SessionEnd;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * Ends a session, once and in order: the error is set, the state is closed, the
 * connection is closed, the channel ends, every {@link Participant} is notified,
 * {@code done} completes. May be started by any thread; nothing blocks.
 * <p>
 * The participants are notified by the session's task. If the task does not return within
 * the grace period, or is known to be stuck, a worker notifies them while the task may
 * still be in a callback.
 */
final class SessionTermination {

	private final SessionEnvironment environment;

	private final SendGate gate;

	private final DefaultResponseChannel channel;

	// Not changed any more once the session may end
	private final List<Participant> participants = new CopyOnWriteArrayList<>();

	// Completes before done, so that internal tasks have run when the callers of close
	// continue
	private final CompletableFuture<Void> over = new CompletableFuture<>();

	private final CompletableFuture<Void> done = new CompletableFuture<>();

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private Phase phase = Phase.LIVE;

	// Written under lock together with the phase BEGUN; read by any thread
	private volatile @Nullable SessionOutcome outcome;

	private volatile @Nullable Throwable error;

	SessionTermination(SessionEnvironment environment, SendGate gate, DefaultResponseChannel channel) {
		this.environment = environment;
		this.gate = gate;
		this.channel = channel;
	}

	/**
	 * Add a participant. Must not be called once the session may end.
	 * @param participant the participant, notified in the order of addition
	 */
	void add(Participant participant) {
		this.participants.add(participant);
	}

	CompletableFuture<Void> done() {
		return this.done;
	}

	@Nullable Throwable error() {
		return this.error;
	}

	/**
	 * Return the outcome of the session.
	 * @return the end that has begun, or {@code null}
	 */
	@Nullable SessionOutcome outcome() {
		return this.outcome;
	}

	boolean isOver() {
		return this.outcome != null;
	}

	/**
	 * End the session. The first end counts.
	 * @param how the outcome
	 */
	void end(SessionOutcome how) {
		if (!begin(how)) {
			return;
		}
		this.participants.forEach(Participant::cancel);
		Runnable farewell = farewell(how);
		if (farewell != null) {
			sealAfter(how, farewell);
		}
		else {
			terminate(how);
		}
	}

	/**
	 * Close the session, and wait for its end unless called by a callback of the session.
	 * An interrupt is preserved for the caller.
	 * @param status the close status
	 */
	void close(CloseStatus status) {
		end(SessionOutcome.closed(status));
		if (!this.environment.serial().isCurrent()) {
			Futures.awaitQuietly(this.done, closeLimit());
		}
	}

	/**
	 * Return the maximum duration of a close.
	 * @return the duration
	 */
	Duration closeLimit() {
		return this.environment.stateMachine().closeLimit();
	}

	private boolean begin(SessionOutcome how) {
		this.lock.lock();
		try {
			if (!moveTo(Phase.LIVE, Phase.BEGUN)) {
				return false;
			}
			this.outcome = how;
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean moveTo(Phase from, Phase to) {
		this.lock.lock();
		try {
			if (this.phase != from) {
				return false;
			}
			this.phase = to;
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	private @Nullable Runnable farewell(SessionOutcome how) {
		if (!how.isOrderly() || this.environment.stateMachine().state() != Conn.State.OPEN) {
			return null;
		}
		for (Participant participant : this.participants) {
			Runnable farewell = participant.farewell();
			if (farewell != null) {
				return farewell;
			}
		}
		return null;
	}

	private void sealAfter(SessionOutcome how, Runnable farewell) {
		Scheduler.Timeout fallback = this.environment.timer()
			.schedule(this.environment.closeGracePeriod(), () -> terminate(how));
		whenDone(fallback::cancel);
		this.environment.serial().execute(() -> {
			if (isUnsealed()) {
				farewell.run();
				terminate(how);
			}
		});
	}

	private boolean isUnsealed() {
		this.lock.lock();
		try {
			return this.phase == Phase.BEGUN;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void terminate(SessionOutcome how) {
		if (!moveTo(Phase.BEGUN, Phase.SEALED)) {
			return;
		}
		this.error = how.error();
		List<OutboundMessage> held = this.gate.close();
		if (how.end() == SessionEnd.CLOSED) {
			int dropped = this.channel.dropWaiting();
			if (dropped > 0) {
				this.environment.observer().chunksDiscarded(dropped);
			}
		}
		refuse(held, how.error());
		this.environment.stateMachine().close(how.status()).whenComplete((ignored, none) -> closed(how));
	}

	private void refuse(List<OutboundMessage> held, @Nullable Throwable cause) {
		int lost = 0;
		for (OutboundMessage outgoing : held) {
			outgoing.fail(new SessionClosedException(
					"The session '" + this.environment.name() + "' ended before the message could be sent", cause));
			lost += outgoing.isUnreported() ? 1 : 0;
		}
		if (lost > 0) {
			this.gate.giveUp(lost, "the session ended");
		}
	}

	private void closed(SessionOutcome how) {
		this.channel.endSession(how.error());
		if (how.stuck()) {
			this.environment.workers().execute(() -> finish(how));
			return;
		}
		Scheduler.Timeout fallback = this.environment.timer()
			.schedule(this.environment.closeGracePeriod(), () -> this.environment.workers().execute(() -> finish(how)));
		whenDone(fallback::cancel);
		this.environment.serial().execute(() -> finish(how));
	}

	private void finish(SessionOutcome how) {
		if (!moveTo(Phase.SEALED, Phase.FINISHED)) {
			return;
		}
		try {
			this.participants.forEach((participant) -> participant.ended(how));
		}
		finally {
			this.over.complete(null);
			this.done.complete(null);
		}
	}

	/**
	 * Run a task when the session has ended, before the callers that wait for
	 * {@link #done()} continue.
	 * @param task the task, which must not block
	 */
	void whenDone(Runnable task) {
		this.over.whenComplete((result, none) -> task.run());
	}

	private enum Phase {

		/** The session has not ended. */
		LIVE,

		/**
		 * The end has begun; the handler may still be called before the connection is
		 * closed.
		 */
		BEGUN,

		/** Error and state are set, and the connection is closed. */
		SEALED,

		/** The participants are notified. */
		FINISHED

	}

	/**
	 * Part of a session that participates in its end.
	 */
	interface Participant {

		/**
		 * Cancel whatever the session's task waits for, because the end has begun. Called
		 * by any thread; must not block.
		 */
		default void cancel() {
		}

		/**
		 * Return a task to run on the session's task before an open connection is closed.
		 * @return the task, or {@code null} for none
		 */
		default @Nullable Runnable farewell() {
			return null;
		}

		/**
		 * Called when the session has ended. Called once, by the session's task, or by a
		 * worker while the task may still be in a callback.
		 * @param how the outcome
		 */
		default void ended(SessionOutcome how) {
		}

	}

}
