package dev.streaming.internal.session;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.SessionClosedException;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import dev.streaming.SubChannel;
import dev.streaming.internal.util.SettingChecks;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * The channel of a session: a bounded queue, and behind it, in their turn, the chunks of
 * messages that were handled ahead of the consumer. The session's task puts and is never
 * blocked: it asks whether there is room, and is called when there is room again. Takers
 * block on their own threads.
 * <p>
 * Channels beside it share its {@link ReadAhead}, and end with it.
 */
final class DefaultResponseChannel implements SubChannel {

	/** Number of spins before a taker parks; with one processor spinning is of no use. */
	private static final int LOOKS = (Runtime.getRuntime().availableProcessors() > 1) ? 100 : 0;

	private final int capacity;

	private final ReadAhead readAhead;

	private final BooleanSupplier inCallback;

	private final Executor workers;

	private final IntConsumer discarded;

	private final ChunkPublisher publisher;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition arrived = this.lock.newCondition();

	// At most capacity
	@GuardedBy("lock")
	private final Deque<Slot> queue = new ArrayDeque<>();

	// Only if the queue is full
	@GuardedBy("lock")
	private final Deque<Slot> waiting = new ArrayDeque<>();

	// What the waiting chunks keep in memory
	@GuardedBy("lock")
	private long waitingWeight;

	// As the read-ahead was told
	@GuardedBy("lock")
	private long reportedWeight;

	// As the read-ahead was told
	@GuardedBy("lock")
	private boolean reportedCrowded;

	@GuardedBy("lock")
	private boolean ended;

	@GuardedBy("lock")
	private @Nullable Throwable error;

	@GuardedBy("lock")
	private int takers;

	// Written under lock; read by any thread. There is nothing to take, and no end
	private volatile boolean empty = true;

	// Those that have not ended, or hold chunks
	private final List<DefaultResponseChannel> beside = new CopyOnWriteArrayList<>();

	DefaultResponseChannel(int capacity, long readAhead, BooleanSupplier inCallback, IntConsumer discarded,
			Executor workers) {
		this(capacity, new ReadAhead(readAhead), inCallback, discarded, workers);
	}

	private DefaultResponseChannel(int capacity, ReadAhead readAhead, BooleanSupplier inCallback, IntConsumer discarded,
			Executor workers) {
		this.capacity = capacity;
		this.readAhead = readAhead;
		this.inCallback = inCallback;
		this.workers = workers;
		this.discarded = discarded;
		this.publisher = new ChunkPublisher(this, workers);
	}

	/**
	 * Create a channel beside this one. It has room for one chunk; all others wait behind
	 * it and count against the read-ahead.
	 * @return the channel
	 */
	DefaultResponseChannel createBeside() {
		this.beside.removeIf(DefaultResponseChannel::isEnded);
		DefaultResponseChannel created = new DefaultResponseChannel(1, this.readAhead, this.inCallback, this.discarded,
				this.workers);
		this.beside.add(created);
		Throwable ended = endOfBeside();
		if (ended != null) {
			created.end(ended);
		}
		return created;
	}

