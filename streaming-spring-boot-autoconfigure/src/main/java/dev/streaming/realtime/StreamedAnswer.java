package dev.streaming.realtime;

import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.Flow;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.FinishReason;
import dev.streaming.SessionContext;
import dev.streaming.SessionContext.ScheduledTask;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import dev.streaming.SubChannel;
import dev.streaming.Usage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.util.Assert;

/**
 * Answer with a channel separate from that of its session. The {@link AnswerQueue}
 * reports the progress of its question, with one method for each event; readers take
 * chunks on their own threads. Thread-safe; nothing but the clock is called under its
 * lock.
 */
final class StreamedAnswer implements Answer {

	private static final Logger logger = LoggerFactory.getLogger(StreamedAnswer.class);

	/** Time between two checks of an answer that waits for its turn. */
	private static final Duration SECOND = Duration.ofSeconds(1);

	private final Question question;

	private final AnswerQueue queue;

	private final SessionContext session;

	private final SubChannel channel;

	private final AnswerContent content = new AnswerContent();

	private final ReentrantLock lock = new ReentrantLock();

	// Held by the thread that reads up to the end
	private final ReentrantLock draining = new ReentrantLock();

	@GuardedBy("lock")
	private State state = State.QUEUED;

	@GuardedBy("lock")
	private @Nullable RealtimeAnswerException failure;

	// Exception of the first attempt to ask, for the caller
	@GuardedBy("lock")
	private @Nullable RuntimeException refusal;

	@GuardedBy("lock")
	private final SilenceClock clock;

	@GuardedBy("lock")
	private @Nullable ScheduledTask watch;

	StreamedAnswer(Question question, AnswerQueue queue, SessionContext session) {
		this.question = question;
		this.queue = queue;
		this.session = session;
		this.channel = session.subChannel();
		this.clock = new SilenceClock(DEFAULT_TIMEOUT, session.readingTime());
	}

	Question question() {
		return this.question;
	}

	/**
	 * Return whether a channel belongs to this answer.
	 * @param other the channel
	 * @return whether it is
	 */
	boolean isOf(SubChannel other) {
		return this.channel == other;
	}

	boolean isOver() {
		return state().isOver();
	}

