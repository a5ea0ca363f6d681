package dev.streaming.gemini;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

import dev.streaming.ConversationEvents;
import dev.streaming.Message;
import dev.streaming.SessionConfig;
import dev.streaming.SessionContext;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import dev.streaming.ToolCall;
import dev.streaming.gemini.OpenCalls.Call;
import dev.streaming.realtime.AnswerQueue;
import dev.streaming.realtime.ConnectionMessages;
import dev.streaming.realtime.Question;
import dev.streaming.realtime.RealtimeCapabilities;
import dev.streaming.realtime.RealtimeCapabilities.Feature;
import dev.streaming.realtime.RealtimeChunks;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.realtime.RealtimeTool.Scheduling;
import dev.streaming.realtime.ToolResult;
import dev.streaming.realtime.ToolRunner;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Coordinates the state of the conversation, the tools, the resumption and the planned
 * change of a connection. Confined to the session's task, unless stated otherwise.
 */
final class GeminiSession implements ServerEvents {

	private static final Logger logger = LoggerFactory.getLogger(GeminiSession.class);

	/** Time until the next attempt to send a result. */
	private static final Duration RETRY = Duration.ofSeconds(1);

	private final SessionContext context;

	private final TurnGuard conversation;

	private final ToolRunner tools;

	// The initial tools of the session
	private final List<RealtimeTool> initialTools;

	private final AtomicLong unknownFields;

	private final ServerMessageReader reader;

	private final Resumption resumption = new Resumption();

	private final SetupChanges setupChanges = new SetupChanges();

	private final OwnSends ownSends = new OwnSends();

	private final ConnectionMessages results = new ConnectionMessages();

	private final Departure departure;

	private final RealtimeCapabilities capabilities;

	private final ConversationEvents events;

	private SpeechEnd speechEnd = SpeechEnd.BY_TRANSCRIPT;

	// Set when there is a client, which alone asks questions
	private volatile @Nullable AnswerQueue answers;

	// Chunks of the response of the current message, also if it began in an earlier one
	private final ResponseChunks response = new ResponseChunks();

	private @Nullable Question question;

	/**
	 * Create the reading side of a session.
	 * @param context the session
	 * @param conversation its state
	 * @param tools the runner of its tools
	 * @param unknownFields the counter of unknown fields
	 * @param spoken whether the model speaks
	 * @param capabilities the capabilities of the model
	 */
	GeminiSession(SessionContext context, TurnGuard conversation, ToolRunner tools, AtomicLong unknownFields,
			boolean spoken, RealtimeCapabilities capabilities) {
		this.context = context;
		this.conversation = conversation;
		this.tools = tools;
		this.initialTools = tools.tools();
		this.unknownFields = unknownFields;
		this.reader = new ServerMessageReader(this, spoken);
		this.departure = new Departure(context);
		this.capabilities = capabilities;
		this.events = context.conversation();
	}

	/**
	 * Return the listener for events of the conversation. May be called by any thread.
	 * @return the listener
	 */
	ConversationEvents events() {
		return this.events;
	}

	Resumption resumption() {
		return this.resumption;
	}

	/**
	 * Return the marker of messages that this package sends. May be called by any thread.
	 * @return the marker
	 */
	OwnSends ownSends() {
		return this.ownSends;
	}

	/**
	 * Return the sender of results of calls, which are valid on their connection only.
	 * May be called by any thread.
	 * @return the sender
	 */
	ConnectionMessages results() {
		return this.results;
	}

	/**
	 * Return the changes of the application to the setup. May be called by any thread.
	 * @return the changes
	 */
	SetupChanges setupChanges() {
		return this.setupChanges;
	}

	List<StreamChunk> handle(Message message) {
		JsonNode node = GeminiJson.parseOrNull(message);
		if (node == null) {
			return List.of(StreamChunk
				.failure(new StreamingException("Gemini sent something that is not a JSON object: " + message)));
		}
		return handle(node);
	}

	List<StreamChunk> handle(JsonNode message) {
		// No streams here: this is done for each message
		List<StreamChunk> chunks = new ArrayList<>(this.reader.read(message));
		chunks.replaceAll(this::identified);
		sendReleased();
		settleQuestions(chunks);
		return chunks;
	}

