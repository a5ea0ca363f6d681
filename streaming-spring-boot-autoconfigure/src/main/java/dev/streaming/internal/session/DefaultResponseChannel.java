package dev.streaming.internal.session;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.SessionClosedException;
import dev.streaming.StreamChunk;
import dev.streaming.SubChannel;
import dev.streaming.internal.util.SettingChecks;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Response channel of a session: a bounded queue, followed by the chunks of messages that
 * were handled ahead of the consumer. The session's task is never blocked: it checks for
 * room, and is notified when there is room again. Consumers block on their own threads.
 * <p>
 * Sub-channels share its {@link ReadAhead}, and end with it.
 */
final class DefaultResponseChannel implements SubChannel {

	/** Maximum time for which a consumer is not woken in a burst of messages. */
	private static final Duration REST = Duration.ofNanos(400_000);

	private final int capacity;

	private final ReadAhead readAhead;

	private final BooleanSupplier inCallback;

	private final Executor workers;

	private final Executor afterwards;

	private final IntConsumer discarded;

	private final ChunkPublisher publisher;

	// Acquired before the other lock
	private final ReentrantLock takeLock = new ReentrantLock();

	// The first chunks, so that consumers do not compete with the session for each one
	@GuardedBy("takeLock")
	private final Deque<StreamChunk> fetched = new ArrayDeque<>();

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private final WaitingConsumers consumers = new WaitingConsumers(this.lock.newCondition(), REST);

	// Chunks behind those that were fetched
	@GuardedBy("lock")
	private final Deque<StreamChunk> queue = new ArrayDeque<>();

	// Room that fetched chunks leave of the capacity
	@GuardedBy("lock")
	private int queueLimit;

	// Only if the queue is full
	@GuardedBy("lock")
	private WaitingChunks waiting = new WaitingChunks();

	@GuardedBy("lock")
	private final UnreadEvents unread = new UnreadEvents();

	// Last value that was reported to the read-ahead
	@GuardedBy("lock")
	private long reportedWeight;

	// Last value that was reported to the read-ahead
	@GuardedBy("lock")
	private boolean reportedCrowded;

	@GuardedBy("lock")
	private boolean ended;

	@GuardedBy("lock")
	private @Nullable Throwable error;

	// Sub-channels that have not ended, or have chunks
	private final List<DefaultResponseChannel> beside = new CopyOnWriteArrayList<>();

	DefaultResponseChannel(int capacity, long readAhead, BooleanSupplier inCallback, IntConsumer discarded,
			Executor workers, Executor afterwards) {
		this(capacity, new ReadAhead(readAhead), inCallback, discarded, workers, afterwards);
	}

	private DefaultResponseChannel(int capacity, ReadAhead readAhead, BooleanSupplier inCallback, IntConsumer discarded,
			Executor workers, Executor afterwards) {
		this.capacity = capacity;
		this.queueLimit = capacity;
		this.readAhead = readAhead;
		this.inCallback = inCallback;
		this.workers = workers;
		this.afterwards = afterwards;
		this.discarded = discarded;
		this.publisher = new ChunkPublisher(this, workers);
	}

