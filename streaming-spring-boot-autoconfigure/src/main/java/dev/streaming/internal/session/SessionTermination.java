package dev.streaming.internal.session;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import dev.streaming.SessionClosedException;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.concurrent.SequentialExecutor;
import dev.streaming.internal.connection.ConnStateMachine;
import dev.streaming.internal.connection.OutboundMessage;
import dev.streaming.observation.ConnectionObserver.SessionEnd;
import org.jspecify.annotations.Nullable;

/**
 * The end of a session, which happens once and in order: the error is set, the state is
 * closed, the connection is closed, the channel ends, handler and listeners hear it,
 * {@code done} completes. Any thread begins it; nothing blocks. What the session's task
 * has to do for it is done elsewhere when the task does not come back in time.
 */
final class SessionTermination {

	private final ConnStateMachine core;

	private final SequentialExecutor serial;

	private final SendGate gate;

	private final DefaultResponseChannel channel;

	private final String name;

	// Completes before done, so that what is ours has run when those who close go on
	private final CompletableFuture<Void> over = new CompletableFuture<>();

	private final CompletableFuture<Void> done = new CompletableFuture<>();

	private final AtomicReference<@Nullable SessionOutcome> ending = new AtomicReference<>();

	private final AtomicBoolean sealed = new AtomicBoolean();

	private final AtomicBoolean finished = new AtomicBoolean();

	private volatile @Nullable Throwable error;

	SessionTermination(ConnStateMachine core, SequentialExecutor serial, SendGate gate, DefaultResponseChannel channel,
			String name) {
		this.core = core;
		this.serial = serial;
		this.gate = gate;
		this.channel = channel;
		this.name = name;
	}

	CompletableFuture<Void> done() {
		return this.done;
	}

	@Nullable Throwable error() {
		return this.error;
	}

	/**
	 * Return how the session ends.
	 * @return the ending that has begun, or {@code null}
	 */
	@Nullable SessionOutcome ending() {
		return this.ending.get();
	}

	boolean isOver() {
		return this.ending.get() != null;
	}

	/**
	 * Begin the end. The first ending stands.
	 * @param how how it ends
	 * @return whether it is the first
	 */
	boolean begin(SessionOutcome how) {
		return this.ending.compareAndSet(null, how);
	}

	/**
	 * Go on with the end once a last callback was made, or has had its time.
	 * @param how how it ends
	 * @param last the callback
	 * @param finish what the session's task does at the end
	 */
	void after(SessionOutcome how, Runnable last, Runnable finish) {
		this.serial.execute(() -> {
			if (!this.sealed.get()) {
				last.run();
				seal(how, finish);
			}
		});
		Scheduler.Timeout fallback = this.core.timer()
			.schedule(this.core.config().closeGracePeriod(), () -> seal(how, finish));
		whenDone(fallback::cancel);
	}

	/**
	 * Go on with the end.
	 * @param how how it ends
	 * @param finish what the session's task does at the end
	 */
	void seal(SessionOutcome how, Runnable finish) {
		if (!this.sealed.compareAndSet(false, true)) {
			return;
		}
		this.error = how.error();
		List<OutboundMessage> held = this.gate.close();
		if (how.end() == SessionEnd.CLOSED) {
			int dropped = this.channel.dropWaiting();
			if (dropped > 0) {
				this.core.observer().chunksDiscarded(dropped);
			}
		}
		refuse(held, how.error());
		this.core.close(how.status()).whenComplete((ignored, none) -> closed(how, finish));
	}

	private void closed(SessionOutcome how, Runnable finish) {
		this.channel.end(how.error());
		Runnable once = () -> {
			if (this.finished.compareAndSet(false, true)) {
				try {
					finish.run();
				}
				finally {
					this.over.complete(null);
					this.done.complete(null);
				}
			}
		};
		if (how.stuck()) {
			this.core.runtime().workers().execute(once);
			return;
		}
		this.serial.execute(once);
		Scheduler.Timeout fallback = this.core.timer()
			.schedule(this.core.config().closeGracePeriod(), () -> this.core.runtime().workers().execute(once));
		whenDone(fallback::cancel);
	}

	private void refuse(List<OutboundMessage> held, @Nullable Throwable cause) {
		int lost = 0;
		for (OutboundMessage outgoing : held) {
			outgoing.fail(new SessionClosedException(
					"The session '" + this.name + "' ended before the message could be sent", cause));
			lost += outgoing.isUntold() ? 1 : 0;
		}
		if (lost > 0) {
			this.gate.giveUp(lost, "the session ended");
		}
	}

	void whenDone(Runnable task) {
		this.over.whenComplete((result, none) -> task.run());
	}

}