	/**
	 * Set the queue of the application's questions. May be called by any thread.
	 * @param queue the questions
	 */
	void answers(AnswerQueue queue) {
		this.answers = queue;
	}

	// The service has no ids of responses
	private StreamChunk identified(StreamChunk chunk) {
		boolean part = switch (chunk.kind()) {
			case END, TOOL_CALL, AUDIO, TRANSCRIPT, TEXT, REASONING -> true;
			case EVENT -> chunk.usage() != null || chunk.interrupted();
			case INPUT -> false;
		};
		if (!part) {
			return chunk;
		}
		AnswerQueue queue = this.answers;
		if (queue != null) {
			queue.assign(this.response.id(), this.question);
		}
		StreamChunk identified = this.response.identified(chunk);
		if (chunk.finishReason() != null) {
			Question ended = this.question;
			if (chunk.finishReason().isFinal()) {
				this.conversation.accept((state) -> state.questions().answered(ended));
			}
			this.response.is(TurnEnd.NOTHING);
			this.question = null;
		}
		return identified;
	}

	@Override
	public StreamChunk.Builder chunk(boolean transcript) {
		return this.response.chunk(transcript);
	}

	private Delivery part(Delivery delivery) {
		response(delivery.response(), delivery.question());
		this.conversation.accept((state) -> state.questions().begun(delivery.question()));
		return delivery;
	}

	private void response(long number, @Nullable Question asked) {
		this.response.is(number);
		this.question = asked;
	}

	private static @Nullable Throwable errorIn(List<StreamChunk> chunks) {
		return chunks.stream()
			.map(StreamChunk::error)
			.filter((failure) -> failure instanceof GeminiErrorException)
			.findFirst()
			.orElse(null);
	}

	private void settleQuestions(List<StreamChunk> chunks) {
		AnswerQueue queue = this.answers;
		if (queue == null) {
			return;
		}
		List<AskedQuestions.Abandoned> abandoned = this.conversation.apply(GeminiTurnState::abandoned);
		Throwable error = abandoned.isEmpty() ? null : errorIn(chunks);
		for (AskedQuestions.Abandoned each : abandoned) {
			if (each.begun() && error == null) {
				queue.cancelled(each.question());
			}
			else {
				queue.failed(each.question(), (error != null) ? "The service refused to answer: " + error.getMessage()
						: "The model does not answer, but waits for more", error);
			}
		}
		queue.proceed();
	}

	/**
	 * Report that the model is asked to continue because the result of a call was sent,
	 * or is about to be. Reported before sending, so that the duration of the tool does
	 * not count as silence. May be called by any thread.
	 */
	void askedAgain() {
		AnswerQueue queue = this.answers;
		Question asked = this.conversation.apply((state) -> state.tools().question());
		if (queue != null && asked != null) {
			queue.askedAgain(asked);
		}
	}

	/**
	 * Handle the opening of the session on another connection.
	 */
	void reconnected() {
		AnswerQueue queue = this.answers;
		if (queue != null) {
			queue.connected();
		}
	}

	boolean isResponseInFlight() {
		// The handle that includes the last turn follows it immediately
		return this.conversation.apply(GeminiTurnState::isInFlight) || this.resumption.isSettling(now());
	}

	private long now() {
		return this.context.readingTime().toNanos();
	}

	/**
	 * Handle the end of the connection, and report the lost work. Called once for each
	 * connection.
	 * @param planned whether it was changed as planned
	 */
	void disconnected(boolean planned) {
		GeminiTurnState.Lost lost = this.conversation.apply((state) -> state.disconnected(planned));
		this.results.lost(this.context::withdraw);
		this.reader.reset();
		response(TurnEnd.NOTHING, null);
		AnswerQueue queue = this.answers;
		if (queue != null) {
			queue.disconnected(lost.questions());
		}
		this.resumption.disconnected();
		this.setupChanges.disconnected();
		this.departure.cancel();
		if (!lost.calls().isEmpty()) {
			lost.calls().forEach(this.tools::cancel);
			this.context.emit(GeminiChunks.toolCallsCancelled(lost.calls()));
		}
		if (lost.turn()) {
			this.context.emit(RealtimeChunks.connectionLost());
		}
	}