	/**
	 * Create a sub-channel. It has room for one chunk; all others wait and count against
	 * the read-ahead.
	 * @return the channel
	 */
	DefaultResponseChannel createBeside() {
		this.beside.removeIf(DefaultResponseChannel::isEnded);
		DefaultResponseChannel created = new DefaultResponseChannel(1, this.readAhead, this.inCallback, this.discarded,
				this.workers, this.afterwards);
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
	 * Append the chunks of one message. Never blocks.
	 * @param chunks the chunks
	 * @param bytes the size of the message, which is the minimum weight
	 * @param next what the caller does next
	 * @return {@code false} if the channel has ended
	 */
	boolean put(List<StreamChunk> chunks, int bytes, Next next) {
		if (chunks.isEmpty()) {
			return true;
		}
		int dropped;
		Runnable room;
		this.lock.lock();
		try {
			if (this.ended) {
				return false;
			}
			int queued = 0;
			while (queued < chunks.size() && this.queue.size() < this.queueLimit) {
				this.queue.add(chunks.get(queued));
				queued++;
			}
			if (queued < chunks.size()) {
				this.waiting.add(chunks.subList(queued, chunks.size()), bytes);
			}
			dropped = dropUnread();
			room = changed();
			this.consumers.wake(next == Next.MESSAGE);
		}
		finally {
			this.lock.unlock();
		}
		discarded(dropped);
		run(room);
		this.publisher.wake((next == Next.NOTHING) ? this.afterwards : this.workers);
		return true;
	}

	/**
	 * Record that some chunks are delivered to sub-channels from now on. Until this
	 * channel has a reader, events in it are replaced by newer chunks.
	 */
	void setApart() {
		int dropped = 0;
		Runnable room = null;
		this.lock.lock();
		try {
			if (this.unread.setApart()) {
				dropped = dropUnread();
				room = changed();
			}
		}
		finally {
			this.lock.unlock();
		}
		discarded(dropped);
		run(room);
	}

	/**
	 * Record a reader of this channel.
	 */
	void reads() {
		Runnable room;
		this.lock.lock();
		try {
			this.unread.read();
			room = changed();
		}
		finally {
			this.lock.unlock();
		}
		run(room);
	}

	@GuardedBy("lock")
	private int dropUnread() {
		int dropped = 0;
		while (!this.waiting.isEmpty() && this.unread.removeOldestFrom(this.queue)) {
			dropped++;
			refill();
		}
		return dropped;
	}

	private void discarded(int chunks) {
		if (chunks > 0) {
			this.discarded.accept(chunks);
		}
	}

	/**
	 * Request a notification of room, if there is none.
	 * @param onRoom called once, on a consumer's thread and without the lock
	 * @return whether there is none
	 */
	boolean isFull(Runnable onRoom) {
		return this.readAhead.isFull(onRoom);
	}

	/**
	 * Request a notification of room for the remaining messages of a connection that
	 * ends, if there is none. There is more room for them than for a connection that
	 * continues.
	 * @param onRoom called once, on a consumer's thread and without the lock
	 * @return whether there is none
	 */
	boolean isOverfull(Runnable onRoom) {
		return this.readAhead.isOverfull(onRoom);
	}

	/**
	 * Return the weight that the setup of a connection may emit beside waiting chunks.
	 * @return the limit in bytes
	 */
	long setupRoom() {
		return this.readAhead.setupRoom();
	}

	/**
	 * Drop the chunks behind the queue.
	 * @return the number of chunks
	 */
	int dropWaiting() {
		int dropped = this.beside.stream().mapToInt(DefaultResponseChannel::dropWaiting).sum();
		Runnable room;
		this.lock.lock();
		try {
			dropped += this.waiting.size();
			this.waiting = new WaitingChunks();
			room = changed();
		}
		finally {
			this.lock.unlock();
		}
		run(room);
		return dropped;
	}

	/**
	 * End this channel and its sub-channels after their last chunks, because the session
	 * has ended.
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
			this.consumers.wake(false);
		}
		finally {
			this.lock.unlock();
		}
		run(room);
		this.publisher.wake(this.workers);
	}

	@Override
	public void close() {
		end(null);
		discard((chunk) -> true);
	}

	private static void run(@Nullable Runnable onRoom) {
		if (onRoom != null) {
			onRoom.run();
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
		StreamChunk chunk = takeUnlessInterrupted();
		long left = nanos;
		while (chunk == null && left != 0) {
			left = await(left);
			chunk = takeUnlessInterrupted();
		}
		return Optional.ofNullable(chunk);
	}

	private @Nullable StreamChunk takeUnlessInterrupted() throws InterruptedException {
		if (Thread.interrupted()) {
			throw new InterruptedException();
		}
		return takeNow();
	}

	/**
	 * Wait for a chunk or the end.
	 * @param nanos maximum time to wait, or a negative number for no limit
	 * @return the rest of that time, or zero if it has elapsed or the channel has ended
	 * @throws InterruptedException if interrupted
	 */
	private long await(long nanos) throws InterruptedException {
		this.lock.lockInterruptibly();
		try {
			long left = this.consumers.awaitWhile(this::isEmpty, nanos);
			return this.ended ? 0 : left;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return whether there is neither a chunk nor the end. If there may be fetched
	 * chunks, it is for {@link #takeNow()} to find out.
	 * @return whether to wait
	 */
	// Called by the waiting consumers, with the lock
	@SuppressWarnings("GuardedBy")
	private boolean isEmpty() {
		return this.queue.isEmpty() && this.queueLimit == this.capacity && !this.ended;
	}

	/**
	 * Take without waiting.
	 * @return a chunk or {@code null}
	 */
	@Nullable StreamChunk takeNow() {
		StreamChunk chunk;
		Runnable onRoom = null;
		this.takeLock.lock();
		try {
			chunk = this.fetched.poll();
			if (chunk == null) {
				onRoom = fetch();
				chunk = this.fetched.poll();
			}
		}
		finally {
			this.takeLock.unlock();
		}
		run(onRoom);
		return chunk;
	}

	/**
	 * Fetch one chunk, or up to half of the channel.
	 * @return a task to run without a lock, or {@code null}
	 */
	@GuardedBy("takeLock")
	private @Nullable Runnable fetch() {
		this.lock.lock();
		try {
			this.unread.read();
			// Not if room is counted in chunks: the room of each one is reported then
			int more = this.readAhead.isCountedInChunks() ? 0 : this.capacity / 2;
			int count = Math.min(this.queue.size(), 1 + more);
			for (int i = 0; i < count; i++) {
				this.fetched.add(this.queue.remove());
			}
			this.queueLimit = this.capacity - Math.max(0, count - 1);
			refill();
			return changed();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Report the changes.
	 * @return a task to run without the lock, or {@code null}
	 */
	@GuardedBy("lock")
	private @Nullable Runnable changed() {
		boolean full = this.queue.size() >= this.queueLimit;
		boolean someLeave = full && this.unread.isAnyIn(this.queue);
		boolean crowded = full && !someLeave;
		long more = this.waiting.weight() - this.reportedWeight;
		boolean same = more == 0 && crowded == this.reportedCrowded;
		if (same && !this.readAhead.isCountedInChunks()) {
			return null;
		}
		int moreCrowded = (crowded == this.reportedCrowded) ? 0 : (crowded ? 1 : -1);
		this.reportedWeight = this.waiting.weight();
		this.reportedCrowded = crowded;
		return this.readAhead.changed(more, moreCrowded, someLeave || this.queue.size() <= this.capacity / 2);
	}

	@GuardedBy("lock")
	private void refill() {
		while (this.queue.size() < this.queueLimit) {
			StreamChunk chunk = this.waiting.poll();
			if (chunk == null) {
				return;
			}
			this.queue.add(chunk);
		}
	}

	@Override
	public boolean isEnded() {
		this.takeLock.lock();
		this.lock.lock();
		try {
			return this.ended && this.fetched.isEmpty() && this.queue.isEmpty();
		}
		finally {
			this.lock.unlock();
			this.takeLock.unlock();
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
		return new ChunkIterator(this);
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
	 * Return the chunks as a publisher with an additional action on cancellation.
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
		this.takeLock.lock();
		this.lock.lock();
		try {
			// All are tested before one is dropped: a predicate that throws changes
			// nothing
			List<StreamChunk> queued = Stream.concat(this.fetched.stream(), this.queue.stream())
				.filter(Predicate.not(unwanted::test))
				.toList();
			WaitingChunks behind = this.waiting.without(unwanted);
			dropped = this.fetched.size() + this.queue.size() + this.waiting.size() - queued.size() - behind.size();
			this.fetched.clear();
			this.queue.clear();
			this.queueLimit = this.capacity;
			this.queue.addAll(queued);
			this.waiting = behind;
			refill();
			room = changed();
		}
		finally {
			this.lock.unlock();
			this.takeLock.unlock();
		}
		discarded(dropped);
		run(room);
		return dropped + droppedBeside;
	}

	@Override
	public int size() {
		this.takeLock.lock();
		this.lock.lock();
		try {
			return Math.min(this.capacity, this.fetched.size() + this.queue.size() + this.waiting.size());
		}
		finally {
			this.lock.unlock();
			this.takeLock.unlock();
		}
	}

	@Override
	public int capacity() {
		return this.capacity;
	}

	/**
	 * The next step of a session that has put chunks in the channel.
	 */
	enum Next {

		/**
		 * It handles the next message, which is at hand, so that a consumer need not be
		 * woken for each one.
		 */
		MESSAGE,

		/** Nothing, so that its thread can call the subscriber. */
		NOTHING,

		/** Not known, such as when a callback emits the chunks. */
		UNKNOWN

	}

}