	private @Nullable Throwable endOfBeside() {
		this.lock.lock();
		try {
			return this.ended ? new SessionClosedException("The session has ended", this.error) : null;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Put the chunks of one message behind all others. Never blocks.
	 * @param chunks the chunks
	 * @param bytes the size of the message; it counts if its chunks seem to weigh less
	 * @return {@code false} if the channel has ended
	 */
	boolean put(List<StreamChunk> chunks, int bytes) {
		if (chunks.isEmpty()) {
			return true;
		}
		Runnable room;
		this.lock.lock();
		try {
			if (this.ended) {
				return false;
			}
			int queued = 0;
			while (queued < chunks.size() && this.queue.size() < this.capacity) {
				this.queue.add(new Slot(chunks.get(queued), 0));
				queued++;
			}
			if (queued < chunks.size()) {
				addWaiting(chunks.subList(queued, chunks.size()), bytes);
			}
			room = changed();
			if (this.takers > 0) {
				this.arrived.signalAll();
			}
		}
		finally {
			this.lock.unlock();
		}
		run(room);
		this.publisher.wake();
		return true;
	}

	@GuardedBy("lock")
	private void addWaiting(List<StreamChunk> chunks, int bytes) {
		// Metadata may hold objects whose size is not known, but not more than was sent
		long unknown = bytes;
		for (StreamChunk chunk : chunks) {
			long weight = chunk.weight();
			unknown -= weight;
			this.waiting.add(new Slot(chunk, weight));
			this.waitingWeight += weight;
		}
		if (unknown > 0) {
			Slot last = this.waiting.removeLast();
			this.waiting.add(new Slot(last.chunk(), last.weight() + unknown));
			this.waitingWeight += unknown;
		}
	}

	/**
	 * Ask to be called when there is room, if there is none.
	 * @param onRoom called once, on a taker's thread and without the lock
	 * @return whether there is none
	 */
	boolean isFull(Runnable onRoom) {
		return this.readAhead.isFull(onRoom);
	}

	/**
	 * Ask to be called when there is room for what a connection leaves that ends, if
	 * there is none. That is more room than there is for a connection that continues.
	 * @param onRoom called once, on a taker's thread and without the lock
	 * @return whether there is none
	 */
	boolean isOverfull(Runnable onRoom) {
		return this.readAhead.isOverfull(onRoom);
	}

	/**
	 * Return how much may wait of connections that end.
	 * @return the limit in bytes
	 */
	long overflow() {
		return this.readAhead.overflow();
	}

	/**
	 * Drop what waits behind the queue.
	 * @return the number of chunks
	 */
	int dropWaiting() {
		int dropped = this.beside.stream().mapToInt(DefaultResponseChannel::dropWaiting).sum();
		Runnable room;
		this.lock.lock();
		try {
			dropped += this.waiting.size();
			this.waiting.clear();
			this.waitingWeight = 0;
			room = changed();
		}
		finally {
			this.lock.unlock();
		}
		run(room);
		return dropped;
	}

	/**
	 * The session has ended: put the end behind the last chunk of this channel and of
	 * those beside it.
	 * @param error the failure that ended the session, or {@code null}
	 */
	void endSession(@Nullable Throwable error) {
		this.readAhead.end();
		end(error);
		Throwable ended = endOfBeside();
		this.beside.forEach((channel) -> channel.end(ended));
	}

	@Override
	public void end(@Nullable Throwable error) {
		Runnable room;
		this.lock.lock();
		try {
			if (this.ended) {
				return;
			}
			this.ended = true;
			this.error = error;
			room = changed();
			this.arrived.signalAll();
		}
		finally {
			this.lock.unlock();
		}
		run(room);
		this.publisher.wake();
	}

	@Override
	public void close() {
		end(null);
		discard((chunk) -> true);
	}

	private static void run(@Nullable Runnable room) {
		if (room != null) {
			room.run();
		}
	}

	@Override
	public Optional<StreamChunk> take() throws InterruptedException {
		return take(-1);
	}

	@Override
	public Optional<StreamChunk> poll(Duration timeout) throws InterruptedException {
		Assert.notNull(timeout, "'timeout' must not be null");
		return take(SettingChecks.nanos(timeout));
	}

	private Optional<StreamChunk> take(long nanos) throws InterruptedException {
		Assert.state(!this.inCallback.getAsBoolean(),
				"A callback of a session must not take from its response channel; it would block itself");
		if (nanos != 0) {
			linger();
		}
		StreamChunk chunk;
		Runnable room;
		this.lock.lockInterruptibly();
		try {
			this.takers++;
			try {
				await(nanos);
			}
			finally {
				this.takers--;
			}
			chunk = next();
			room = changed();
		}
		finally {
			this.lock.unlock();
		}
		run(room);
		return Optional.ofNullable(chunk);
	}

	/**
	 * Look for a few microseconds whether something comes. To park a taker and to wake it
	 * takes longer than that, and in a burst the next chunk is on its way.
	 */
	private void linger() {
		for (int i = 0; i < LOOKS && this.empty; i++) {
			Thread.onSpinWait();
		}
	}

	@GuardedBy("lock")
	private void await(long nanos) throws InterruptedException {
		long left = nanos;
		while (this.queue.isEmpty() && !this.ended) {
			if (nanos < 0) {
				this.arrived.await();
			}
			else if (left <= 0) {
				return;
			}
			else {
				left = this.arrived.awaitNanos(left);
			}
		}
	}

	/**
	 * Take without waiting, for the publisher.
	 * @return a chunk or {@code null}
	 */
	@Nullable StreamChunk takeNow() {
		StreamChunk chunk;
		Runnable room;
		this.lock.lock();
		try {
			chunk = next();
			room = changed();
		}
		finally {
			this.lock.unlock();
		}
		run(room);
		return chunk;
	}

	@GuardedBy("lock")
	private @Nullable StreamChunk next() {
		Slot slot = this.queue.poll();
		if (slot == null) {
			return null;
		}
		refill();
		return slot.chunk();
	}

	/**
	 * Report what has changed.
	 * @return a task to run without the lock, or {@code null}
	 */
	@GuardedBy("lock")
	private @Nullable Runnable changed() {
		boolean nowEmpty = this.queue.isEmpty() && !this.ended;
		if (this.empty != nowEmpty) {
			this.empty = nowEmpty;
		}
		boolean crowded = this.queue.size() >= this.capacity;
		long more = this.waitingWeight - this.reportedWeight;
		boolean same = more == 0 && crowded == this.reportedCrowded;
		if (same && !this.readAhead.isCountedInChunks()) {
			return null;
		}
		int moreCrowded = (crowded == this.reportedCrowded) ? 0 : (crowded ? 1 : -1);
		this.reportedWeight = this.waitingWeight;
		this.reportedCrowded = crowded;
		return this.readAhead.changed(more, moreCrowded, this.queue.size() <= this.capacity / 2);
	}

	@GuardedBy("lock")
	private void refill() {
		while (this.queue.size() < this.capacity && !this.waiting.isEmpty()) {
			Slot slot = this.waiting.remove();
			this.waitingWeight -= slot.weight();
			this.queue.add(slot);
		}
	}

	@Override
	public boolean isEnded() {
		this.lock.lock();
		try {
			return this.ended && this.queue.isEmpty();
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public @Nullable Throwable error() {
		this.lock.lock();
		try {
			return this.error;
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public Iterator<StreamChunk> iterator() {
		return new ChunkIterator();
	}

	@Override
	public Stream<StreamChunk> stream() {
		return StreamSupport.stream(Spliterators.spliteratorUnknownSize(iterator(),
				Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.IMMUTABLE), false);
	}

	@Override
	public Flow.Publisher<StreamChunk> publisher() {
		return this.publisher.publisher(() -> {
		});
	}

	/**
	 * Return the chunks as a publisher whose cancelling does something else too.
	 * @param onCancel called when the subscription is cancelled
	 * @return the publisher
	 */
	Flow.Publisher<StreamChunk> publisher(Runnable onCancel) {
		return this.publisher.publisher(onCancel);
	}

	@Override
	public int discard(Predicate<? super StreamChunk> unwanted) {
		Assert.notNull(unwanted, "'unwanted' must not be null");
		int droppedBeside = this.beside.stream().mapToInt((channel) -> channel.discard(unwanted)).sum();
		int dropped;
		Runnable room;
		this.lock.lock();
		try {
			// All are tested before one is dropped: a predicate that throws changes
			// nothing
			List<Slot> queued = this.queue.stream().filter((slot) -> !unwanted.test(slot.chunk())).toList();
			List<Slot> behind = this.waiting.stream().filter((slot) -> !unwanted.test(slot.chunk())).toList();
			dropped = this.queue.size() + this.waiting.size() - queued.size() - behind.size();
			this.queue.clear();
			this.queue.addAll(queued);
			this.waiting.clear();
			this.waiting.addAll(behind);
			this.waitingWeight = behind.stream().mapToLong(Slot::weight).sum();
			refill();
			room = changed();
		}
		finally {
			this.lock.unlock();
		}
		if (dropped > 0) {
			this.discarded.accept(dropped);
		}
		run(room);
		return dropped + droppedBeside;
	}

	@Override
	public int size() {
		this.lock.lock();
		try {
			return this.queue.size();
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public int capacity() {
		return this.capacity;
	}

	private record Slot(StreamChunk chunk, long weight) {
	}

	private final class ChunkIterator implements Iterator<StreamChunk> {

		private @Nullable StreamChunk next;

		@Override
		public boolean hasNext() {
			if (this.next == null) {
				try {
					this.next = take().orElse(null);
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
					throw new StreamingException("Interrupted while waiting for the next chunk; nothing was lost", ex);
				}
			}
			return this.next != null;
		}

		@Override
		public StreamChunk next() {
			if (!hasNext()) {
				throw new NoSuchElementException("The session has ended");
			}
			StreamChunk chunk = this.next;
			Assert.state(chunk != null, "There is a next chunk");
			this.next = null;
			return chunk;
		}

	}

}
