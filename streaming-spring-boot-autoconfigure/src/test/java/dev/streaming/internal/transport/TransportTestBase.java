package dev.streaming.internal.transport;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

import dev.streaming.internal.concurrent.ThreadScheduler;
import dev.streaming.internal.transport.Transport.Dialing;
import dev.streaming.internal.transport.websocket.StreamingWebSocketClient;
import dev.streaming.internal.transport.websocket.WebSocketClientTransport;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A transport, a server, and a listener that records.
 */
@Timeout(60)
abstract class TransportTestBase {

	static final int MAX_MESSAGE_SIZE = 1024 * 1024;

	final RecordingListener listener = new RecordingListener();

	final AtomicBoolean interruptLeaked = new AtomicBoolean();

	final ThreadScheduler timer = new ThreadScheduler("contract-timer");

	final ExecutorService pool = Executors.newCachedThreadPool();

	final List<Runnable> destroyed = new ArrayList<>();

	ContractServer server;

	Transport transport;

	abstract ContractServer createServer();

	abstract Transport createTransport() throws Exception;

	@BeforeEach
	void start() throws Exception {
		this.transport = createTransport();
		this.server = createServer();
	}

	@AfterEach
	void stop() throws Exception {
		if (this.listener.isOpen()) {
			connection().abort();
			awaitEnd();
		}
		this.destroyed.forEach(Runnable::run);
		this.server.close();
		this.pool.shutdown();
		assertThat(this.pool.awaitTermination(10, TimeUnit.SECONDS)).as("no thread is stuck").isTrue();
		this.timer.close();
		assertThat(this.listener.violations()).isEmpty();
		assertThat(this.interruptLeaked).as("interrupt flag left on a pool's thread").isFalse();
	}

	/**
	 * Create a transport on a client, which is destroyed after the test.
	 * @param client the client
	 * @return the transport
	 */
	Transport on(StreamingWebSocketClient client) {
		this.destroyed.add(client::destroy);
		return new WebSocketClientTransport(client, this::execute, this.timer);
	}

	void execute(Runnable task) {
		this.pool.execute(() -> {
			task.run();
			if (Thread.currentThread().isInterrupted()) {
				this.interruptLeaked.set(true);
			}
		});
	}

	DialRequest request(URI uri) {
		return new DialRequest(uri, Map.of(), List.of(), null, MAX_MESSAGE_SIZE, Duration.ofSeconds(10));
	}

	Dialing dial() {
		return this.transport.dial(request(this.server.uri()), this.listener);
	}

	ContractPeer open() {
		dial();
		eventually(() -> assertThat(this.listener.connection()).isNotNull());
		return this.server.peer(1);
	}

	TransportConnection connection() {
		return this.listener.connection();
	}

	static void eventually(ThrowingRunnable assertion) {
		Awaitility.await().untilAsserted(assertion);
	}

	RecordingListener.Closed awaitEnd() {
		eventually(() -> assertThat(this.listener.ends()).hasSize(1));
		return this.listener.end();
	}

	DialException awaitFailure() {
		eventually(() -> assertThat(this.listener.failures()).hasSize(1));
		return this.listener.failures().get(0);
	}

	static byte[] random(int size) {
		byte[] bytes = new byte[size];
		new Random(size).nextBytes(bytes);
		return bytes;
	}

	static byte[] utf8(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	static List<String> numbers(int from, int to) {
		return IntStream.range(from, to).mapToObj((i) -> "message " + i).toList();
	}

	void send(CompletableFuture<Void> write) {
		assertThat(write).succeedsWithin(Duration.ofSeconds(10));
	}

	CompletableFuture<Void> stall(ContractPeer peer) {
		peer.stopReading();
		return stall();
	}

	CompletableFuture<Void> stall() {
		byte[] bytes = random(MAX_MESSAGE_SIZE);
		for (int i = 0; i < 100; i++) {
			CompletableFuture<Void> write = connection().sendBinary(ByteBuffer.wrap(bytes)).toCompletableFuture();
			try {
				write.get(500, TimeUnit.MILLISECONDS);
			}
			catch (TimeoutException ex) {
				return write;
			}
			catch (Exception ex) {
				throw new AssertionError(ex);
			}
		}
		throw new AssertionError("No write stalls");
	}

}
