package dev.streaming.openai;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.ConversationEvents;
import dev.streaming.Message;
import dev.streaming.Session;
import dev.streaming.SessionContext;
import dev.streaming.SessionContext.ScheduledTask;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import dev.streaming.realtime.AnswerQueue;
import dev.streaming.realtime.ConnectionMessages;
import dev.streaming.realtime.OutgoingInput;
import dev.streaming.realtime.Question;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.realtime.ResponseOptions;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import org.springframework.util.Assert;

/**
 * Runs the {@link TurnMachine} of one session: guards it, applies its actions, and
 * schedules its deadlines. Shared by the handler and its clients. Thread-safe; nothing is
 * sent under the lock.
 */
final class OpenAiTurns {

	/** Minimum delay of a deadline after reading was paused. */
	private static final Duration RETRY = Duration.ofMillis(50);

	private final ClientEvents events = new ClientEvents();

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private final TurnMachine machine = new TurnMachine(this.events);

	private final AtomicReference<@Nullable Timer> timer = new AtomicReference<>();

	private final AnswerQueue answers;

	private final HeardAudio heard;

	private final Supplier<List<RealtimeTool>> offered;

	// Results, which are valid only on the connection of their calls
	private final ConnectionMessages results = new ConnectionMessages();

	private volatile boolean offline;

	// Set when there is a client, which alone asks questions
	private volatile @Nullable Session session;

	private volatile @Nullable SessionContext context;

	private volatile ConversationEvents conversation = ConversationEvents.NONE;

	OpenAiTurns(@Nullable TurnDetection detection, HeardAudio heard, OpenAiConversation conversation,
			Predicate<String> ownTool, Supplier<List<RealtimeTool>> offered) {
		this.heard = heard;
		this.offered = offered;
		this.answers = new AnswerQueue(new OpenAiAsker(this, conversation, ownTool));
		if (detection != null) {
			this.machine.mode(new InputMode(detection.type() != TurnDetection.Type.NONE,
					!Boolean.FALSE.equals(detection.createResponse()),
					!Boolean.FALSE.equals(detection.interruptResponse()), false));
		}
	}

	/**
	 * Return the input audio of the session.
	 * @return its format and incomplete sample
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
	 * Send a message by the session.
	 * @param message the message
	 */
	void send(Message message) {
		SessionContext current = this.context;
		Assert.state(current != null, "The session is not connected yet");
		current.sendRaw(message);
	}

	/**
	 * Return the session.
	 * @return its context
	 */
	SessionContext context() {
		SessionContext current = this.context;
		Assert.state(current != null, "The session is not connected yet");
		return current;
	}

	/**
	 * Return the input that passes texts and audio of the user to the interceptors.
	 * @return the input; without effect before there is a session
	 */
	OutgoingInput outgoing() {
		return new OutgoingInput(this.context);
	}

	ClientEvents events() {
		return this.events;
	}

	/**
	 * Set the session, which provides the clock.
	 * @param context the session
	 */
	void attach(SessionContext context) {
		if (this.context != context) {
			this.conversation = context.conversation();
		}
		this.context = context;
		this.answers.attach(context);
	}

	/**
	 * Return the listener for events of the conversation.
	 * @return the listener
	 */
	ConversationEvents conversation() {
		return this.conversation;
	}

	/**
	 * Report the end of the user's turn.
	 */
	void userEnded() {
		this.conversation.userEnded(apply((machine, now) -> machine.mode().answerer() == UserTurn.Answerer.PROVIDER));
	}

	/**
	 * Read the error of an event, or of a part of one.
	 * @param holder the object with the error
	 * @return the error, with a sanitized message
	 */
	OpenAiErrorException errorOf(JsonNode holder) {
		SessionContext current = this.context;
		Assert.state(current != null, "There is an event before the setup");
		return OpenAiErrors.of(OpenAiApi.REALTIME, holder, current::sanitize);
	}