	/**
	 * Handle the result of a tool of the session. May be called by any thread.
	 * @param call the call
	 * @param result the result
	 */
	void toolReturned(ToolCall call, ToolResult result) {
		askedAgain();
		long connection = this.results.connection();
		Call returned = this.conversation.apply((state) -> state.tools().returned(call.id(), result));
		if (returned != null) {
			sendResult(connection, call.id(), returned.returned(result));
			if (returned.isAwaited()) {
				askedAgain();
			}
		}
		else {
			lookAgain();
		}
	}

	/**
	 * Handle an interim result of a tool of the session. May be called by any thread.
	 * @param call the call
	 * @param json the result
	 */
	void toolProgress(ToolCall call, String json) {
		long connection = this.results.connection();
		Call interim = this.conversation.apply((state) -> state.tools().interim(call.id()));
		if (interim != null) {
			trySend(connection, ClientMessages.interimResponse(call.id(), wire(interim), json));
		}
	}

	// Some models refuse the field, and some do not continue while a tool is running
	private Call wire(Call call) {
		return this.capabilities.supports(Feature.TOOL_SCHEDULING) ? call : call.scheduled(null);
	}

	private @Nullable Scheduling schedulingOf(String tool) {
		return this.capabilities.supports(Feature.ASYNCHRONOUS_TOOLS) ? this.tools.scheduling(tool) : null;
	}

	private void lookAgain() {
		Duration releasableIn = this.conversation.apply((state) -> state.tools().releasableIn());
		if (releasableIn != null) {
			this.context.schedule(releasableIn, () -> {
				sendReleased();
				lookAgain();
			});
		}
	}

	/**
	 * Send the results that were held while the user spoke. May be called by any thread.
	 */
	void sendReleased() {
		if (this.conversation.apply((state) -> state.tools().isKeeping())) {
			askedAgain();
		}
		long connection = this.results.connection();
		Map<String, Call> released = this.conversation.apply((state) -> state.tools().releasable());
		released.forEach((id, call) -> sendResult(connection, id, call));
		if (!released.isEmpty()) {
			askedAgain();
		}
	}

	// The model waits for the result, so that a failed send is repeated. A lost
	// connection ends its calls.
	private void sendResult(long connection, String id, Call call) {
		if (!trySend(connection, ClientMessages.toolResponse(id, wire(call), call.result()))) {
			this.conversation.accept((state) -> state.tools().notReturned(id, call));
			this.context.schedule(RETRY, this::sendReleased);
		}
	}

	private void send(Message message) {
		this.ownSends.send(this.context::sendRaw, message);
	}

	private boolean trySend(long connection, Message message) {
		try {
			this.results.send(connection, message, this::send);
			return true;
		}
		catch (StreamingException ex) {
			logger.atDebug()
				.setCause(ex)
				.addKeyValue("session", this.context.sessionId())
				.addKeyValue("connection", this.context.connectionName())
				.log("A tool result could not be sent");
			return false;
		}
	}

	@Override
	public String sanitize(String text) {
		return this.context.sanitize(text);
	}

	@Override
	public void unknownFields(int count) {
		this.unknownFields.addAndGet(count);
	}

	@Override
	public Delivery content(boolean calls) {
		return part(this.conversation.apply((state) -> state.model().content(calls)));
	}

	@Override
	public Delivery transcribed() {
		return part(this.conversation.apply((state) -> state.model().transcribed()));
	}

	@Override
	public Delivery delivery() {
		return this.conversation.apply((state) -> state.model().delivery());
	}

	@Override
	public void generated() {
		this.conversation.accept((state) -> state.model().generated());
	}

	@Override
	public void answered(String delta) {
		this.conversation.accept((state) -> state.model().answered(delta));
	}

	@Override
	public void answeredInstead(String text) {
		this.conversation.accept((state) -> state.model().answeredInstead(text));
	}

	@Override
	public void dropped(int chunks) {
		this.context.discarded(chunks);
	}

