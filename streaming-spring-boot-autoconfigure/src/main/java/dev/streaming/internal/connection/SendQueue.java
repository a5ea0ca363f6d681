package dev.streaming.internal.connection;

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
 * The way out of one link: messages are written one at a time, in order. Any thread
 * offers; nothing blocks. The thread that finds a write completed begins the next one.
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

	// The write in progress, once the transport has taken it
	@GuardedBy("lock")
	private @Nullable CompletableFuture<Void> write;

	@GuardedBy("lock")
	private boolean pumping;

	@GuardedBy("lock")
	private boolean closed;

	@GuardedBy("lock")
	private @Nullable Runnable onIdle;

	/**
	 * Create an open send queue.
	 * @param writer writes one message
	 * @param written called once for each write, without the lock, with its failure or
	 * {@code null}
	 * @param late called, without the lock, when the deadline of a message passes whose
	 * writing has begun
	 */
	SendQueue(Function<OutboundMessage, CompletionStage<Void>> writer,
			BiConsumer<OutboundMessage, @Nullable Throwable> written, Consumer<OutboundMessage> late) {
		this.writer = writer;
		this.written = written;
		this.late = late;
	}

	/**
	 * Put a message at the end, without beginning to write. May be called under a lock;
	 * {@link #flush()} is to follow, outside of it.
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
	 * Begin to write what waits, unless that is in progress.
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
	 * Take a message back if its turn has not come.
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
	 * Take no more, and give back what was not begun. Idempotent.
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
	 * Run a task when nothing is being written any more; at once if nothing is.
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
	 * broke under it.
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
	 * Return the message that is being written, if any, and if the transport has not yet
	 * said how that went: what it has said is on its way to the sender.
	 * @return the message or {@code null}
	 */
	@Nullable OutboundMessage unsettled() {
		this.lock.lock();
		try {
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
		this.lock.lock();
		try {
			this.write = begun;
		}
		finally {
			this.lock.unlock();
		}
		return begun;
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