	/**
	 * Apply an event.
	 * @param event the event
	 * @param <T> the type of its content
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
	 * Apply an event without content.
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
	 * Send the messages that the events so far allow.
	 * @param sender called to send messages
	 */
	void flush(Consumer<Message> sender) {
		flush(sender, Duration.ZERO);
	}

	private void flush(Consumer<Message> sender, Duration least) {
		perform(sender, least);
		this.answers.proceed();
		if (apply((machine, now) -> machine.isSettled())) {
			this.conversation.settled();
		}
	}

	private void perform(Consumer<Message> sender, Duration least) {
		askAgain(apply((machine, now) -> machine.questions().next()));
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
			asked(send.request());
			sender.accept(send.message());
			askAgain((send.request() != null) ? send.request().question() : null);
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

	private void asked(@Nullable ResponseRequest request) {
		if (request != null && request.isAutomatic()) {
			this.conversation.continued();
		}
		else if (request != null) {
			this.conversation.requested();
		}
	}

	/**
	 * Report that the model is asked to continue, or is about to be. Reported before the
	 * request, so that the time in which the model cannot answer does not count as its
	 * silence.
	 * @param question the question, or {@code null}
	 */
	private void askAgain(@Nullable Question question) {
		if (question != null) {
			this.answers.askedAgain(question);
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
	 * Schedule the next deadline.
	 * @param least the minimum delay
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
			// Less time has passed for the session if reading was paused
			flush(current::sendRaw, RETRY);
		}
		catch (StreamingException ex) {
			current.emit(StreamChunk.failure(ex));
		}
	}

	/**
	 * Schedule the deadline of a request that was sent.
	 */
	void watch() {
		arm(Duration.ZERO);
	}

	/**
	 * Return whether the session is that of a call, which is kept by the provider: it
	 * retains the conversation itself, and plays the audio.
	 * @return whether it is
	 */
	boolean isCall() {
		SessionContext current = this.context;
		return current != null && current.uri().map(ModelQuery::isCall).orElse(false);
	}

	/**
	 * Return whether there is no connection that is set up.
	 * @return whether messages may be held
	 */
	boolean isOffline() {
		Session current = this.session;
		return this.offline || (current != null && current.state() == Session.State.RECONNECTING);
	}

	/**
	 * Withdraw a held message, because its answer is no longer awaited.
	 * @param message the message
	 * @return whether it was held
	 */
	boolean withdraw(Message message) {
		SessionContext current = this.context;
		return current != null && current.withdraw(message);
	}

	/**
	 * Set the session of the client, which may ask questions.
	 * @param session the session
	 */
	void session(Session session) {
		this.session = session;
	}

	/**
	 * Apply the requested settings.
	 * @param session the settings of the setup
	 */
	void asked(JsonNode session) {
		boolean transcribing = SessionUpdate.TRANSCRIPTION.equals(OpenAiJson.text(session, "type"));
		accept((machine, now) -> {
			InputMode mode = machine.mode();
			machine.mode(new InputMode(mode.detecting(), mode.answering(), mode.interrupting(), transcribing));
		});
		reported(session);
		this.heard.settings(session);
	}

	/**
	 * Apply the settings that the provider reports.
	 * @param session its settings
	 */
	void reported(JsonNode session) {
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
	 * @return whether it has no answers
	 */
	boolean isTranscribing() {
		return apply((machine, now) -> machine.mode().transcribing());
	}

	/**
	 * Ask for a response.
	 * @param options its settings
	 * @param held whether there is no connection, so that it may be held
	 * @param sender called to send messages
	 */
	void respond(ResponseOptions options, boolean held, Consumer<Message> sender) {
		Map<String, Object> description = ResponseDescription.of(options, this.offered.get());
		if (options.outOfBand()) {
			String eventId = this.events.nextId(ClientEvents.RESPONSE);
			sendBeside("", eventId, this.events.responseCreate(eventId, description), null, held, sender);
			return;
		}
		accept((machine, now) -> machine.asked().respond(description, held, now));
		flush(sender);
	}

	/**
	 * Return the tools of the session.
	 * @return the tools, in order
	 */
	List<RealtimeTool> offered() {
		return this.offered.get();
	}

	/**
	 * Send a request for a response beside the conversation.
	 * @param key the key of its question, or empty
	 * @param eventId the id of the event
	 * @param message the event
	 * @param question the question, or {@code null}
	 * @param held whether there is no connection, so that it may be held
	 * @param sender called to send messages
	 */
	void sendBeside(String key, String eventId, Message message, @Nullable Question question, boolean held,
			Consumer<Message> sender) {
		BesideRequest request = apply(
				(machine, now) -> machine.beside().sending(key, eventId, message, question, held, now));
		try {
			sender.accept(message);
		}
		catch (RuntimeException ex) {
			accept((machine, now) -> machine.beside().over(request));
			throw ex;
		}
		if (question != null && apply((machine, now) -> machine.beside().isOver(request))) {
			// The connection was lost meanwhile, and the answer with it
			withdraw(message);
		}
	}

	/**
	 * Cancel the current request and the current response.
	 * @param sender called to send messages
	 */
	void cancel(Consumer<Message> sender) {
		this.conversation.cancelled();
		accept((machine, now) -> machine.cancellation().cancel());
		flush(sender);
	}

	/**
	 * Send a tool's result and, if it is the last one, ask the model to continue. The
	 * result of a call that has one, or is unknown to the provider, is dropped.
	 * @param callId the call's id
	 * @param text the result
	 * @param sender called to send messages
	 * @return {@code false} if the result was dropped
	 */
	boolean toolResult(String callId, String text, Consumer<Message> sender) {
		long connection = this.results.connection();
		if (!apply((machine, now) -> machine.calls().resultSending(callId))) {
			return false;
		}
		try {
			if (!this.results.send(connection, this.events.toolOutput(callId, text), sender)) {
				return false;
			}
		}
		catch (RuntimeException ex) {
			accept((machine, now) -> machine.calls().resultNotSent(callId));
			throw ex;
		}
		askAgain(apply((machine, now) -> machine.calls().questionOf(callId)));
		accept((machine, now) -> machine.calls().resultSent(callId, now));
		flush(sender);
		return true;
	}

	/**
	 * Return whether a change of connection would interrupt a turn.
	 * @return whether one is in progress
	 */
	boolean isInFlight() {
		return apply(TurnMachine::isInFlight);
	}

	/**
	 * Handle the end of the connection.
	 * @param planned whether it was changed after a call of {@link #isInFlight()}
	 * @return the work that was lost
	 */
	CutOff disconnected(boolean planned) {
		Timer armed = this.timer.getAndSet(null);
		if (armed != null) {
			armed.task().cancel();
		}
		this.offline = true;
		this.heard.input().reset();
		CutOff cut = apply((machine, now) -> machine.disconnected(planned));
		// A message that was sent just when the connection was lost may be held for the
		// next one
		cut.requests().forEach(this::withdraw);
		// After the machine has forgotten the calls, so that no other result follows
		this.results.lost(this::withdraw);
		this.answers.disconnected(cut.questions());
		return cut;
	}

	/**
	 * Handle a new connection, on which held messages are sent.
	 */
	void released() {
		boolean again = this.offline;
		this.results.restored(this::withdraw);
		release();
		this.offline = false;
		this.answers.connected();
		SessionContext current = this.context;
		if (again && current != null) {
			// Messages are held until the session is open on the connection
			current.schedule(Duration.ZERO, this::release);
		}
	}

	private void release() {
		accept(TurnMachine::released);
		arm(Duration.ZERO);
	}

	/**
	 * Event of the machine.
	 *
	 * @param <T> the type of its content
	 */
	@FunctionalInterface
	interface Event<T extends @Nullable Object> {

		T apply(TurnMachine machine, long now);

	}

	/**
	 * Event of the machine without content.
	 */
	@FunctionalInterface
	interface SilentEvent {

		void accept(TurnMachine machine, long now);

	}

	private record Timer(long at, ScheduledTask task) {

	}

}
