package dev.streaming.test;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

import dev.streaming.ConnConfig;
import dev.streaming.ErrorClassifier;
import dev.streaming.Message;
import dev.streaming.OutagePolicy;
import dev.streaming.Session;
import dev.streaming.SessionConfig;
import dev.streaming.SessionHandler;
import dev.streaming.SessionSpec;
import dev.streaming.StreamChunk;
import dev.streaming.internal.concurrent.BoundedExecutor;
import dev.streaming.internal.concurrent.SequentialExecutor;
import dev.streaming.internal.connection.DefaultConnFactory;
import dev.streaming.internal.connection.StreamingRuntime;
import dev.streaming.internal.session.ConnectionDefinitions;
import dev.streaming.internal.session.DefaultSessionFactory;
import dev.streaming.observation.StreamingObserver;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.web.socket.CloseStatus;

/**
 * Test support for a single {@link SessionHandler}, without Spring and without a network,
 * in a real session. The test acts as the peer: it sends messages, and receives the
 * chunks and messages of the handler.
 *
 * <pre>{@code
 * try (HandlerTester tester = HandlerTester.of(EchoHandler::new)) {
 *     assertThat(tester.open().receive("hello")).extracting(StreamChunk::delta).containsExactly("hello");
 *     tester.drop();
 *     assertThat(tester.sent()).containsExactly("setup", "setup");
 * }
 * }</pre>
 *
 * The session reconnects as specified by {@link TestTime}; scheduled tasks of the handler
 * run when {@link #advance} is called. Not thread-safe.
 *
 * @since 1.0.0
 */
public final class HandlerTester implements AutoCloseable {

	private static final String URL = "ws://handler-tester.test/";

	private final Activity activity = new Activity();

	private final BoundedExecutor threads = new BoundedExecutor("handler-tester-", 32);

	private final Executor watched = this.activity.watch(this.threads);

	private final TestTime time = new TestTime(this.activity, this.threads);

	private final Supplier<? extends SessionHandler> handlers;

	private final TesterPeer peer = new TesterPeer();

	private final List<Message> sent = new CopyOnWriteArrayList<>();

	private final List<Reaction> reactions = new CopyOnWriteArrayList<>();

	private Consumer<ConnConfig.Builder> conn = (builder) -> {
	};

	private Consumer<SessionConfig.Builder> settings = (builder) -> {
	};

	private @Nullable Session session;

	private HandlerTester(Supplier<? extends SessionHandler> handlers) {
		this.handlers = handlers;
	}

	/**
	 * Create a tester for a handler.
	 * @param handler creates the handler of the session
	 * @return a tester whose session is not open yet
	 */
	public static HandlerTester of(Supplier<? extends SessionHandler> handler) {
		return new HandlerTester(handler);
	}

	/**
	 * Customize the settings of the connection.
	 * @param change the customizer
	 * @return this
	 */
	public HandlerTester conn(Consumer<ConnConfig.Builder> change) {
		this.conn = this.conn.andThen(change);
		return this;
	}

	/**
	 * Customize the settings of the session. By default it reconnects with five attempts,
	 * and buffers messages meanwhile.
	 * @param change the customizer
	 * @return this
	 */
	public HandlerTester session(Consumer<SessionConfig.Builder> change) {
		this.settings = this.settings.andThen(change);
		return this;
	}

	/**
	 * Answer matching messages of the handler automatically, such as a setup that waits
	 * for its confirmation.
	 * @param message accepts the text of the message
	 * @param answers the messages of the peer
	 * @return this
	 */
	public HandlerTester whenSent(Predicate<String> message, String... answers) {
		this.reactions.add(new Reaction(message, List.of(answers)));
		return this;
	}

	/**
	 * Open the session: dial, and set up the connection by the handler.
	 * @return this
	 * @throws RuntimeException if the handler fails, as on opening a session
	 */
	public HandlerTester open() {
		return open((spec) -> {
		});
	}

	/**
	 * Open the session: dial, and set up the connection by the handler.
	 * @param spec the customizer of this session, such as of its attributes
	 * @return this
	 * @throws RuntimeException if the handler fails, as on opening a session
	 */
	public HandlerTester open(Consumer<SessionSpec> spec) {
		Assert.state(this.session == null, "The session is open already");
		StreamingRuntime runtime = new StreamingRuntime(
				new MemoryTransport((request) -> this.peer, MemoryTransport.none("There is no network")), this.watched,
				this.watched, this.time.scheduler(), StreamingObserver.NONE, new Random(1));
		Definitions definitions = new Definitions();
		try {
			this.session = new DefaultSessionFactory(new DefaultConnFactory(runtime, definitions::conn), definitions)
				.open("tester", spec);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while the session opens", ex);
		}
		this.activity.settle();
		return this;
	}

	/**
	 * Return the session.
	 * @return the session
	 * @throws IllegalStateException before {@link #open()}
	 */
	public Session session() {
		Session current = this.session;
		if (current == null) {
			throw new IllegalStateException("The session is not open; call open() first");
		}
		return current;
	}

