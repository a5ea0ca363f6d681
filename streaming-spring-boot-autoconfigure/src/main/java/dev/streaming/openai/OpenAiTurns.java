package dev.streaming.openai;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.Message;
import dev.streaming.Session;
import dev.streaming.SessionContext;
import dev.streaming.SessionContext.ScheduledTask;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import dev.streaming.realtime.AnswerQueue;
import dev.streaming.realtime.Question;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import org.springframework.util.Assert;

/**
 * The {@link TurnMachine} of one session: guards it, sends what it lets go, and waits for
 * its deadlines. Shared by the handler and its clients. Thread-safe; nothing is sent
 * under the lock.
 */
final class OpenAiTurns {

	/** Behind a pause of reading, so that a deadline does not come at once. */
	private static final Duration RETRY = Duration.ofMillis(50);

	private final ClientEvents events = new ClientEvents();

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private final TurnMachine machine = new TurnMachine(this.events);

	private final AtomicReference<@Nullable Timer> timer = new AtomicReference<>();

	private final AnswerQueue answers;

	private final HeardAudio heard;

	private volatile boolean offline;

	// Written when there is a client, which alone can ask
	private volatile @Nullable Session session;

	private volatile @Nullable SessionContext context;

	OpenAiTurns(@Nullable TurnDetection detection, HeardAudio heard, OpenAiConversation conversation,
			Predicate<String> ownTool) {
		this.heard = heard;
		this.answers = new AnswerQueue(new OpenAiAsker(this, conversation, ownTool));
		if (detection != null) {
			this.machine.mode(new InputMode(detection.type() != TurnDetection.Type.NONE,
					!Boolean.FALSE.equals(detection.createResponse()),
					!Boolean.FALSE.equals(detection.interruptResponse()), false));
		}
	}

	/**
	 * Return the audio that the session takes.
	 * @return its format, and what waits
	 */
	HeardAudio heard() {
		return this.heard;
	}

	/**
	 * Return the questions of the session and their answers.
	 * @return the queue
	 */
	AnswerQueue answers() {
		return this.answers;
	}

	/**
	 * Send messages by the session's own means.
	 * @param message the message
	 */
	void send(Message message) {
		SessionContext current = this.context;
		Assert.state(current != null, "The session is not connected yet");
		current.sendRaw(message);
	}

	ClientEvents events() {
		return this.events;
	}

	/**
	 * The session is known, and with it the clock.
	 * @param context the session
	 */
	void attach(SessionContext context) {
		this.context = context;
		this.answers.attach(context);
	}

	/**
	 * Read the error of an event, or of a part of one.
	 * @param holder the object with the error
	 * @return the error, with a message that is fit to be shown
	 */
	OpenAiErrorException errorOf(JsonNode holder) {
		SessionContext current = this.context;
		Assert.state(current != null, "There is an event before the setup");
		return OpenAiErrors.of(holder, current::sanitize);
	}

