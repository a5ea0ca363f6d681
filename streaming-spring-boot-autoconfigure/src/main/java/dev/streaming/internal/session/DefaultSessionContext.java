package dev.streaming.internal.session;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

import dev.streaming.ChunkRouter;
import dev.streaming.ConversationEvents;
import dev.streaming.Message;
import dev.streaming.SessionConfig;
import dev.streaming.SessionContext;
import dev.streaming.StreamChunk;
import dev.streaming.SubChannel;
import dev.streaming.internal.connection.PhysicalConnection;
import dev.streaming.internal.util.CloseReasons;
import dev.streaming.internal.util.SettingChecks;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.web.socket.CloseStatus;

/**
 * Default {@link SessionContext}. Called by any thread; nothing waits for the session's
 * task.
 */
final class DefaultSessionContext implements SessionContext {

	private final SessionControl session;

	private final ChunkDelivery delivery;

	private final SendGate gate;

	private final SessionEnvironment environment;

	private final ConversationMonitor monitor;

	private final InterceptorChain interceptors;

	DefaultSessionContext(SessionControl session, ChunkDelivery delivery, SendGate gate, SessionEnvironment environment,
			ConversationMonitor monitor, InterceptorChain interceptors) {
		this.interceptors = interceptors;
		this.monitor = monitor;
		this.session = session;
		this.delivery = delivery;
		this.gate = gate;
		this.environment = environment;
	}

	@Override
	public String sessionId() {
		return this.session.id();
	}

	@Override
	public String connectionName() {
		return this.session.connectionName();
	}

	@Override
	public Map<String, Object> attributes() {
		return this.environment.stateMachine().config().attributes();
	}

	@Override
	public Optional<SessionConfig> config() {
		return Optional.of(this.environment.config());
	}

	@Override
	public ConversationEvents conversation() {
		return this.monitor.reporting();
	}

	@Override
	public void emit(StreamChunk chunk) {
		Assert.notNull(chunk, "'chunk' must not be null");
		this.delivery.emit(chunk);
	}

	@Override
	public void send(Object message) {
		this.session.send(message);
	}

	@Override
	public void sendRaw(Message message) {
		this.session.sendRaw(message);
	}

	@Override
	public @Nullable String outgoingText(String role, String text) {
		return this.interceptors.text(role, text);
	}

	@Override
	public byte @Nullable [] outgoingAudio(byte[] audio, String mimeType, int sampleRate, int channels) {
		return this.interceptors.audio(audio, mimeType, sampleRate, channels);
	}

	@Override
	public int discard(Predicate<? super StreamChunk> unwanted) {
		return this.session.response().discard(unwanted);
	}

	@Override
	public void route(ChunkRouter router) {
		Assert.notNull(router, "'router' must not be null");
		this.delivery.route(router);
	}

	@Override
	public SubChannel subChannel() {
		return this.delivery.createSubChannel();
	}

	@Override
	public boolean withdraw(Message message) {
		return this.gate.withdraw(message);
	}

	@Override
	public void discarded(int chunks) {
		this.environment.observer().chunksDiscarded(chunks);
	}

	@Override
	public ScheduledTask schedule(Duration delay, Runnable task) {
		Assert.notNull(task, "'task' must not be null");
		SettingChecks.notNegative("delay", delay);
		return this.session.schedule(delay, task);
	}

	@Override
	public Duration readingTime() {
		return this.session.readingTime();
	}

	@Override
	public Optional<URI> uri() {
		PhysicalConnection physicalConnection = this.environment.stateMachine().physicalConnection();
		return (physicalConnection != null) ? Optional.of(physicalConnection.uri()) : Optional.empty();
	}

	@Override
	public String sanitize(@Nullable String text) {
		return this.environment.stateMachine().peerText().sanitize(text);
	}

	@Override
	public void connectionExpired() {
		this.session.connectionExpired();
	}

	@Override
	public void changeConnectionIn(Duration delay) {
		this.session.changeConnectionIn(SettingChecks.positive("delay", delay));
	}

	@Override
	public void reconnect(String reason, Duration within) {
		this.session.reconnect(reason, within);
	}

	@Override
	public void close(CloseStatus status) {
		this.session.end(SessionOutcome.closed(CloseReasons.sendable(status)));
	}

}