	/**
	 * Return the clock of the session.
	 * @return the clock
	 */
	public TestTime time() {
		return this.time;
	}

	/**
	 * Send text messages of the peer, and take the resulting chunks.
	 * @param texts the messages
	 * @return all chunks that were not taken before, in order
	 */
	public List<StreamChunk> receive(String... texts) {
		List<Message> messages = new ArrayList<>();
		for (String text : texts) {
			messages.add(Message.text(text));
		}
		return receive(messages);
	}

	/**
	 * Send messages of the peer, and take the resulting chunks.
	 * @param messages the messages, text or binary
	 * @return all chunks that were not taken before, in order
	 */
	public List<StreamChunk> receive(List<Message> messages) {
		this.peer.act((connection) -> messages.forEach(connection::message));
		return chunks();
	}

	/**
	 * Take the available chunks after the handler has become idle.
	 * @return all chunks that were not taken before, in order
	 */
	public List<StreamChunk> chunks() {
		this.activity.settle();
		List<StreamChunk> chunks = new ArrayList<>();
		try {
			var chunk = session().response().poll(Duration.ZERO);
			while (chunk.isPresent()) {
				chunks.add(chunk.get());
				this.activity.settle();
				chunk = session().response().poll(Duration.ZERO);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return chunks;
	}

	/**
	 * Return the messages sent to the peer.
	 * @return the texts of all messages, on all connections
	 */
	public List<String> sent() {
		return sentMessages().stream().map(Message::text).toList();
	}

	/**
	 * Return the messages sent to the peer.
	 * @return all messages, on all connections
	 */
	public List<Message> sentMessages() {
		this.activity.settle();
		return List.copyOf(this.sent);
	}

	/**
	 * Return the number of connections that were made.
	 * @return the number
	 */
	public int connections() {
		this.activity.settle();
		return this.peer.connections;
	}

	/**
	 * Reset the connection (RST). The session reconnects if permitted.
	 * @return this
	 */
	public HandlerTester drop() {
		this.peer.act((connection) -> connection.end(CloseStatus.NO_CLOSE_FRAME, new IOException("Connection reset")));
		this.activity.settle();
		return this;
	}

	/**
	 * Close the connection by the peer.
	 * @param code the code of the close frame
	 * @param reason its reason
	 * @return this
	 */
	public HandlerTester close(int code, String reason) {
		this.peer.act((connection) -> connection.end(new CloseStatus(code, reason), null));
		this.activity.settle();
		return this;
	}

	/**
	 * Advance the clock.
	 * @param duration the time to advance
	 * @return this
	 */
	public HandlerTester advance(Duration duration) {
		this.time.advance(duration);
		return this;
	}

	/**
	 * Close the session, if it is open, and stop the threads.
	 */
	@Override
	public void close() {
		if (this.session != null) {
			this.session.close();
		}
		this.threads.close();
	}

	private record Reaction(Predicate<String> message, List<String> answers) {

	}

	/**
	 * Peer that is controlled by the test. Its state is confined to its lane.
	 */
	private final class TesterPeer implements Peer {

		private final SequentialExecutor lane = new SequentialExecutor(HandlerTester.this.watched);

		private volatile int connections;

		private volatile @Nullable MemoryConnection connection;

		@Override
		public Executor lane() {
			return this.lane;
		}

		@Override
		public void dialled(MemoryDial dial) {
			MemoryConnection accepted = dial.accept(new MemoryConnection.Handler() {

				@Override
				public void received(Message message) {
					HandlerTester.this.sent.add(message);
					HandlerTester.this.reactions.stream()
						.filter((reaction) -> reaction.message().test(message.text()))
						.flatMap((reaction) -> reaction.answers().stream())
						.forEach((answer) -> act((current) -> current.message(Message.text(answer))));
				}

				@Override
				public void closing(CloseStatus status) {
					// Answered by the connection
				}

				@Override
				public void aborted() {
					// Detected by the session
				}

			});
			this.connections++;
			this.connection = accepted;
			accepted.open();
		}

		void act(Consumer<MemoryConnection> action) {
			MemoryConnection current = this.connection;
			Assert.state(current != null, "There is no connection");
			this.lane.execute(() -> action.accept(current));
		}

	}

	private final class Definitions implements ConnectionDefinitions {

		@Override
		public ConnConfig.Builder conn(String name) {
			ConnConfig.Builder builder = ConnConfig.builder(URL).name(name);
			HandlerTester.this.conn.accept(builder);
			return builder;
		}

		@Override
		public SessionConfig.Builder session(String name) {
			SessionConfig.Builder builder = SessionConfig.builder()
				.onError(ErrorClassifier.transientErrors())
				.maxReconnectAttempts(5)
				.sendWhileReconnecting(OutagePolicy.WAIT)
				.responseChannelSize(1000);
			HandlerTester.this.settings.accept(builder);
			return builder;
		}

		@Override
		public Runnable handler(String name, SessionConfig.Builder session) {
			session.handler(HandlerTester.this.handlers.get());
			return () -> {
			};
		}

	}

}
