package dev.streaming.realtime;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.ChunkRouter;
import dev.streaming.FinishReason;
import dev.streaming.SessionContext;
import dev.streaming.StreamChunk;
import dev.streaming.StreamChunk.Kind;
import dev.streaming.StreamingException;
import dev.streaming.SubChannel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.util.Assert;

/**
 * The questions of one session and their {@link Answer}s. A question goes out when the
 * answers before it are over, and each chunk of its answer goes to that alone. The
 * provider's handler owns one queue, speaks its protocol as the {@link Asker}, and tells
 * the queue which response belongs to which question: chunks are found by their
 * {@link StreamChunk#responseId()}. A handler that cannot know that has
 * {@link #byChunks}.
 * <p>
 * Thread-safe. Neither the asker nor a reader is called under its lock.
 *
 * @since 1.0.0
 */
public final class AnswerQueue {

	private static final Logger logger = LoggerFactory.getLogger(AnswerQueue.class);

	/** Maximum number of questions that wait for their turn. */
	static final int MAX_WAITING = 1024;

	/** Responses and answers that are remembered, so that late chunks find them. */
	private static final int REMEMBERED = 64;

	/** Chunks of these kinds are part of a response, even one without an id. */
	private static final Set<Kind> OF_RESPONSE = EnumSet.of(Kind.END, Kind.TOOL_CALL, Kind.AUDIO, Kind.TRANSCRIPT,
			Kind.TEXT, Kind.REASONING);

	private final Asker asker;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private final Deque<StreamedAnswer> waiting = new ArrayDeque<>();

	// Those that were asked, also when they are over and chunks may straggle; the oldest
	// first
	@GuardedBy("lock")
	private final Deque<StreamedAnswer> asked = new ArrayDeque<>();

	// By the id of the response
	@GuardedBy("lock")
	private final Map<String, StreamedAnswer> responses = new LinkedHashMap<>();

	@GuardedBy("lock")
	private Turn turn = Turn.IDLE;

	@GuardedBy("lock")
	private Link link = Link.UP;

	// Written once, by whichever thread is first; read by anyone
	private volatile @Nullable SessionContext context;

	// When something was last heard of the provider
	private volatile Duration lastSign = Duration.ZERO;

	/**
	 * Create the queue of a session.
	 * @param asker speaks the provider's protocol
	 */
	public AnswerQueue(Asker asker) {
		Assert.notNull(asker, "'asker' must not be null");
		this.asker = asker;
	}

	/**
	 * Create the queue of a session whose handler does not know which response a request
	 * leads to: the next response is the answer, by the {@link StreamChunk#kind() kinds}
	 * of the chunks.
	 * @param client sends and cancels
	 * @return the queue; {@link #attach} and {@link #proceed()} are all that has to be
	 * called
	 */
	public static AnswerQueue byChunks(RealtimeClient client) {
		Assert.notNull(client, "'client' must not be null");
		return new AnswerQueue(new ChunkAsker(client));
	}

	/**
	 * Set the session.
	 * @param session the context of the session's handler
	 */
	public void attach(SessionContext session) {
		if (this.context == null) {
			this.context = session;
		}
	}

	/**
	 * Ask a question, as soon as the answers before it are over.
	 * @param text the text of the user
	 * @return its answer
	 * @throws StreamingException if the question could not be sent, or too many wait
	 */
	public Answer ask(String text) {
		Assert.hasText(text, "'text' must not be empty");
		SessionContext session = this.context;
		Assert.state(session != null, "The session is not connected yet");
		session.route(new Router());
		StreamedAnswer answer = new StreamedAnswer(new Question(text), this, session);
		this.lock.lock();
		try {
			if (this.waiting.size() >= MAX_WAITING) {
				throw new StreamingException("There are " + MAX_WAITING
						+ " questions that wait for the answers before them, which is the limit of a session");
			}
			this.waiting.add(answer);
		}
		finally {
			this.lock.unlock();
		}
		answer.start();
		proceed(answer);
		RuntimeException refusal = answer.refusal();
		if (refusal != null) {
			throw refusal;
		}
		return answer;
	}

	/**
	 * Ask the next question, if nothing is under way. To be called whenever something may
	 * have ended: after each message, and when a request is given up.
	 */
	public void proceed() {
		SessionContext session = this.context;
		if (session != null) {
			this.lastSign = session.readingTime();
		}
		proceed(null);
	}

	/**
	 * Ask the next question, if nothing is under way, although nothing was heard.
	 */
	void proceedInSilence() {
		proceed(null);
	}

	/**
	 * Ask the questions that may be asked.
	 * @param direct an answer whose caller is here, and which is asked under the policy
	 * for outages even without a connection; or {@code null}
	 */
	private void proceed(@Nullable StreamedAnswer direct) {
		StreamedAnswer next = begin(direct);
		while (next != null) {
			next = end(next, ask(next), direct);
		}
	}

