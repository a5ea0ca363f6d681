package dev.streaming.internal.connection;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

/**
 * Queue of the outgoing messages of one physical connection, which are written one at a
 * time, in order. Any thread may add messages; nothing blocks. The thread that completes
 * a write begins the next one.
 */
public final class SendQueue {

	private final Function<OutboundMessage, CompletionStage<Void>> writer;

	private final BiConsumer<OutboundMessage, @Nullable Throwable> written;

	private final Consumer<OutboundMessage> late;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private final Deque<OutboundMessage> waiting = new ArrayDeque<>();

	@GuardedBy("lock")
	private @Nullable OutboundMessage writing;

	// The write in progress, once the transport has accepted it
	@GuardedBy("lock")
	private @Nullable CompletableFuture<Void> write;

	// Whether the connection has ended: a transport may never report the result of a
	// write that it has accepted meanwhile
	@GuardedBy("lock")
	private boolean ended;

	@GuardedBy("lock")
	private boolean pumping;

	@GuardedBy("lock")
	private boolean closed;

	@GuardedBy("lock")
	private @Nullable Runnable onIdle;

	/**
	 * Create an open send queue.
	 * @param writer called to write one message
	 * @param written called once for each write, without the lock, with its failure or
	 * {@code null}
	 * @param late called without the lock when the deadline of a message passes whose
	 * writing has begun
	 */
	SendQueue(Function<OutboundMessage, CompletionStage<Void>> writer,
			BiConsumer<OutboundMessage, @Nullable Throwable> written, Consumer<OutboundMessage> late) {
		this.writer = writer;
		this.written = written;
		this.late = late;
	}

	/**
	 * Add a message without beginning to write. May be called under a lock; must be
	 * followed by {@link #flush()} outside of it.
	 * @param outgoing the message
	 * @return {@code false} if the physical connection has ended
	 */
	public boolean add(OutboundMessage outgoing) {
		this.lock.lock();
		try {
			if (!this.closed) {
				this.waiting.add(outgoing);
			}
			return !this.closed;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Begin to write waiting messages, unless a write is in progress.
	 */
	public void flush() {
		this.lock.lock();
		try {
			if (this.pumping || this.waiting.isEmpty()) {
				return;
			}
			this.pumping = true;
		}
		finally {
			this.lock.unlock();
		}
		pump();
	}

	/**
	 * Withdraw a message if its writing has not begun.
	 * @param outgoing the message
	 * @return whether it was waiting
	 */
	public boolean withdraw(OutboundMessage outgoing) {
		this.lock.lock();
		try {
			return this.waiting.remove(outgoing);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Close the queue, and return the waiting messages. Idempotent.
	 * @return the messages that were waiting, in order
	 */
	public List<OutboundMessage> close() {
		this.lock.lock();
		try {
			this.closed = true;
			List<OutboundMessage> unsent = new ArrayList<>(this.waiting);
			this.waiting.clear();
			return unsent;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Run a task when no write is in progress, possibly at once.
	 * @param task the task, run once and without the lock
	 */
	void whenIdle(Runnable task) {
		this.lock.lock();
		try {
			if (this.writing != null) {
				this.onIdle = task;
				return;
			}
		}
		finally {
			this.lock.unlock();
		}
		task.run();
	}

	/**
	 * Return the message that is being written, if any, for a physical connection that
	 * has failed.
	 * @return the message or {@code null}
	 */
	public @Nullable OutboundMessage writing() {
		this.lock.lock();
		try {
			return this.writing;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Record the end of the physical connection, and return the message that is being
	 * written, if any, unless the transport has reported the result, of which the sender
	 * will be notified. A write that is passed to the transport at this moment fails.
	 * @return the message or {@code null}
	 */
	@Nullable OutboundMessage end() {
		this.lock.lock();
		try {
			this.ended = true;
			return (this.write != null && !this.write.isDone()) ? this.writing : null;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void pump() {
		OutboundMessage next = next();
		while (next != null) {
			OutboundMessage current = next;
			CompletableFuture<Void> write = write(current);
			if (!write.isDone()) {
				write.whenComplete((ignored, failure) -> {
					this.written.accept(current, failure);
					pump();
				});
				return;
			}
			this.written.accept(current, failureOf(write));
			next = next();
		}
	}

	private CompletableFuture<Void> write(OutboundMessage outgoing) {
		CompletableFuture<Void> begun;
		try {
			begun = this.writer.apply(outgoing).toCompletableFuture();
		}
		catch (RuntimeException ex) {
			begun = CompletableFuture.failedFuture(ex);
		}
		boolean lost;
		this.lock.lock();
		try {
			this.write = begun;
			lost = this.ended && !begun.isDone();
		}
		finally {
			this.lock.unlock();
		}
		return lost ? CompletableFuture.failedFuture(new IOException("the connection has ended")) : begun;
	}

	private static @Nullable Throwable failureOf(CompletableFuture<Void> write) {
		return write.handle((ignored, failure) -> (failure instanceof CompletionException && failure.getCause() != null)
				? failure.getCause() : failure)
			.join();
	}

	private @Nullable OutboundMessage next() {
		OutboundMessage next;
		Runnable idle = null;
		this.lock.lock();
		try {
			next = this.waiting.poll();
			this.writing = next;
			this.write = null;
			this.pumping = next != null;
			if (next != null) {
				next.begin(this.late);
			}
			else {
				idle = this.onIdle;
				this.onIdle = null;
			}
		}
		finally {
			this.lock.unlock();
		}
		if (idle != null) {
			idle.run();
		}
		return next;
	}

}