	/**
	 * Apply an event.
	 * @param event the event
	 * @param <T> the type of what it says
	 * @return its content
	 */
	<T extends @Nullable Object> T apply(Event<T> event) {
		long now = now();
		this.lock.lock();
		try {
			return event.apply(this.machine, now);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Apply an event that says nothing.
	 * @param event the event
	 */
	void accept(SilentEvent event) {
		long now = now();
		this.lock.lock();
		try {
			event.accept(this.machine, now);
		}
		finally {
			this.lock.unlock();
		}
	}

	private long now() {
		SessionContext current = this.context;
		return (current != null) ? current.readingTime().toNanos() : System.nanoTime();
	}

	/**
	 * Send what the events so far have let go.
	 * @param sender sends
	 */
	void flush(Consumer<Message> sender) {
		flush(sender, Duration.ZERO);
	}

	private void flush(Consumer<Message> sender, Duration least) {
		perform(sender, least);
		this.answers.proceed();
	}

	private void perform(Consumer<Message> sender, Duration least) {
		List<Action> actions = apply(TurnMachine::take);
		arm(least);
		for (int i = 0; i < actions.size(); i++) {
			try {
				perform(actions.get(i), sender);
			}
			catch (RuntimeException ex) {
				actions.subList(i, actions.size()).forEach(this::notSent);
				throw ex;
			}
		}
	}

	private void perform(Action action, Consumer<Message> sender) {
		if (action instanceof Action.Send send) {
			sender.accept(send.message());
			Question question = (send.request() != null) ? send.request().question() : null;
			if (question != null) {
				this.answers.askedAgain(question);
			}
		}
		else if (action instanceof Action.TakeBack held) {
			SessionContext current = this.context;
			boolean taken = current != null && current.withdraw(held.message());
			accept((machine, now) -> machine.cancellation().withdrawn(held.request(), taken));
			perform(sender, Duration.ZERO);
		}
		else if (action instanceof Action.Abandon abandon) {
			abandon(abandon);
		}
	}

	private void abandon(Action.Abandon abandon) {
		OpenAiErrorException cause = abandon.cause();
		if (abandon.cancelled()) {
			this.answers.cancelled(abandon.question());
		}
		else if (cause != null) {
			this.answers.failed(abandon.question(), "The provider refused to answer: " + cause.getMessage(), cause);
		}
		else {
			this.answers.failed(abandon.question(), "The model was not asked to continue the answer, because there"
					+ " were too many rounds of tool calls, or the request could not be sent", null);
		}
	}

	private void notSent(Action action) {
		if (action instanceof Action.Send send && send.request() != null) {
			ResponseRequest request = send.request();
			accept((machine, now) -> machine.over(request));
		}
	}

	/**
	 * Wait for the next deadline.
	 * @param least the minimum duration
	 */
	private void arm(Duration least) {
		SessionContext current = this.context;
		Long deadline = apply((machine, now) -> machine.deadline());
		if (current == null || deadline == null) {
			return;
		}
		Timer armed = this.timer.get();
		if (armed != null && armed.at() - deadline <= 0) {
			return;
		}
		long delay = Math.max(least.toNanos(), deadline - now());
		ScheduledTask task = current.schedule(Duration.ofNanos(delay), () -> passed(deadline));
		if (!this.timer.compareAndSet(armed, new Timer(deadline, task))) {
			task.cancel();
			arm(least);
		}
		else if (armed != null) {
			armed.task().cancel();
		}
	}

	private void passed(long deadline) {
		SessionContext current = this.context;
		Timer armed = this.timer.get();
		if (current == null || armed == null || armed.at() != deadline || !this.timer.compareAndSet(armed, null)) {
			return;
		}
		try {
			// For the session less time has passed if reading stood still
			flush(current::sendRaw, RETRY);
		}
		catch (StreamingException ex) {
			current.emit(StreamChunk.failure(ex));
		}
	}

	/**
	 * Wait for what a request that was sent may come to.
	 */
	void watch() {
		arm(Duration.ZERO);
	}

	/**
	 * Return whether there is no connection that is set up.
	 * @return whether what is sent may be held
	 */
	boolean isOffline() {
		Session current = this.session;
		return this.offline || (current != null && current.state() == Session.State.RECONNECTING);
	}

	/**
	 * Take back a message that is held, because nobody waits for its answer any more.
	 * @param message the message
	 */
	void withdraw(Message message) {
		SessionContext current = this.context;
		if (current != null) {
			current.withdraw(message);
		}
	}

	/**
	 * There is a client, which may ask questions.
	 * @param session its session
	 */
	void session(Session session) {
		this.session = session;
	}

	/**
	 * Return the requested settings.
	 * @param session the settings of the setup
	 */
	void asked(JsonNode session) {
		boolean transcribing = SessionUpdate.TRANSCRIPTION.equals(OpenAiJson.text(session, "type"));
		accept((machine, now) -> {
			InputMode mode = machine.mode();
			machine.mode(new InputMode(mode.detecting(), mode.answering(), mode.interrupting(), transcribing));
		});
		told(session);
		this.heard.told(session);
	}

	/**
	 * The provider tells its settings.
	 * @param session its settings
	 */
	void told(JsonNode session) {
		boolean transcription = SessionUpdate.TRANSCRIPTION.equals(OpenAiJson.text(session, "type"));
		JsonNode input = session.path("audio").path("input");
		JsonNode detection = (input.has("turn_detection") ? input : session).path("turn_detection");
		accept((machine, now) -> {
			InputMode mode = machine.mode();
			boolean transcribing = mode.transcribing() || transcription;
			machine.mode(detection.isMissingNode()
					? new InputMode(mode.detecting(), mode.answering(), mode.interrupting(), transcribing)
					: new InputMode(detection.isObject(), detection.path("create_response").asBoolean(true),
							detection.path("interrupt_response").asBoolean(true), transcribing));
		});
	}

	/**
	 * Return whether the session only transcribes.
	 * @return whether there is nobody to answer
	 */
	boolean isTranscribing() {
		return apply((machine, now) -> machine.mode().transcribing());
	}

	/**
	 * Ask for a response.
	 * @param held whether there is no connection, so that it may be held
	 * @param sender sends
	 */
	void respond(boolean held, Consumer<Message> sender) {
		accept((machine, now) -> machine.respond(held));
		flush(sender);
	}

	/**
	 * Cancel the request and the response that are there.
	 * @param sender sends
	 */
	void cancel(Consumer<Message> sender) {
		accept((machine, now) -> machine.cancellation().cancel());
		flush(sender);
	}

	/**
	 * Send a tool's result and, if it is the last one, ask the model to continue. The
	 * result of a call that the provider does not know, or not any more, is dropped.
	 * @param callId the call's id
	 * @param text the result
	 * @param sender sends
	 */
	void toolResult(String callId, String text, Consumer<Message> sender) {
		if (!apply((machine, now) -> machine.calls().resultSending(callId))) {
			return;
		}
		try {
			sender.accept(this.events.toolOutput(callId, text));
		}
		catch (RuntimeException ex) {
			accept((machine, now) -> machine.calls().resultNotSent(callId));
			throw ex;
		}
		accept((machine, now) -> machine.calls().resultSent(callId));
		flush(sender);
	}

	/**
	 * Return whether a change of connection would cut a turn.
	 * @return whether one is in progress
	 */
	boolean isInFlight() {
		return apply(TurnMachine::isInFlight);
	}

	/**
	 * The connection has ended.
	 * @param planned whether it was changed after {@link #isInFlight()} had been asked
	 * @return the part that was cut
	 */
	CutOff disconnected(boolean planned) {
		Timer armed = this.timer.getAndSet(null);
		if (armed != null) {
			armed.task().cancel();
		}
		this.offline = true;
		this.heard.input().reset();
		CutOff cut = apply((machine, now) -> machine.disconnected(planned));
		// One that was sent just when the connection was lost may be held for the next
		cut.requests().forEach(this::withdraw);
		this.answers.disconnected(cut.questions());
		return cut;
	}

	/**
	 * There is a connection again, and what was held goes out now.
	 */
	void released() {
		boolean again = this.offline;
		release();
		this.offline = false;
		this.answers.connected();
		SessionContext current = this.context;
		if (again && current != null) {
			// What was held until the session is open on the connection
			current.schedule(Duration.ZERO, this::release);
		}
	}

	private void release() {
		accept(TurnMachine::released);
		arm(Duration.ZERO);
	}

	/**
	 * An event of the machine.
	 *
	 * @param <T> the type of what it says
	 */
	@FunctionalInterface
	interface Event<T extends @Nullable Object> {

		T apply(TurnMachine machine, long now);

	}

	/**
	 * An event of the machine that says nothing.
	 */
	@FunctionalInterface
	interface SilentEvent {

		void accept(TurnMachine machine, long now);

	}

	private record Timer(long at, ScheduledTask task) {

	}

}