	@Override
	public long heard(String delta, boolean finished) {
		boolean last = this.speechEnd == SpeechEnd.BY_TRANSCRIPT && !delta.isBlank();
		if (last && !this.conversation.apply(GeminiTurnState::isAnswering)) {
			// The end of speech is not reported, so the final transcript implies it
			this.events.userEnded(true);
		}
		return this.conversation.apply((state) -> state.spoken().transcribed(delta, finished));
	}

	@Override
	public void hearing(boolean words) {
		this.conversation.accept((state) -> state.spoken().hearing(words));
	}

	@Override
	public void activity(boolean begins) {
		this.speechEnd = SpeechEnd.TOLD;
		if (begins) {
			this.events.userStarted();
		}
		else {
			this.events.userEnded(true);
		}
		this.conversation.accept((state) -> {
			if (begins) {
				state.spoken().activityStarted();
			}
			else {
				state.spoken().activityEnded();
			}
		});
	}

	@Override
	public void interrupted() {
		this.conversation.accept((state) -> state.model().interrupted());
	}

	@Override
	public void idle() {
		this.conversation.accept((state) -> state.model().idle());
		this.events.userSilent();
	}

	@Override
	public void refused() {
		this.conversation.accept((state) -> state.model().refused());
		this.events.settled();
	}

	@Override
	public TurnEnd turnEnded(long response, String written) {
		TurnEnd end = this.conversation.apply((state) -> state.model().ended(response, written));
		this.resumption.turnEnded(now());
		if (end.isDelivered()) {
			response(end.response(), end.question());
		}
		return end;
	}

	@Override
	public ReportedCalls toolsCalled(List<ToolCall> calls) {
		Set<String> own = this.tools.names();
		CalledTools called = this.conversation
			.apply((state) -> state.tools().called(calls, own::contains, this::schedulingOf));
		called.abandoned().forEach(this.tools::cancel);
		// Otherwise the model, and with it the turn, would wait for results forever
		long connection = this.results.connection();
		called.refused()
			.forEach((call) -> trySend(connection,
					ClientMessages.toolResponse(call.id(), call.name(), called.refusal())));
		Map<Boolean, List<ToolCall>> reported = new LinkedHashMap<>();
		for (ToolCall call : called.open()) {
			reported.computeIfAbsent(own.contains(call.name()), (added) -> new ArrayList<>()).add(call);
			this.tools.run(call);
		}
		return new ReportedCalls(reported, called.outcome());
	}

	@Override
	public void toolsCancelled(List<String> ids) {
		this.conversation.accept((state) -> state.tools().voided(ids));
		ids.forEach(this.tools::cancel);
	}

	@Override
	public void setUp() {
		this.setupChanges.confirmed();
		this.tools.offer(offered());
	}

	/**
	 * Change the setup, from the next connection on. May be called by any thread.
	 * @param setup the changed part
	 * @param newTools the changed tools, or {@code null} if they do not change
	 */
	void update(Map<String, Object> setup, @Nullable List<RealtimeTool> newTools) {
		this.setupChanges.changing(setup, newTools);
		this.context.reconnect("update",
				this.context.config()
					.map(SessionConfig::plannedChangeMaxWait)
					.orElse(SessionConfig.DEFAULT_PLANNED_CHANGE_MAX_WAIT));
	}

	/**
	 * Return the tools that the model may call.
	 * @return the tools
	 */
	List<RealtimeTool> offered() {
		return this.setupChanges.tools(this.initialTools);
	}

	/**
	 * Handle the refusal of a setup.
	 * @return whether a change of the application was refused, which is forgotten
	 */
	boolean isChangeRefused() {
		return this.setupChanges.refused();
	}

	@Override
	public void resumption(boolean resumable, String handle) {
		this.resumption.update(resumable, handle, this.conversation.apply(GeminiTurnState::isAnswering));
	}

	@Override
	public void goAway(Duration timeLeft) {
		logger.atDebug()
			.addKeyValue("session", this.context.sessionId())
			.addKeyValue("connection", this.context.connectionName())
			.addKeyValue("timeLeft", timeLeft)
			.log("The server is going away");
		this.departure.announced(timeLeft);
	}

	/**
	 * Source of the end of the user's speech.
	 */
	private enum SpeechEnd {

		/** The end of the transcript. */
		BY_TRANSCRIPT,

		/** A report of the service. */
		TOLD

	}

}
