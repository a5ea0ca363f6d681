package dev.streaming.benchmarks;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import dev.streaming.ConnConfig;
import dev.streaming.ResponseChannel;
import dev.streaming.Session;
import dev.streaming.SessionConfig;
import dev.streaming.StreamChunk;
import dev.streaming.internal.concurrent.BoundedExecutor;
import dev.streaming.internal.concurrent.ThreadScheduler;
import dev.streaming.internal.connection.DefaultConn;
import dev.streaming.internal.connection.StreamingRuntime;
import dev.streaming.internal.transport.DialRequest;
import dev.streaming.internal.transport.Transport;
import dev.streaming.internal.transport.TransportConnection;
import dev.streaming.internal.transport.TransportListener;
import dev.streaming.observation.StreamingObserver;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

import org.springframework.web.socket.CloseStatus;

/**
 * Messages from the transport's thread to the consumer's: through the queue of a
 * connection, and through those of a session. The transport is none, and the message is
 * always the same.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HandOverBenchmark {

	/** Together they are smaller than what makes a connection pause reading. */
	private static final int BURST = 500;

	/** Queues that the messages pass. */
	@Param({ "connection", "session" })
	public String through = "";

	private final byte[] message = Event.encoded();

	private final AtomicReference<TransportListener> transport = new AtomicReference<>();

	private final AtomicInteger expected = new AtomicInteger();

	private final Semaphore all = new Semaphore(0);

	private Runnable end = () -> {
	};

	/**
	 * Connect.
	 * @throws InterruptedException if interrupted
	 */
	@Setup
	public void setUp() throws InterruptedException {
		StreamingRuntime runtime = new StreamingRuntime(this::dial, new BoundedExecutor("worker-", 8),
				new BoundedExecutor("dial-", 8), new ThreadScheduler("timer"), StreamingObserver.NONE, new Random(1));
		DefaultConn conn = new DefaultConn(ConnConfig.builder("ws://localhost:1").build(), runtime);
		conn.connect();
		if (this.through.equals("connection")) {
			this.end = conn::close;
			start(() -> conn.receiveLoop((received) -> taken()));
		}
		else {
			List<StreamChunk> chunks = List.of(StreamChunk.delta("word"));
			Session session = Session.open(SessionConfig.builder().conn(conn).onMessage((received) -> chunks).build());
			this.end = session::close;
			start(() -> take(session.response()));
		}
	}

	private void take(ResponseChannel response) throws InterruptedException {
		while (response.take().isPresent()) {
			taken();
		}
	}

	private void taken() {
		if (this.expected.decrementAndGet() == 0) {
			this.all.release();
		}
	}

	/** Disconnect. */
	@TearDown
	public void tearDown() {
		this.end.run();
	}

	/**
	 * Hand over many messages at once, and wait for the last one.
	 * @throws InterruptedException if interrupted
	 */
	@Benchmark
	@OperationsPerInvocation(BURST)
	public void burst() throws InterruptedException {
		handOver(BURST);
	}

	/**
	 * Hand over one message, and wait for it.
	 * @throws InterruptedException if interrupted
	 */
	@Benchmark
	public void one() throws InterruptedException {
		handOver(1);
	}

	private void handOver(int count) throws InterruptedException {
		this.expected.set(count);
		TransportListener listener = this.transport.get();
		for (int i = 0; i < count; i++) {
			listener.text(this.message);
		}
		if (!this.all.tryAcquire(10, TimeUnit.SECONDS)) {
			throw new IllegalStateException("Messages are missing: " + this.expected);
		}
	}

	private Transport.Dialing dial(DialRequest request, TransportListener listener) {
		this.transport.set(listener);
		listener.opened(new NoConnection(listener));
		return () -> {
		};
	}

	private static void start(Task task) {
		Thread thread = new Thread(() -> {
			try {
				task.run();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}, "consumer");
		thread.setDaemon(true);
		thread.start();
	}

	@FunctionalInterface
	private interface Task {

		void run() throws InterruptedException;

	}

	/**
	 * A connection that sends nothing.
	 *
	 * @param listener notified of its end
	 */
	private record NoConnection(TransportListener listener) implements TransportConnection {

		@Override
		public CompletionStage<Void> sendText(String text) {
			return CompletableFuture.completedFuture(null);
		}

		@Override
		public CompletionStage<Void> sendText(ByteBuffer utf8) {
			return CompletableFuture.completedFuture(null);
		}

		@Override
		public CompletionStage<Void> sendBinary(ByteBuffer bytes) {
			return CompletableFuture.completedFuture(null);
		}

		@Override
		public void ping() {
			// Nobody asks
		}

		@Override
		public void pause() {
			// A burst is smaller than that
		}

		@Override
		public void resume() {
			// As above
		}

		@Override
		public void close(CloseStatus status) {
			this.listener.closed(status, null);
		}

		@Override
		public void abort() {
			close(CloseStatus.NO_CLOSE_FRAME);
		}

	}

}
