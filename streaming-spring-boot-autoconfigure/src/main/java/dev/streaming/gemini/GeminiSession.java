package dev.streaming.gemini;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

import dev.streaming.Message;
import dev.streaming.SessionContext;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import dev.streaming.ToolCall;
import dev.streaming.realtime.RealtimeChunks;
import dev.streaming.realtime.ToolRunner;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * What a session is at: brings together the conversation, the tools, how to resume, and
 * when the server wants to be left. Belongs to the session's task, but for what says
 * otherwise.
 */
final class GeminiSession implements ServerEvents {

	private static final Logger logger = LoggerFactory.getLogger(GeminiSession.class);

	/** What the change of connection itself may take before the server ends it. */
	private static final Duration LONGEST_MARGIN = Duration.ofSeconds(5);

	private static final String GO_AWAY = "goAway";

	private final SessionContext context;

	private final GeminiTurnState conversation;

	private final ToolRunner tools;

	private final AtomicLong unknownFields;

	private final LongSupplier clock;

	private final ServerMessageReader reader = new ServerMessageReader(this);

	private final Resumption resumption = new Resumption();

	// When the server ends the connection; null while it has not said
	private @Nullable Long leaveBy;

	GeminiSession(SessionContext context, GeminiTurnState conversation, ToolRunner tools, AtomicLong unknownFields,
			LongSupplier clock) {
		this.context = context;
		this.conversation = conversation;
		this.tools = tools;
		this.unknownFields = unknownFields;
		this.clock = clock;
	}

	Resumption resumption() {
		return this.resumption;
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
		return this.reader.read(message);
	}

	boolean isResponseInFlight() {
		// The handle that includes the last turn comes right behind it
		return this.conversation.isTurnOpen() || this.conversation.hasUnasked()
				|| this.resumption.isSettling(this.clock.getAsLong());
	}

	/**
	 * The connection is gone: tell what is lost with it. Once for each connection.
	 */
	void disconnected() {
		GeminiTurnState.Lost lost = this.conversation.disconnected();
		this.reader.reset();
		this.resumption.disconnected();
		this.leaveBy = null;
		if (!lost.calls().isEmpty()) {
			lost.calls().forEach(this.tools::cancel);
			this.context.emit(GeminiChunks.toolCallsCancelled(lost.calls()));
		}
		if (lost.turn()) {
			this.context.emit(RealtimeChunks.connectionLost());
		}
	}

	@Override
	public void unknownFields(int count) {
		if (count > 0) {
			this.unknownFields.addAndGet(count);
		}
	}

	@Override
	public void answering() {
		if (this.conversation.answering(this.tools::supports) && this.leaveBy != null) {
			// The change may have been put off for a moment only
			leave(Duration.ofDays(1));
		}
	}

	@Override
	public boolean isCancelled() {
		return this.conversation.isCancelled();
	}

	@Override
	public void answered(String delta) {
		this.conversation.answered(delta);
	}

	@Override
	public void heard(String delta, boolean finished) {
		this.conversation.heard(delta, finished);
	}

	@Override
	public void interrupted() {
		this.conversation.interrupted();
	}

	@Override
	public void idle() {
		this.conversation.idle();
	}

	@Override
	public void turnEnded() {
		this.conversation.turnEnded();
		this.resumption.turnEnded(this.clock.getAsLong());
		if (this.leaveBy != null && this.resumption.isSettling(this.clock.getAsLong())) {
			leave(Resumption.SETTLING);
		}
	}

	@Override
	public Map<Boolean, List<ToolCall>> toolsCalled(List<ToolCall> calls) {
		Map<Boolean, List<ToolCall>> called = new LinkedHashMap<>();
		if (this.conversation.isCancelled()) {
			// The model would wait for results for ever, and the turn with it
			calls.forEach(this::refuse);
			return called;
		}
		for (ToolCall call : this.conversation.called(calls)) {
			called.computeIfAbsent(this.tools.supports(call.name()), (added) -> new ArrayList<>()).add(call);
			this.tools.run(call);
		}
		return called;
	}

	private void refuse(ToolCall call) {
		try {
			this.context.sendRaw(ClientMessages.toolResponse(call.id(), call.name(), ClientMessages.CANCELLED));
		}
		catch (StreamingException ex) {
			// Then the turn is over, with its connection
			logger.atDebug()
				.setCause(ex)
				.addKeyValue("session", this.context.sessionId())
				.addKeyValue("connection", this.context.connectionName())
				.log("A tool call is dropped");
		}
	}

	@Override
	public void toolsCancelled(List<String> ids) {
		this.conversation.callsCancelled(ids);
		ids.forEach(this.tools::cancel);
	}

	@Override
	public boolean isAwaitingTools() {
		return !this.conversation.openCalls().isEmpty();
	}

	@Override
	public void resumption(boolean resumable, String handle) {
		this.resumption.update(resumable, handle, this.conversation.isAnswering());
	}

	@Override
	public void goAway(Duration timeLeft) {
		logger.atDebug()
			.addKeyValue("session", this.context.sessionId())
			.addKeyValue("connection", this.context.connectionName())
			.addKeyValue("timeLeft", timeLeft)
			.log("The server is going away");
		Duration margin = timeLeft.dividedBy(5);
		Duration within = timeLeft.minus((margin.compareTo(LONGEST_MARGIN) < 0) ? margin : LONGEST_MARGIN);
		this.leaveBy = this.clock.getAsLong() + within.toNanos();
		boolean settling = !this.conversation.isTurnOpen() && this.resumption.isSettling(this.clock.getAsLong());
		leave(settling ? Resumption.SETTLING : within);
	}

	/**
	 * Change the connection.
	 * @param within how long a turn may hold that up, if the server's time allows
	 */
	private void leave(Duration within) {
		Long until = this.leaveBy;
		if (until != null) {
			long left = Math.max(0, until - this.clock.getAsLong());
			this.context.reconnect(GO_AWAY, Duration.ofNanos(Math.min(left, within.toNanos())));
		}
	}

}
