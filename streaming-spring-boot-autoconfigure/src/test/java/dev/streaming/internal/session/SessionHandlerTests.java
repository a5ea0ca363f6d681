package dev.streaming.internal.session;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

import dev.streaming.Conn;
import dev.streaming.ConnectionLostException;
import dev.streaming.ErrorClassifier;
import dev.streaming.Message;
import dev.streaming.PermanentFailureException;
import dev.streaming.ReconnectContext;
import dev.streaming.Session;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.StreamChunk;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

/**
 * Callbacks of a {@link SessionHandler}, and the order of the chunks that it emits.
 */
class SessionHandlerTests extends AbstractSessionTests {

	private final Witness handler = new Witness();

	private DefaultSession open(int attempts) throws InterruptedException {
		return open((builder) -> builder.onMessage(null)
			.handler(this.handler)
			.onError(ErrorClassifier.transientErrors())
			.maxReconnectAttempts(attempts));
	}

	@Test
	@Rule("S2")
	void lossIsReportedAfterTheLastMessageAndBeforeTheNextAttempt() throws Exception {
		DefaultSession session = open(3);
		this.runtime.peer().text("last");
		this.runtime.peer().drop();
		assertThat(take(session, 2)).containsExactly("last", "gone");
		assertThat(session.state()).isEqualTo(Session.State.RECONNECTING);
		backOff(2);
		awaitState(session, Session.State.OPEN);
		assertThat(this.handler.events).containsExactly("connect", "last", "disconnected", "reconnect 1");
	}

	@Test
	@Rule("S2")
	void lossWithoutReconnectIsReportedBeforeTheEnd() throws Exception {
		DefaultSession session = open(0);
		this.runtime.peer().drop();
		assertThat(takeAll(session)).containsExactly("gone");
		awaitDone(session);
		assertThat(session.error()).get().isInstanceOf(ConnectionLostException.class);
		assertThat(this.handler.events).containsExactly("connect", "disconnected", "closed");
	}

	@Test
	void normalCloseOfThePeerIsReportedBeforeTheEnd() throws Exception {
		DefaultSession session = open(3);
		this.runtime.peer().close(CloseStatus.NORMAL);
		assertThat(takeAll(session)).containsExactly("gone");
		awaitDone(session);
		assertThat(session.error()).isEmpty();
		assertThat(this.handler.events).containsExactly("connect", "disconnected", "closed");
	}

	@Test
	void ourOwnCloseIsNoLoss() throws Exception {
		DefaultSession session = open(3);
		session.close();
		assertThat(takeAll(session)).isEmpty();
		assertThat(this.handler.events).containsExactly("connect", "closed");
	}

	@Test
	void plannedChangeIsReportedWhenTheOldConnectionIsDrained() throws Exception {
		DefaultSession session = open(0);
		InMemoryPeer old = this.runtime.peer();
		old.onClose((peer) -> peer.text("under way"));
		TestRuntime.get(session.reconnect("test").toCompletableFuture());
		assertThat(take(session, 2)).containsExactly("under way", "gone as planned");
		assertThat(this.handler.events).containsExactly("connect", "under way", "disconnected as planned",
				"reconnect 1");
	}

	@Test
	void connectionWhoseSetupFailedIsReported() throws Exception {
		DefaultSession session = open(3);
		this.handler.onReconnect = (conn) -> {
			this.handler.onReconnect = (next) -> {
			};
			throw new IllegalStateException("not this time");
		};
		this.runtime.peer().drop();
		backOff(2);
		TestRuntime.eventually(() -> assertThat(this.handler.events).endsWith("reconnect 1", "disconnected"));
		backOff(3);
		awaitState(session, Session.State.OPEN);
		assertThat(this.handler.events).containsExactly("connect", "disconnected", "reconnect 1", "disconnected",
				"reconnect 2");
	}

	@Test
	void exceptionChangesNothing() throws Exception {
		this.handler.failing = true;
		DefaultSession session = open(3);
		this.runtime.peer().drop();
		backOff(2);
		awaitState(session, Session.State.OPEN);
		assertThat(this.handler.events).contains("disconnected", "reconnect 1");
	}

