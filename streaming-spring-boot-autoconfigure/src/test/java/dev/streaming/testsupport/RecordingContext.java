package dev.streaming.testsupport;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

import dev.streaming.Conn;
import dev.streaming.ConnConfig;
import dev.streaming.Message;
import dev.streaming.SessionConfig;
import dev.streaming.SessionContext;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.web.socket.CloseStatus;

/**
 * Records what a handler does with its session.
 */
public class RecordingContext implements SessionContext {

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	public final List<StreamChunk> emitted = new ArrayList<>();

	public final List<JsonNode> sent = new ArrayList<>();

	public final List<Duration> changes = new ArrayList<>();

	public boolean broken;

	public int discarded;

	/** The clock of the session, and what it sets off. */
	public final ManualScheduler scheduler = new ManualScheduler();

	private final long origin = this.scheduler.nanoTime();

	/** The time in which reading stood still. */
	public Duration stood = Duration.ZERO;

	public Optional<SessionConfig> config = Optional.empty();

	public Map<String, Object> attributes = Map.of();

	/**
	 * Return settings of a session without a connection.
	 * @param change sets them
	 * @return the settings
	 */
	public static SessionConfig config(UnaryOperator<SessionConfig.Builder> change) {
		return change
			.apply(SessionConfig.builder()
				.conn(Conn.create(ConnConfig.builder("ws://localhost").build()))
				.onMessage((message) -> List.of()))
			.build();
	}

	@Override
	public String sessionId() {
		return "test-1";
	}

	@Override
	public String connectionName() {
		return "test";
	}

	@Override
	public Map<String, Object> attributes() {
		return this.attributes;
	}

	@Override
	public Optional<SessionConfig> config() {
		return this.config;
	}

	@Override
	public void emit(StreamChunk chunk) {
		this.emitted.add(chunk);
	}

	@Override
	public void send(Object message) {
		throw new AssertionError("The protocol has a mapper of its own");
	}

	@Override
	public void sendRaw(Message message) {
		if (this.broken) {
			throw new StreamingException("No connection");
		}
		this.sent.add(MAPPER.readTree(message.text()));
	}

	@Override
	public int discard(Predicate<? super StreamChunk> unwanted) {
		throw new AssertionError("Not expected");
	}

	@Override
	public void discarded(int chunks) {
		this.discarded += chunks;
	}

	@Override
	public ScheduledTask schedule(Duration delay, Runnable task) {
		return this.scheduler.schedule(delay, task)::cancel;
	}

	@Override
	public Duration readingTime() {
		return Duration.ofNanos(this.scheduler.nanoTime() - this.origin).minus(this.stood);
	}

	@Override
	public void reconnect(String reason, Duration within) {
		if (!"goAway".equals(reason)) {
			throw new AssertionError(reason);
		}
		this.changes.add(within);
	}

	@Override
	public void close(CloseStatus status) {
		throw new AssertionError("Not expected");
	}

}