	private State state() {
		this.lock.lock();
		try {
			return this.state;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return the exception of the attempt to ask.
	 * @return the exception, or {@code null}
	 */
	@Nullable RuntimeException refusal() {
		this.lock.lock();
		try {
			return this.refusal;
		}
		finally {
			this.lock.unlock();
		}
	}

	// Events

	/**
	 * Start to watch for silence.
	 */
	void start() {
		watch(SECOND);
	}

	private Duration clockTimeout() {
		this.lock.lock();
		try {
			return this.clock.timeout();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Record that the model was asked to answer or to continue, possibly after a wait.
	 */
	void asked() {
		this.lock.lock();
		try {
			if (this.state == State.QUEUED) {
				this.state = State.ASKED;
			}
			this.clock.sign(this.session.readingTime());
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Record that the question could not be sent.
	 * @param cause the failure of the send
	 */
	void notAsked(RuntimeException cause) {
		this.lock.lock();
		try {
			this.refusal = cause;
		}
		finally {
			this.lock.unlock();
		}
		fail("The question could not be sent: " + cause.getMessage(), cause);
	}

	/**
	 * Handle a chunk of the answer, which is put into the channel afterwards.
	 * @param chunk the chunk
	 * @return the channel, which has ended if the chunk must be dropped
	 */
	SubChannel received(StreamChunk chunk) {
		this.lock.lock();
		try {
			this.clock.sign(this.session.readingTime());
			if (!this.state.isOver()) {
				this.state = next(chunk);
			}
			if (this.state == State.FAILED && this.failure == null) {
				this.failure = failed(chunk);
			}
			return this.channel;
		}
		finally {
			this.lock.unlock();
		}
	}

	@GuardedBy("lock")
	private State next(StreamChunk chunk) {
		FinishReason reason = chunk.finishReason();
		if (reason == FinishReason.ERROR) {
			return State.FAILED;
		}
		if (isEnd(reason)) {
			return State.ENDED;
		}
		return switch (chunk.kind()) {
			case TOOL_CALL -> Boolean.TRUE.equals(chunk.metadata().get("handled")) ? this.state : State.CALLED;
			case AUDIO, TRANSCRIPT, TEXT, REASONING -> State.ANSWERING;
			case END, INPUT, EVENT -> this.state;
		};
	}

	/**
	 * Return whether a chunk is the last one. The calls of a response beside the
	 * conversation are not answered.
	 * @param reason the reason for the end of a response, or {@code null}
	 * @return whether the answer ends with it
	 */
	boolean isEnd(@Nullable FinishReason reason) {
		return reason != null && (reason.isFinal() || this.question.isOutOfBand());
	}

	private static RealtimeAnswerException failed(StreamChunk chunk) {
		Throwable cause = chunk.error();
		Object reason = chunk.metadata().get(RealtimeChunks.REASON);
		String why = (cause != null) ? cause.getMessage() : (reason != null) ? reason.toString() : "without a reason";
		return new RealtimeAnswerException("The answer failed: " + why, cause);
	}

	/**
	 * Record that the last {@link #received} chunk was put into the channel.
	 */
	void delivered() {
		endChannel();
	}

	/**
	 * End the answer without another chunk, because it was cancelled.
	 */
	void cancelled() {
		if (moveTo(State.ENDED, null)) {
			endChannel();
		}
	}

	/**
	 * Fail the answer.
	 * @param message the message
	 * @param cause the error, or {@code null}
	 * @return whether that ended the answer
	 */
	boolean fail(String message, @Nullable Throwable cause) {
		boolean ended = moveTo(State.FAILED, new RealtimeAnswerException(message, cause));
		if (ended) {
			endChannel();
		}
		return ended;
	}

	private boolean moveTo(State end, @Nullable RealtimeAnswerException reason) {
		this.lock.lock();
		try {
			if (this.state.isOver()) {
				return false;
			}
			this.state = end;
			this.failure = reason;
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void endChannel() {
		RealtimeAnswerException reason;
		ScheduledTask watching;
		this.lock.lock();
		try {
			if (!this.state.isOver()) {
				return;
			}
			reason = this.failure;
			watching = this.watch;
			this.watch = null;
		}
		finally {
			this.lock.unlock();
		}
		this.channel.end(reason);
		if (watching != null) {
			watching.cancel();
		}
	}

	// The clock

	private void watch(Duration delay) {
		ScheduledTask task = this.session.schedule(delay, () -> look(delay));
		ScheduledTask former;
		this.lock.lock();
		try {
			former = this.state.isOver() ? task : this.watch;
			this.watch = this.state.isOver() ? null : task;
		}
		finally {
			this.lock.unlock();
		}
		if (former != null) {
			former.cancel();
		}
	}

	private void look(Duration passed) {
		boolean paused = this.queue.isPaused(this);
		Duration lastSign = this.queue.lastSign();
		Duration again;
		boolean queued;
		SilenceClock.Finding finding;
		this.lock.lock();
		try {
			if (this.state.isOver()) {
				return;
			}
			Duration now = this.session.readingTime();
			if (this.state == State.QUEUED) {
				this.clock.sign(lastSign);
			}
			finding = this.clock.look(now, passed, paused || this.state == State.CALLED);
			queued = this.state == State.QUEUED;
			again = queued ? SECOND : this.clock.left(now);
		}
		finally {
			this.lock.unlock();
		}
		act(finding);
		if (!finding.isFinal()) {
			watch(again);
		}
		if (queued) {
			// An earlier answer may have been abandoned without an event
			this.queue.proceedInSilence();
		}
	}

	private void act(SilenceClock.Finding finding) {
		Duration timeout = clockTimeout();
		switch (finding) {
			case SILENT -> giveUp("There was no sign of the answer for " + timeout.toMillis()
					+ " ms; see Answer.timeout(Duration) where the model needs longer");
			case STUCK ->
				giveUp("The session has read nothing for " + timeout.multipliedBy(SilenceClock.STANDSTILL).toMillis()
						+ " ms, because its read-ahead is full of chunks that are not taken; take from"
						+ " Session.response() and from other answers, or close those");
			case STANDING -> logger.atWarn()
				.addKeyValue("session", this.session.sessionId())
				.addKeyValue("connection", this.session.connectionName())
				.log("An answer waits, and the session reads nothing, because its read-ahead is full of chunks that"
						+ " are not taken; take from Session.response() and from other answers, or close those");
			case WAITING -> {
				// Nothing to report
			}
		}
	}

	private void giveUp(String message) {
		if (fail(message, null)) {
			this.queue.giveUp(this);
		}
	}

	@Override
	public Answer timeout(Duration silence) {
		Assert.notNull(silence, "'silence' must not be null");
		Assert.isTrue(silence.toMillis() > 0, "'silence' must be at least a millisecond");
		this.lock.lock();
		try {
			this.clock.timeout(silence);
		}
		finally {
			this.lock.unlock();
		}
		watch(silence);
		return this;
	}

	// Readers

	private @Nullable StreamChunk take(boolean keepingAudio) {
		Assert.state(!ToolRunner.isCallingFor(this.session.sessionId()),
				"A tool must not read an answer of the session that calls it; it would wait for itself");
		StreamChunk chunk;
		try {
			chunk = this.channel.poll(Duration.ZERO).orElse(null);
			if (chunk == null) {
				readerWaits();
				chunk = this.channel.take().orElse(null);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new StreamingException("Interrupted while waiting for an answer; nothing was lost", ex);
		}
		if (chunk != null) {
			this.content.add(chunk, keepingAudio);
			return chunk;
		}
		RealtimeAnswerException reason = reason(this.channel.error());
		if (reason != null) {
			throw reason;
		}
		return null;
	}

	/**
	 * Record that a caller waits for the next chunk. It is assumed to have answered the
	 * calls that it has taken, so that silence counts from now on.
	 */
	private void readerWaits() {
		this.lock.lock();
		try {
			if (this.state == State.CALLED) {
				this.state = State.ANSWERING;
				this.clock.sign(this.session.readingTime());
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private @Nullable RealtimeAnswerException reason(@Nullable Throwable ended) {
		this.lock.lock();
		try {
			if (this.failure == null && ended != null) {
				this.failure = (ended instanceof RealtimeAnswerException own) ? own
						: new RealtimeAnswerException("The session ended before the answer was complete", ended);
			}
			return this.failure;
		}
		finally {
			this.lock.unlock();
		}
	}

	private AnswerContent readAll() {
		this.draining.lock();
		try {
			StreamChunk chunk = take(true);
			while (chunk != null) {
				chunk = take(true);
			}
		}
		finally {
			this.draining.unlock();
		}
		Assert.state(state() != State.CLOSED, "The answer was closed before its end");
		return this.content;
	}

	@Override
	public Iterator<StreamChunk> iterator() {
		return new AnswerIterator();
	}

	@Override
	public String text() {
		return readAll().text();
	}

	@Override
	public byte[] audio() {
		return readAll().audio();
	}

	@Override
	public Usage usage() {
		return readAll().usage();
	}

	@Override
	public Flow.Publisher<StreamChunk> publisher() {
		return (subscriber) -> {
			Assert.notNull(subscriber, "'subscriber' must not be null");
			this.channel.publisher().subscribe(new AnswerSubscriber(subscriber));
		};
	}

	@Override
	public void close() {
		boolean open = moveTo(State.CLOSED, null);
		this.channel.close();
		endChannel();
		if (open) {
			this.queue.giveUp(this);
		}
	}

	@Override
	public String toString() {
		return "Answer[" + state() + "]";
	}

	private enum State {

		/** Earlier answers have not ended. */
		QUEUED,

		/** The model was asked. */
		ASKED,

		/** Chunks are received. */
		ANSWERING,

		/** The model has called tools that the reader of the answer must call. */
		CALLED,

		/** The last chunk was received, or there will be none. */
		ENDED,

		/** The answer failed, was lost, or timed out. */
		FAILED,

		/** The answer was closed. */
		CLOSED;

		boolean isOver() {
			return this == ENDED || this == FAILED || this == CLOSED;
		}

	}

	private final class AnswerIterator implements Iterator<StreamChunk> {

		private @Nullable StreamChunk next;

		@Override
		public boolean hasNext() {
			if (this.next == null) {
				this.next = take(false);
			}
			return this.next != null;
		}

		@Override
		public StreamChunk next() {
			if (!hasNext()) {
				throw new NoSuchElementException("The answer has ended");
			}
			StreamChunk chunk = this.next;
			Assert.state(chunk != null, "There is a next chunk");
			this.next = null;
			return chunk;
		}

	}

	/**
	 * Passes the chunks to the subscriber of the answer.
	 */
	private final class AnswerSubscriber implements Flow.Subscriber<StreamChunk> {

		private final Flow.Subscriber<? super StreamChunk> subscriber;

		AnswerSubscriber(Flow.Subscriber<? super StreamChunk> subscriber) {
			this.subscriber = subscriber;
		}

		@Override
		public void onSubscribe(Flow.Subscription subscription) {
			this.subscriber.onSubscribe(new Flow.Subscription() {

				@Override
				public void request(long n) {
					subscription.request(n);
				}

				@Override
				public void cancel() {
					subscription.cancel();
					close();
				}

			});
		}

		@Override
		public void onNext(StreamChunk chunk) {
			StreamedAnswer.this.content.add(chunk, false);
			this.subscriber.onNext(chunk);
			if (chunk.finishReason() == FinishReason.TOOL_CALLS) {
				readerWaits();
			}
		}

		@Override
		public void onError(Throwable failure) {
			RealtimeAnswerException own = (failure instanceof IllegalStateException) ? null : reason(failure);
			this.subscriber.onError((own != null) ? own : failure);
		}

		@Override
		public void onComplete() {
			this.subscriber.onComplete();
		}

	}

}