	@Test
	void consumerOfChunksOfASetupFindsTheSessionOpen() throws Exception {
		CountDownLatch emitted = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		this.handler.onReconnect = (conn) -> {
			this.handler.context.emit(StreamChunk.delta("reset"));
			emitted.countDown();
			await(goOn);
		};
		DefaultSession session = open(3);
		this.runtime.peer().drop();
		assertThat(take(session, 1)).containsExactly("gone");
		InMemoryPeer next = backOff(2);
		await(emitted);
		next.text("behind the setup");
		assertThat(session.response().poll(Duration.ofMillis(50))).isEmpty();
		goOn.countDown();
		assertThat(take(session, 1)).containsExactly("reset");
		assertThatCode(() -> session.sendRaw("answer")).doesNotThrowAnyException();
		assertThat(take(session, 1)).containsExactly("behind the setup");
	}

	@Test
	void chunksOfAnotherThreadDuringASetupAreDeliveredAtOnce() throws Exception {
		CountDownLatch emitted = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		this.handler.onReconnect = (conn) -> {
			emitted.countDown();
			await(goOn);
		};
		DefaultSession session = open(3);
		this.runtime.peer().drop();
		assertThat(take(session, 1)).containsExactly("gone");
		backOff(2);
		await(emitted);
		this.handler.context.emit(StreamChunk.delta("from a tool"));
		assertThat(take(session, 1)).containsExactly("from a tool");
		goOn.countDown();
		awaitState(session, Session.State.OPEN);
	}

	@Test
	@Rule("S2")
	void chunksOfAFailedSetupAreDelivered() throws Exception {
		this.handler.onReconnect = (conn) -> {
			this.handler.context.emit(StreamChunk.delta("why"));
			throw new PermanentFailureException("no", null);
		};
		DefaultSession session = open(3);
		this.runtime.peer().drop();
		backOff(2);
		assertThat(takeAll(session)).containsExactly("gone", "why", "gone");
		awaitDone(session);
	}

	@Test
	void chunkOfTheFirstSetupIsTheFirst() throws Exception {
		this.handler.onConnect = (conn) -> this.handler.context.emit(StreamChunk.delta("hello"));
		DefaultSession session = open(3);
		this.runtime.peer().text("and then");
		assertThat(take(session, 2)).containsExactly("hello", "and then");
	}

	@Test
	@Rule("S13")
	void callbacksAreNotOnTheCallersThread() throws Exception {
		DefaultSession session = open(3);
		TestRuntime.get(session.reconnect("test").toCompletableFuture());
		session.close();
		assertThat(this.handler.threads.keySet()).contains("connect", "responseInFlight", "disconnected", "reconnect",
				"closing", "closed");
		assertThat(this.handler.threads.values()).allMatch((thread) -> thread.startsWith("test-worker-"));
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Records its callbacks, and emits a chunk when a connection is gone.
	 */
	private static final class Witness implements SessionHandler {

		private final List<String> events = new CopyOnWriteArrayList<>();

		private final Map<String, String> threads = new ConcurrentHashMap<>();

		private volatile SessionContext context;

		private volatile boolean failing;

		private volatile Consumer<Conn> onConnect = (conn) -> {
		};

		private volatile Consumer<Conn> onReconnect = (conn) -> {
		};

		private void called(String method) {
			this.threads.put(method, Thread.currentThread().getName());
		}

		@Override
		public boolean responseInFlight() {
			called("responseInFlight");
			return false;
		}

		@Override
		public void closing(SessionContext context) {
			called("closing");
		}

		@Override
		public void connect(Conn conn, SessionContext context) {
			called("connect");
			this.context = context;
			this.events.add("connect");
			this.onConnect.accept(conn);
		}

		@Override
		public void reconnect(ReconnectContext reconnect, Conn conn, SessionContext context) {
			called("reconnect");
			this.events.add("reconnect " + reconnect.attempt());
			this.onReconnect.accept(conn);
		}

		@Override
		public List<StreamChunk> handle(Message message, SessionContext context) {
			called("handle");
			this.events.add(message.text());
			return echo(message);
		}

		@Override
		public void disconnected(boolean planned, SessionContext context) {
			called("disconnected");
			String suffix = planned ? " as planned" : "";
			this.events.add("disconnected" + suffix);
			if (this.failing) {
				throw new IllegalStateException("disconnected");
			}
			context.emit(StreamChunk.delta("gone" + suffix));
		}

		@Override
		public void closed(SessionContext context) {
			called("closed");
			this.events.add("closed");
		}

	}

}