	private @Nullable StreamedAnswer begin(@Nullable StreamedAnswer direct) {
		this.lock.lock();
		try {
			StreamedAnswer next = this.waiting.peek();
			if (next == null || (this.link == Link.DOWN && next != direct)) {
				return null;
			}
			boolean idle = this.turn == Turn.IDLE;
			this.turn = idle ? Turn.ASKING : Turn.ASKING_AGAIN;
			if (idle) {
				// Before it is sent, as the answer may come before that has returned
				remember(next);
			}
			return idle ? next : null;
		}
		finally {
			this.lock.unlock();
		}
	}

	private Attempt ask(StreamedAnswer answer) {
		try {
			return this.asker.ask(answer.question()) ? Attempt.ASKED : Attempt.LATER;
		}
		catch (RuntimeException ex) {
			answer.notAsked(ex);
			return Attempt.FAILED;
		}
	}

	private @Nullable StreamedAnswer end(StreamedAnswer answer, Attempt attempt, @Nullable StreamedAnswer direct) {
		boolean again;
		this.lock.lock();
		try {
			again = attempt != Attempt.LATER || this.turn == Turn.ASKING_AGAIN;
			this.turn = Turn.IDLE;
			if (attempt == Attempt.LATER) {
				this.asked.remove(answer);
			}
			else {
				this.waiting.remove(answer);
			}
			if (attempt == Attempt.FAILED) {
				this.asked.remove(answer);
			}
		}
		finally {
			this.lock.unlock();
		}
		if (attempt == Attempt.ASKED) {
			answer.asked();
			if (answer.isOver()) {
				// It was closed meanwhile
				cancel(answer);
			}
		}
		return again ? begin(direct) : null;
	}

	@GuardedBy("lock")
	private void remember(StreamedAnswer answer) {
		this.asked.add(answer);
		for (Iterator<StreamedAnswer> each = this.asked.iterator(); this.asked.size() > REMEMBERED && each.hasNext();) {
			if (each.next().isOver()) {
				each.remove();
			}
		}
	}

	// What the handler tells

