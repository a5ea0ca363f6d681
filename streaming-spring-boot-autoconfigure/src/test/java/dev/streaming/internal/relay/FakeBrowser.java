package dev.streaming.internal.relay;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpHeaders;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PingMessage;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketExtension;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * A browser without a socket: controlled by the test, records what it receives.
 */
final class FakeBrowser implements WebSocketSession {

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private static final AtomicInteger IDS = new AtomicInteger();

	private final String id = "browser-" + IDS.incrementAndGet();

	private final RelayWebSocketHandler handler;

	private final Map<String, Object> attributes = new ConcurrentHashMap<>();

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	// Events as nodes, audio as bytes
	private final List<Object> received = new ArrayList<>();

	private boolean stalling;

	private boolean stuck;

	private boolean broken;

	private boolean answeringPings = true;

	private int pings;

	private int pongs;

	private @Nullable CloseStatus closeStatus;

	FakeBrowser(RelayWebSocketHandler handler, DefaultRelayHandshake handshake) {
		this.handler = handler;
		this.attributes.put(DefaultRelayHandshake.ATTRIBUTE, handshake);
		handler.afterConnectionEstablished(this);
	}

	/** Say something, with single quotes. */
	FakeBrowser say(String json) throws Exception {
		this.handler.handleMessage(this, new TextMessage(json.replace('\'', '"')));
		return this;
	}

	FakeBrowser hello() throws Exception {
		return say("{'type':'hello','version':1}");
	}

	FakeBrowser hello(String token, long received) throws Exception {
		return say("{'type':'hello','version':1,'token':'" + token + "','received':" + received + "}");
	}

	FakeBrowser speak(byte[] pcm) throws Exception {
		this.handler.handleMessage(this, new BinaryMessage(pcm));
		return this;
	}

	/** Be gone, as when a page is closed. */
	void leave() {
		this.handler.afterConnectionClosed(this, CloseStatus.GOING_AWAY);
	}

	/** Read nothing any more. */
	void stall() {
		with(() -> this.stalling = true);
	}

	/** Wait until a message to the browser that reads nothing is stuck. */
	void awaitStuck() throws InterruptedException {
		await(() -> this.stuck, "stuck message");
	}

	/** Read on. */
	void readOn() {
		with(() -> this.stalling = false);
	}

	/** Let the next write fail. */
	void breakConnection() {
		with(() -> this.broken = true);
	}

	void answerPings(boolean answer) {
		with(() -> this.answeringPings = answer);
	}

	List<JsonNode> events() {
		this.lock.lock();
		try {
			return this.received.stream().filter(JsonNode.class::isInstance).map(JsonNode.class::cast).toList();
		}
		finally {
			this.lock.unlock();
		}
	}

	List<String> types() {
		return events().stream().map((event) -> event.path("type").asString()).toList();
	}

	List<JsonNode> events(String type) {
		return events().stream().filter((event) -> type.equals(event.path("type").asString())).toList();
	}

	int audioBytes() {
		this.lock.lock();
		try {
			return this.received.stream()
				.filter(byte[].class::isInstance)
				.mapToInt((pcm) -> ((byte[]) pcm).length)
				.sum();
		}
		finally {
			this.lock.unlock();
		}
	}

	int pings() {
		this.lock.lock();
		try {
			return this.pings;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Wait until so many pings were answered. */
	void awaitPongs(int number) throws InterruptedException {
		await(() -> this.pongs >= number, "pong " + number);
	}

	JsonNode await(String type) throws InterruptedException {
		return await(type, (event) -> true);
	}

	JsonNode await(String type, Predicate<JsonNode> matching) throws InterruptedException {
		await(() -> events(type).stream().anyMatch(matching), type);
		return events(type).stream().filter(matching).findFirst().orElseThrow();
	}

	String awaitToken() throws InterruptedException {
		return await("ready").path("token").asString();
	}

	CloseStatus awaitClose() throws InterruptedException {
		await(() -> this.closeStatus != null, "close");
		CloseStatus status = this.closeStatus;
		if (status == null) {
			throw new AssertionError("not closed");
		}
		return status;
	}

	boolean isClosed() {
		this.lock.lock();
		try {
			return this.closeStatus != null;
		}
		finally {
			this.lock.unlock();
		}
	}

	void await(BooleanSupplier condition, String what) throws InterruptedException {
		this.lock.lockInterruptibly();
		try {
			long left = Duration.ofSeconds(10).toNanos();
			while (!condition.getAsBoolean()) {
				if (left <= 0) {
					throw new AssertionError("'" + what + "' has not come: " + this.received + " " + this.closeStatus);
				}
				left = this.changed.awaitNanos(left);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void with(Runnable action) {
		this.lock.lock();
		try {
			action.run();
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void sendMessage(WebSocketMessage<?> message) throws IOException {
		boolean pong = false;
		this.lock.lock();
		try {
			while (this.stalling && !this.broken) {
				this.stuck = true;
				this.changed.signalAll();
				this.changed.awaitUninterruptibly();
			}
			this.stuck = false;
			if (this.broken || this.closeStatus != null) {
				throw new IOException("Broken pipe");
			}
			if (message instanceof TextMessage text) {
				this.received.add(MAPPER.readTree(text.getPayload()));
			}
			else if (message instanceof BinaryMessage binary) {
				this.received.add(binary.getPayload().array());
			}
			else if (message instanceof PingMessage) {
				this.pings++;
				pong = this.answeringPings;
			}
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
		if (pong) {
			this.handler.handlePongMessage(this, new PongMessage());
			with(() -> this.pongs++);
		}
	}

	@Override
	public void close(CloseStatus status) {
		with(() -> this.closeStatus = status);
		this.handler.afterConnectionClosed(this, status);
	}

	@Override
	public void close() {
		close(CloseStatus.NORMAL);
	}

	@Override
	public String getId() {
		return this.id;
	}

	@Override
	public Map<String, Object> getAttributes() {
		return this.attributes;
	}

	@Override
	public boolean isOpen() {
		return !isClosed();
	}

	@Override
	public @Nullable URI getUri() {
		return null;
	}

	@Override
	public HttpHeaders getHandshakeHeaders() {
		return new HttpHeaders();
	}

	@Override
	public @Nullable Principal getPrincipal() {
		return null;
	}

	@Override
	public @Nullable InetSocketAddress getLocalAddress() {
		return null;
	}

	@Override
	public @Nullable InetSocketAddress getRemoteAddress() {
		return null;
	}

	@Override
	public @Nullable String getAcceptedProtocol() {
		return null;
	}

	@Override
	public void setTextMessageSizeLimit(int messageSizeLimit) {
	}

	@Override
	public int getTextMessageSizeLimit() {
		return 0;
	}

	@Override
	public void setBinaryMessageSizeLimit(int messageSizeLimit) {
	}

	@Override
	public int getBinaryMessageSizeLimit() {
		return 0;
	}

	@Override
	public List<WebSocketExtension> getExtensions() {
		return List.of();
	}

}
