package dev.streaming.internal.connection;

import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

import dev.streaming.ConnConfig;
import dev.streaming.TransportType;
import dev.streaming.internal.concurrent.BoundedExecutor;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.concurrent.ThreadScheduler;
import dev.streaming.internal.transport.SelectingTransport;
import dev.streaming.internal.transport.Transport;
import dev.streaming.internal.transport.netty.NettyTransport;
import dev.streaming.internal.transport.websocket.StreamingWebSocketClient;
import dev.streaming.internal.transport.websocket.WebSocketClientTransport;
import dev.streaming.observation.StreamingObserver;
import org.jspecify.annotations.Nullable;

/**
 * Resources that connections and sessions share: transport, executors, scheduler,
 * observer. Internal, not API: public because the auto-configuration creates it.
 *
 * @param transport the transport
 * @param workers the executor for handlers, hooks and listeners, which may block
 * @param dialers the executor for handshake customizers, which may block
 * @param timer the scheduler
 * @param observer notified of events
 * @param random the source of jitter
 * @param credentials returns advice on the credentials of a connection for the message of
 * a refused dial, or {@code null}
 */
public record StreamingRuntime(Transport transport, Executor workers, Executor dialers, Scheduler timer,
		StreamingObserver observer, RandomGenerator random, Function<ConnConfig, @Nullable String> credentials) {

	/** Maximum number of threads of each pool. */
	private static final int MAX_THREADS = 256;

	/**
	 * Create a runtime without advice on credentials.
	 * @param transport the transport
	 * @param workers the executor for handlers, hooks and listeners, which may block
	 * @param dialers the executor for handshake customizers, which may block
	 * @param timer the scheduler
	 * @param observer notified of events
	 * @param random the source of jitter
	 */
	public StreamingRuntime(Transport transport, Executor workers, Executor dialers, Scheduler timer,
			StreamingObserver observer, RandomGenerator random) {
		this(transport, workers, dialers, timer, observer, random, (config) -> null);
	}

	/**
	 * Return the shared runtime of connections that are created without a Spring context.
	 * Its threads are daemons that end when they are idle.
	 * @return the runtime
	 */
	public static StreamingRuntime shared() {
		return Shared.INSTANCE;
	}

	private static final class Shared {

		static final StreamingRuntime INSTANCE = create();

		private static StreamingRuntime create() {
			Scheduler timer = new ThreadScheduler("streaming-timer");
			Executor io = new BoundedExecutor("streaming-io-", MAX_THREADS);
			Map<TransportType, Supplier<Transport>> transports = Map.of(TransportType.STANDARD,
					() -> new WebSocketClientTransport(new StreamingWebSocketClient(), io, timer), TransportType.NETTY,
					() -> new NettyTransport(io));
			return new StreamingRuntime(new SelectingTransport(transports),
					new BoundedExecutor("streaming-worker-", MAX_THREADS),
					new BoundedExecutor("streaming-dial-", MAX_THREADS), timer, StreamingObserver.NONE, new Random());
		}

	}

}
