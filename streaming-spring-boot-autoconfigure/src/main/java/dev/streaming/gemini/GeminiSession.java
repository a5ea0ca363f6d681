package dev.streaming.gemini;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

import dev.streaming.Message;
import dev.streaming.SessionContext;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import dev.streaming.ToolCall;
import dev.streaming.gemini.OpenCalls.Call;
import dev.streaming.gemini.OpenCalls.CallState;
import dev.streaming.realtime.AnswerQueue;
import dev.streaming.realtime.Question;
import dev.streaming.realtime.RealtimeChunks;
import dev.streaming.realtime.ToolRunner;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Brings together the state of the conversation, the tools, the handle to resume with,
 * and the time to leave. Belongs to the session's task, but for what says otherwise.
 */
final class GeminiSession implements ServerEvents {

	private static final Logger logger = LoggerFactory.getLogger(GeminiSession.class);

	/** Time until a result that could not be sent is sent again. */
	private static final Duration RETRY = Duration.ofSeconds(1);

	private final SessionContext context;

	private final TurnGuard conversation;

	private final ToolRunner tools;

	private final AtomicLong unknownFields;

	private final ServerMessageReader reader;

	private final Resumption resumption = new Resumption();

	private final SetupChanges setupChanges = new SetupChanges();

	private final OwnSends ownSends = new OwnSends();

	private final Departure departure;

	// Written when there is a client, which alone can ask
	private volatile @Nullable AnswerQueue answers;

	// The response of the message that is read, and of the one before if it goes on
	private String responseId = "";

	private @Nullable Question question;

	/**
	 * Create the reading side of a session.
	 * @param context the session
	 * @param conversation its state
	 * @param tools calls its tools
	 * @param unknownFields counts fields that this version does not know
	 * @param spoken whether the model speaks
	 */
	GeminiSession(SessionContext context, TurnGuard conversation, ToolRunner tools, AtomicLong unknownFields,
			boolean spoken) {
		this.context = context;
		this.conversation = conversation;
		this.tools = tools;
		this.unknownFields = unknownFields;
		this.reader = new ServerMessageReader(this, spoken);
		this.departure = new Departure(context);
	}

	Resumption resumption() {
		return this.resumption;
	}

	/**
	 * Return what marks the messages that this package sends. Any thread.
	 * @return the mark
	 */
	OwnSends ownSends() {
		return this.ownSends;
	}

	/**
	 * Return the changes that the application makes to the setup in the provider's own
	 * words. Any thread.
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
		List<StreamChunk> chunks = this.reader.read(message).stream().map(this::identified).toList();
		sendReleased();
		settleQuestions(chunks);
		return chunks;
	}

	/**
	 * The application asks questions from now on. Any thread.
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
			queue.assign(this.responseId, this.question);
		}
		StreamChunk identified = chunk.toBuilder().responseId(this.responseId).build();
		if (chunk.finishReason() != null) {
			Question ended = this.question;
			if (chunk.finishReason().isFinal()) {
				this.conversation.tell((state) -> state.questions().answered(ended));
			}
			this.responseId = "";
			this.question = null;
		}
		return identified;
	}

	private Delivery part(Delivery delivery) {
		response(delivery.response(), delivery.question());
		this.conversation.tell((state) -> state.questions().begun(delivery.question()));
		return delivery;
	}

	private void response(long number, @Nullable Question asked) {
		this.responseId = (number >= 0) ? "response-" + number : "";
		this.question = asked;
	}

	private void settleQuestions(List<StreamChunk> chunks) {
		AnswerQueue queue = this.answers;
		if (queue == null) {
			return;
		}
		Throwable error = chunks.stream()
			.map(StreamChunk::error)
			.filter((failure) -> failure instanceof GeminiErrorException)
			.findFirst()
			.orElse(null);
		for (AskedQuestions.Abandoned each : this.conversation.ask(GeminiTurnState::abandoned)) {
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
	 * The result of a call was sent, so that the model goes on. Any thread.
	 */
	void askedAgain() {
		AnswerQueue queue = this.answers;
		Question asked = this.conversation.ask((state) -> state.tools().question());
		if (queue != null && asked != null) {
			queue.askedAgain(asked);
		}
	}

	/**
	 * The session is open on another connection.
	 */
	void reconnected() {
		AnswerQueue queue = this.answers;
		if (queue != null) {
			queue.connected();
		}
	}

	boolean isResponseInFlight() {
		// The handle that includes the last turn comes right behind it
		return this.conversation.ask(GeminiTurnState::isInFlight) || this.resumption.isSettling(now());
	}

	private long now() {
		return this.context.readingTime().toNanos();
	}

