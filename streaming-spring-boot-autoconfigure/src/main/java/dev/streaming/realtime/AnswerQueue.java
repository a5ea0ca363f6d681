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
 * Queue of the questions of one session and their {@link Answer}s. A question is sent
 * when the answers before it have ended, and each chunk of its answer is delivered to
 * that answer only. The provider's handler owns one queue, implements its {@link Asker},
 * and assigns responses to questions: chunks are matched by their
 * {@link StreamChunk#responseId()}. A handler that cannot do so uses {@link #byChunks}.
 * <p>
 * Thread-safe. Neither the asker nor a reader is called under its lock.
 *
 * @since 1.0.0
 */
public final class AnswerQueue {

	private static final Logger logger = LoggerFactory.getLogger(AnswerQueue.class);

	/** Maximum number of questions that wait for their turn. */
	static final int MAX_WAITING = 1024;

	/** Maximum number of responses and answers that are remembered for late chunks. */
	private static final int REMEMBERED = 64;

	/** Kinds of chunks that are part of a response, even without an id. */
	private static final Set<Kind> OF_RESPONSE = EnumSet.of(Kind.END, Kind.TOOL_CALL, Kind.AUDIO, Kind.TRANSCRIPT,
			Kind.TEXT, Kind.REASONING);

	private final Asker asker;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private final Deque<StreamedAnswer> waiting = new ArrayDeque<>();

	// Answers, oldest first, including those that have ended, whose chunks may be late
	@GuardedBy("lock")
	private final Deque<StreamedAnswer> asked = new ArrayDeque<>();

	// Answers by the id of the response
	@GuardedBy("lock")
	private final Map<String, StreamedAnswer> responses = new LinkedHashMap<>();

	@GuardedBy("lock")
	private AskTurn turn = AskTurn.IDLE;

	@GuardedBy("lock")
	private AskLink link = AskLink.UP;

	// Written once, by the first thread; read by any thread
	private volatile @Nullable SessionContext context;

	// Time of the last message of the provider
	private volatile Duration lastSign = Duration.ZERO;

	/**
	 * Create the queue of a session.
	 * @param asker the implementation of the provider's protocol
	 */
	public AnswerQueue(Asker asker) {
		Assert.notNull(asker, "'asker' must not be null");
		this.asker = asker;
	}

	/**
	 * Create the queue of a session whose handler cannot assign responses to requests:
	 * the next response is the answer, detected by {@link StreamChunk#kind()}.
	 * @param client the client that sends and cancels requests
	 * @return the queue, of which the handler must call {@link #attach} and
	 * {@link #proceed()} only
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
	 * Ask a question as soon as the answers before it have ended.
	 * @param text the text of the user
	 * @return its answer
	 * @throws StreamingException if the question could not be sent, or too many are
	 * waiting
	 */
	public Answer ask(String text) {
		return ask(text, ResponseOptions.NONE);
	}

	/**
	 * Ask a question as {@link #ask(String)} does, with settings for the answer. A
	 * question beside the conversation is sent at once.
	 * @param text the text of the user
	 * @param options the settings of the answer
	 * @return its answer
	 * @throws StreamingException if the question could not be sent, or too many are
	 * waiting
	 * @throws UnsupportedOperationException if the handler does not support answers
	 * beside the conversation
	 */
	public Answer ask(String text, ResponseOptions options) {
		Assert.hasText(text, "'text' must not be empty");
		Assert.notNull(options, "'options' must not be null");
		SessionContext session = this.context;
		Assert.state(session != null, "The session is not connected yet");
		session.route(new Router());
		StreamedAnswer answer = new StreamedAnswer(new Question(text, options), this, session);
		if (options.outOfBand()) {
			return askBeside(answer);
		}
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

	private Answer askBeside(StreamedAnswer answer) {
		this.lock.lock();
		try {
			remember(answer);
		}
		finally {
			this.lock.unlock();
		}
		answer.start();
		try {
			this.asker.askBeside(answer.question());
		}
		catch (RuntimeException ex) {
			answer.notAsked(ex);
			throw ex;
		}
		answer.asked();
		return answer;
	}

	/**
	 * Ask the next question if nothing is in progress. To be called whenever something
	 * may have ended: after each message, and when a request is abandoned.
	 */
	public void proceed() {
		SessionContext session = this.context;
		if (session != null) {
			this.lastSign = session.readingTime();
		}
		proceed(null);
	}

	/**
	 * Ask the next question if nothing is in progress, without a message of the provider.
	 */
	void proceedInSilence() {
		proceed(null);
	}

	/**
	 * Ask the questions that may be asked.
	 * @param direct the answer of the calling thread, which is asked for even without a
	 * connection, subject to the outage policy; or {@code null}
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
			if (next == null || (this.link == AskLink.DOWN && next != direct)) {
				return null;
			}
			boolean idle = this.turn == AskTurn.IDLE;
			this.turn = idle ? AskTurn.ASKING : AskTurn.ASKING_AGAIN;
			if (idle) {
				// Before sending, because the answer may arrive before the send returns
				remember(next);
			}
			return idle ? next : null;
		}
		finally {
			this.lock.unlock();
		}
	}

	private AskAttempt ask(StreamedAnswer answer) {
		try {
			return this.asker.ask(answer.question()) ? AskAttempt.ASKED : AskAttempt.LATER;
		}
		catch (RuntimeException ex) {
			answer.notAsked(ex);
			return AskAttempt.FAILED;
		}
	}

	private @Nullable StreamedAnswer end(StreamedAnswer answer, AskAttempt attempt, @Nullable StreamedAnswer direct) {
		boolean again;
		this.lock.lock();
		try {
			// An answer that was closed meanwhile must not be asked for later
			boolean waits = attempt == AskAttempt.LATER && !answer.isOver();
			again = !waits || this.turn == AskTurn.ASKING_AGAIN;
			this.turn = AskTurn.IDLE;
			if (!waits) {
				this.waiting.remove(answer);
			}
			if (attempt != AskAttempt.ASKED) {
				this.asked.remove(answer);
			}
		}
		finally {
			this.lock.unlock();
		}
		if (attempt == AskAttempt.ASKED) {
			answer.asked();
			if (answer.isOver()) {
				// The answer was closed meanwhile
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

	// Events from the handler

	/**
	 * Assign a response to an answer, or to none. To be called before the chunks of the
	 * response are delivered.
	 * @param responseId the id of its chunks; empty for the only response without an id
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
	 * Report that the model was asked to continue the answer, such as after the results
	 * of tools.
	 * @param question the question
	 */
	public void askedAgain(Question question) {
		StreamedAnswer answer = answerOf(question);
		if (answer != null) {
			answer.asked();
		}
	}

	/**
	 * Report that the answer will not begin or not continue.
	 * @param question the question
	 * @param message the message
	 * @param cause the provider's error, or {@code null}
	 */
	public void failed(Question question, String message, @Nullable Throwable cause) {
		StreamedAnswer answer = answerOf(question);
		if (answer != null) {
			answer.fail(message, cause);
		}
	}

	/**
	 * Report that the answer was cancelled, and has ended.
	 * @param question the question
	 */
	public void cancelled(Question question) {
		StreamedAnswer answer = answerOf(question);
		if (answer != null) {
			answer.cancelled();
		}
	}

	/**
	 * Report that the connection was lost. Waiting questions are kept, and asked on the
	 * next connection.
	 * @param lost the questions whose answers were lost
	 */
	public void disconnected(Collection<Question> lost) {
		List<StreamedAnswer> answers = new ArrayList<>();
		this.lock.lock();
		try {
			this.link = AskLink.DOWN;
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
	 * Report that the session is open on a new connection, or about to be. The next
	 * question is sent on the session's thread.
	 */
	public void connected() {
		SessionContext session = this.context;
		List<StreamedAnswer> held;
		this.lock.lock();
		try {
			this.link = AskLink.UP;
			held = new ArrayList<>(this.asked);
			held.removeAll(this.waiting);
		}
		finally {
			this.lock.unlock();
		}
		if (session != null) {
			this.lastSign = session.readingTime();
		}
		// The clock may not have been checked while there was no connection
		held.forEach(StreamedAnswer::asked);
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

	// Requests from the answers

	Duration lastSign() {
		return this.lastSign;
	}

	/**
	 * Return whether an answer waits for something other than the model.
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
			down = queued && this.link == AskLink.DOWN;
			before = queued ? this.asked.stream().filter((each) -> !each.question().isOutOfBand()).toList()
					: List.of(answer);
		}
		finally {
			this.lock.unlock();
		}
		return down || before.stream().anyMatch((each) -> !each.isOver() && this.asker.isHeldUp(each.question()));
	}

	/**
	 * Cancel an answer.
	 * @param answer the answer
	 */
	void giveUp(StreamedAnswer answer) {
		boolean removed;
		this.lock.lock();
		try {
			boolean asking = this.turn != AskTurn.IDLE && this.waiting.peek() == answer;
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
		Question question = this.asker.questionOf(chunk);
		this.lock.lock();
		try {
			StreamedAnswer owner = (question != null) ? find(question) : this.responses.get(chunk.responseId());
			if (chunk.finishReason() != null) {
				this.responses.remove(chunk.responseId());
			}
			return owner;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void delivered(SubChannel channel, FinishReason reason) {
		StreamedAnswer ended;
		this.lock.lock();
		try {
			ended = this.asked.stream()
				.filter((answer) -> answer.isOf(channel) && answer.isEnd(reason))
				.findFirst()
				.orElse(null);
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
	 * Strategy to ask questions in the protocol of a provider. Called by any thread,
	 * never under a lock of the queue.
	 */
	public interface Asker {

		/**
		 * Send the text of a question with the request to answer it, if no other answer
		 * is in progress or requested.
		 * @param question the question
		 * @return {@code false} if the question must wait for another answer
		 * @throws RuntimeException if the question cannot be sent
		 */
		boolean ask(Question question);

		/**
		 * Send a question whose answer runs beside the conversation, without waiting for
		 * other answers.
		 * @param question the question
		 * @throws RuntimeException if the question cannot be sent
		 */
		default void askBeside(Question question) {
			throw new UnsupportedOperationException("The provider has no answers beside the conversation");
		}

		/**
		 * Cancel the answer to one question only, whether it is requested or in progress.
		 * @param question the question, which may have ended
		 */
		void cancel(Question question);

		/**
		 * Return whether the answer waits for something other than the model: for a tool
		 * that the session calls, for a connection, or for its turn.
		 * @param question the question
		 * @return whether the model's silence does not count
		 */
		boolean isHeldUp(Question question);

		/**
		 * Return the question whose answer a chunk is part of, if responses are not
		 * {@linkplain AnswerQueue#assign assigned}.
		 * @param chunk a chunk that is about to be delivered
		 * @return the question, or {@code null}
		 */
		default @Nullable Question questionOf(StreamChunk chunk) {
			return null;
		}

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
			if (chunk.finishReason() != null) {
				delivered(channel, chunk.finishReason());
			}
		}

	}

}