	/**
	 * A response is part of an answer, or of none. To be called before the chunks of the
	 * response are delivered.
	 * @param responseId the id of its chunks; empty for the only one that has no id
	 * @param question the question, or {@code null}
	 */
	public void assign(String responseId, @Nullable Question question) {
		this.lock.lock();
		try {
			StreamedAnswer answer = (question != null) ? find(question) : null;
			if (answer == null) {
				this.responses.remove(responseId);
				return;
			}
			this.responses.put(responseId, answer);
			if (this.responses.size() > REMEMBERED) {
				this.responses.remove(this.responses.keySet().iterator().next());
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	@GuardedBy("lock")
	private @Nullable StreamedAnswer find(Question question) {
		return this.asked.stream().filter((answer) -> answer.question() == question).findFirst().orElse(null);
	}

	private @Nullable StreamedAnswer answerOf(Question question) {
		this.lock.lock();
		try {
			return find(question);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The model was asked to go on with the answer, such as behind the results of tools.
	 * @param question the question
	 */
	public void askedAgain(Question question) {
		StreamedAnswer answer = answerOf(question);
		if (answer != null) {
			answer.asked();
		}
	}

	/**
	 * The answer will not come, or not go on.
	 * @param question the question
	 * @param message what happened
	 * @param cause the provider's error, or {@code null}
	 */
	public void failed(Question question, String message, @Nullable Throwable cause) {
		StreamedAnswer answer = answerOf(question);
		if (answer != null) {
			answer.fail(message, cause);
		}
	}

	/**
	 * The answer was cancelled, and nothing more of it will come.
	 * @param question the question
	 */
	public void cancelled(Question question) {
		StreamedAnswer answer = answerOf(question);
		if (answer != null) {
			answer.cancelled();
		}
	}

	/**
	 * The connection is gone. Questions that wait stay, and are asked on the next one.
	 * @param lost the questions whose answers are lost with it
	 */
	public void disconnected(Collection<Question> lost) {
		List<StreamedAnswer> answers = new ArrayList<>();
		this.lock.lock();
		try {
			this.link = Link.DOWN;
			this.responses.clear();
			for (Question question : lost) {
				StreamedAnswer answer = find(question);
				if (answer != null) {
					answers.add(answer);
				}
			}
			this.asked.removeIf((answer) -> answer.isOver() || answers.contains(answer));
		}
		finally {
			this.lock.unlock();
		}
		answers.forEach((answer) -> answer
			.fail("The connection was lost before the answer was complete; ask again, once the session is open", null));
	}

	/**
	 * There is a connection again, and the session is open on it, or about to be. The
	 * next question goes out on the session's own thread.
	 */
	public void connected() {
		this.lock.lock();
		try {
			this.link = Link.UP;
		}
		finally {
			this.lock.unlock();
		}
		proceedLater();
	}

	private void proceedLater() {
		SessionContext session = this.context;
		if (session != null && isAnyWaiting()) {
			session.schedule(Duration.ZERO, this::proceed);
		}
	}

	private boolean isAnyWaiting() {
		this.lock.lock();
		try {
			return !this.waiting.isEmpty();
		}
		finally {
			this.lock.unlock();
		}
	}

	// What the answers ask

	Duration lastSign() {
		return this.lastSign;
	}

	/**
	 * Return whether an answer waits for something else than the model.
	 * @param answer the answer
	 * @return whether its silence does not count
	 */
	boolean isPaused(StreamedAnswer answer) {
		boolean down;
		boolean queued;
		List<StreamedAnswer> before;
		this.lock.lock();
		try {
			queued = this.waiting.contains(answer);
			down = queued && this.link == Link.DOWN;
			before = queued ? List.copyOf(this.asked) : List.of(answer);
		}
		finally {
			this.lock.unlock();
		}
		return down || before.stream().anyMatch((each) -> !each.isOver() && this.asker.isHeldUp(each.question()));
	}

	/**
	 * Nobody wants an answer any more.
	 * @param answer the answer
	 */
	void giveUp(StreamedAnswer answer) {
		boolean removed;
		this.lock.lock();
		try {
			boolean asking = this.turn != Turn.IDLE && this.waiting.peek() == answer;
			removed = !asking && this.waiting.remove(answer);
		}
		finally {
			this.lock.unlock();
		}
		if (!removed) {
			cancel(answer);
		}
		proceedInSilence();
	}

	private void cancel(StreamedAnswer answer) {
		try {
			this.asker.cancel(answer.question());
		}
		catch (StreamingException ex) {
			// Without a connection there is nothing to cancel
			logger.atDebug().setCause(ex).log("An answer could not be cancelled");
		}
	}

	private @Nullable StreamedAnswer ownerOf(StreamChunk chunk) {
		boolean ofResponse = OF_RESPONSE.contains(chunk.kind());
		if (!ofResponse && chunk.responseId().isEmpty()) {
			return null;
		}
		Question told = this.asker.questionOf(chunk);
		this.lock.lock();
		try {
			StreamedAnswer owner = (told != null) ? find(told) : this.responses.get(chunk.responseId());
			if (chunk.finishReason() != null) {
				this.responses.remove(chunk.responseId());
			}
			return owner;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void delivered(SubChannel channel) {
		StreamedAnswer ended;
		this.lock.lock();
		try {
			ended = this.asked.stream().filter((answer) -> answer.isOf(channel)).findFirst().orElse(null);
			this.asked.remove(ended);
		}
		finally {
			this.lock.unlock();
		}
		if (ended != null) {
			ended.delivered();
		}
		proceedLater();
	}

	/**
	 * Speaks the protocol of one provider for a queue. Any thread; never called under a
	 * lock of the queue.
	 */
	public interface Asker {

		/**
		 * Send the text of a question with the request to answer it, if no other answer
		 * is under way or asked for.
		 * @param question the question
		 * @return {@code false} if it has to wait for another answer
		 * @throws RuntimeException if it cannot be sent
		 */
		boolean ask(Question question);

		/**
		 * Cancel the answer to one question, be it requested or under way, and no other.
		 * @param question the question; may be over
		 */
		void cancel(Question question);

		/**
		 * Return whether the answer waits for something else than the model: for a tool
		 * that the session calls, for a connection, or for its turn.
		 * @param question the question
		 * @return whether the model's silence does not count
		 */
		boolean isHeldUp(Question question);

		/**
		 * Return the question that a chunk is part of the answer to, where responses are
		 * not {@linkplain AnswerQueue#assign assigned}.
		 * @param chunk a chunk that is about to be delivered
		 * @return the question, or {@code null}
		 */
		default @Nullable Question questionOf(StreamChunk chunk) {
			return null;
		}

	}

	private enum Attempt {

		/** It was sent. */
		ASKED,

		/** It has to wait. */
		LATER,

		/** It could not be sent. */
		FAILED

	}

	/**
	 * Whether the head of the queue is being asked.
	 */
	private enum Turn {

		/** Nobody asks. */
		IDLE,

		/** One thread asks. */
		ASKING,

		/** One thread asks, and has to look again. */
		ASKING_AGAIN

	}

	private enum Link {

		/** There is a connection, as far as is known. */
		UP,

		/** There is none. */
		DOWN

	}

	private final class Router implements ChunkRouter {

		@Override
		public @Nullable SubChannel route(StreamChunk chunk) {
			StreamedAnswer owner = ownerOf(chunk);
			if (owner != null) {
				return owner.received(chunk);
			}
			if (chunk.finishReason() != null) {
				proceedLater();
			}
			return null;
		}

		@Override
		public void routed(StreamChunk chunk, SubChannel channel) {
			FinishReason reason = chunk.finishReason();
			if (reason != null && reason.isFinal()) {
				delivered(channel);
			}
		}

	}

}
