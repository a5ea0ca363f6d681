package dev.streaming.testsupport;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

import dev.streaming.Conn;
import dev.streaming.ConnConfig;
import dev.streaming.internal.concurrent.BoundedExecutor;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.concurrent.ThreadScheduler;
import dev.streaming.internal.connection.DefaultConn;
import dev.streaming.internal.connection.StreamingRuntime;
import dev.streaming.internal.transport.Transport;
import dev.streaming.internal.transport.netty.NettyTransport;
import dev.streaming.internal.transport.websocket.StreamingWebSocketClient;
import dev.streaming.internal.transport.websocket.WebSocketClientTransport;
import dev.streaming.observation.StreamingObserver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A runtime on real sockets. One subclass of each subclass for each container behind
 * {@code StandardWebSocketClient}.
 */
@Timeout(60)
@Tag("socket")
public abstract class AbstractSocketTests {

	public static final Duration GRACE = Duration.ofMillis(500);

	private final ThreadScheduler timer = new ThreadScheduler("fault-timer");

	private final BoundedExecutor executor = new BoundedExecutor("fault-io-", 64);

	private StreamingRuntime runtime;

	private Conn conn;

	private final List<StreamingWebSocketClient> clients = new ArrayList<>();

	private NettyTransport closed;

	/**
	 * Create the transport.
	 * @param blockingExecutor runs blocking calls
	 * @param scheduler the clock
	 * @return the transport
	 */
	public abstract Transport transport(Executor blockingExecutor, Scheduler scheduler);

	@BeforeEach
	void create() {
		use(transport(this.executor, this.timer));
	}

	public void use(StreamingWebSocketClient client) {
		use(new WebSocketClientTransport(client, this.executor, this.timer));
	}

	private void use(Transport transport) {
		this.runtime = new StreamingRuntime(transport, this.executor, this.executor, this.timer, StreamingObserver.NONE,
				new Random());
	}

	/**
	 * Create a transport on Tomcat's client, whose threads end after the test: those of
	 * all its clients are the same, and {@code StreamingExecutorTests} look for them.
	 * @param blockingExecutor runs blocking calls
	 * @param scheduler the clock
	 * @return the transport
	 */
	public Transport tomcat(Executor blockingExecutor, Scheduler scheduler) {
		StreamingWebSocketClient client = new StreamingWebSocketClient();
		this.clients.add(client);
		return new WebSocketClientTransport(client, blockingExecutor, scheduler);
	}

	/**
	 * Close a transport after the test.
	 * @param transport the transport
	 * @return the transport
	 */
	public NettyTransport closedAtTheEnd(NettyTransport transport) {
		this.closed = transport;
		return transport;
	}

	@AfterEach
	void destroy() {
		if (this.conn != null) {
			this.conn.close();
		}
		if (this.closed != null) {
			this.closed.close();
		}
		this.clients.forEach(StreamingWebSocketClient::destroy);
		this.timer.close();
		this.executor.close();
	}

	public Conn conn(String url) {
		return conn(url, (builder) -> {
		});
	}

	public Conn conn(String url, Consumer<ConnConfig.Builder> changes) {
		ConnConfig.Builder builder = ConnConfig.builder(url)
			.dialTimeout(Duration.ofSeconds(10))
			.closeGracePeriod(GRACE)
			.retryBackoffBase(Duration.ofMillis(5))
			.header("Authorization", "Bearer s3cret-header");
		changes.accept(builder);
		this.conn = new DefaultConn(builder.build(), this.runtime);
		return this.conn;
	}

	public static String url(RawWebSocketServer server) {
		return server.uri("/live?key=s3cret-query").toString();
	}

	public static void assertNoSecret(Throwable failure) {
		for (Throwable each = failure; each != null; each = each.getCause()) {
			assertThat(String.valueOf(each)).doesNotContain("s3cret").doesNotContain("evil");
		}
	}

}