	/**
	 * The connection is gone: tell what is lost with it. Once for each connection.
	 * @param planned whether it was changed as planned
	 */
	void disconnected(boolean planned) {
		GeminiTurnState.Lost lost = this.conversation.ask((state) -> state.disconnected(planned));
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
	 * A tool of the session has returned. Any thread.
	 * @param call the call
	 * @param json the result
	 */
	void toolReturned(ToolCall call, String json) {
		Call returned = this.conversation.ask((state) -> state.tools().returned(call.id(), json));
		if (returned != null) {
			sendResult(call.id(), new Call(returned.name(), CallState.RETURNED, json));
			askedAgain();
		}
		else {
			lookAgain();
		}
	}

	private void lookAgain() {
		Duration releasableIn = this.conversation.ask((state) -> state.tools().releasableIn());
		if (releasableIn != null) {
			this.context.schedule(releasableIn, () -> {
				sendReleased();
				lookAgain();
			});
		}
	}

	/**
	 * Send the results that were kept while the user spoke. Any thread.
	 */
	void sendReleased() {
		Map<String, Call> released = this.conversation.ask((state) -> state.tools().releasable());
		released.forEach(this::sendResult);
		if (!released.isEmpty()) {
			askedAgain();
		}
	}

	// The model waits for it, so it is sent later if it cannot be sent now. Without a
	// connection the calls are lost with it.
	private void sendResult(String id, Call call) {
		if (!trySend(ClientMessages.toolResponse(id, call.name(), call.result()))) {
			this.conversation.tell((state) -> state.tools().notReturned(id, call));
			this.context.schedule(RETRY, this::sendReleased);
		}
	}

	private void send(Message message) {
		this.ownSends.send(this.context::sendRaw, message);
	}

	private boolean trySend(Message message) {
		try {
			send(message);
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
		return part(this.conversation.ask((state) -> state.model().content(calls)));
	}

	@Override
	public Delivery transcribed() {
		return part(this.conversation.ask((state) -> state.model().transcribed()));
	}

	@Override
	public Delivery delivery() {
		return this.conversation.ask((state) -> state.model().delivery());
	}

	@Override
	public void generated() {
		this.conversation.tell((state) -> state.model().generated());
	}

	@Override
	public void answered(String delta) {
		this.conversation.tell((state) -> state.model().answered(delta));
	}

	@Override
	public void answeredInstead(String text) {
		this.conversation.tell((state) -> state.model().answeredInstead(text));
	}

	@Override
	public void dropped(int chunks) {
		this.context.discarded(chunks);
	}

	@Override
	public long heard(String delta, boolean finished) {
		return this.conversation.ask((state) -> state.spoken().transcribed(delta, finished));
	}

	@Override
	public void hearing(boolean words) {
		this.conversation.tell((state) -> state.spoken().hearing(words));
	}

	@Override
	public void activity(boolean begins) {
		this.conversation.tell((state) -> {
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
		this.conversation.tell((state) -> state.model().interrupted());
	}

	@Override
	public void idle() {
		this.conversation.tell((state) -> state.model().idle());
	}

	@Override
	public void refused() {
		this.conversation.tell((state) -> state.model().refused());
	}

	@Override
	public TurnEnd turnEnded(long response, String written) {
		TurnEnd end = this.conversation.ask((state) -> state.model().ended(response, written));
		this.resumption.turnEnded(now());
		if (end.isDelivered()) {
			response(end.response(), end.question());
		}
		return end;
	}

	@Override
	public ToldCalls toolsCalled(List<ToolCall> calls) {
		Set<String> own = this.tools.names();
		CalledTools called = this.conversation.ask((state) -> state.tools().called(calls, own::contains));
		called.abandoned().forEach(this.tools::cancel);
		// The model would wait for results for ever, and the turn with it
		called.refused()
			.forEach((call) -> trySend(ClientMessages.toolResponse(call.id(), call.name(), called.refusal())));
		Map<Boolean, List<ToolCall>> told = new LinkedHashMap<>();
		for (ToolCall call : called.open()) {
			told.computeIfAbsent(own.contains(call.name()), (added) -> new ArrayList<>()).add(call);
			this.tools.run(call);
		}
		return new ToldCalls(told, called.outcome());
	}

	@Override
	public void toolsCancelled(List<String> ids) {
		this.conversation.tell((state) -> state.tools().voided(ids));
		ids.forEach(this.tools::cancel);
	}

	@Override
	public void setUp() {
		this.setupChanges.confirmed();
	}

	@Override
	public void resumption(boolean resumable, String handle) {
		this.resumption.update(resumable, handle, this.conversation.ask(GeminiTurnState::isAnswering));
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

}
