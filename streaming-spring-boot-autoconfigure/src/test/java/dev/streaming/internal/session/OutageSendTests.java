package dev.streaming.internal.session;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

import dev.streaming.ConnConfig;
import dev.streaming.ErrorClassifier;
import dev.streaming.Message;
import dev.streaming.NotConnectedException;
import dev.streaming.OutagePolicy;
import dev.streaming.SendFailedException;
import dev.streaming.Session;
import dev.streaming.SessionClosedException;
import dev.streaming.SessionConfig;
import dev.streaming.SessionListener;
import dev.streaming.StreamingException;
import dev.streaming.internal.connection.DefaultConn;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;

import org.springframework.util.unit.DataSize;
import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * S9: sends while a session has no connection follow their policy.
 */
@Rule("S9")
class OutageSendTests extends AbstractSessionTests {

	private DefaultSession inOutage(OutagePolicy policy) throws InterruptedException {
		DefaultSession session = reconnecting(3,
				(builder) -> builder.sendWhileReconnecting(policy).sendBufferSize(DataSize.ofBytes(20)));
		this.runtime.peer().drop();
		awaitState(session, Session.State.RECONNECTING);
		awaitBackOff();
		return session;
	}

	@Test
	void failThrowsAtOnce() throws Exception {
		DefaultSession session = inOutage(OutagePolicy.FAIL);
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> session.sendRaw("x"))
			.satisfies((ex) -> assertThat(ex.closeStatus()).get().extracting(CloseStatus::getCode).isEqualTo(1006));
		assertThat(TestRuntime.failure(session.sendAsync("x").toCompletableFuture()))
			.isInstanceOf(NotConnectedException.class);
	}

	@Test
	void failThrowsAlsoBeforeTheSessionNoticedTheLoss() throws Exception {
		for (int round = 0; round < 100; round++) {
			DefaultConn conn = this.runtime.connected();
			DefaultSession session = (DefaultSession) Session
				.open(SessionConfig.builder().conn(conn).onMessage(AbstractSessionTests::echo).build());
			this.runtime.peer(round + 1).drop();
			assertThatExceptionOfType(StreamingException.class).isThrownBy(() -> session.sendRaw("x"))
				.isInstanceOfAny(NotConnectedException.class, SessionClosedException.class);
		}
	}

	@Test
	void waitWaitsForTheNextConnection() throws Exception {
		DefaultSession session = inOutage(OutagePolicy.WAIT);
		CompletableFuture<Void> send = TestRuntime.run(() -> session.sendRaw("waited"));
		this.runtime.timer.awaitPending(2);
		endBackOff();
		InMemoryPeer second = this.runtime.peer(2);
		TestRuntime.get(send);
		assertThat(second.texts()).containsExactly("setup 1", "waited");
	}

	@Test
	void waitEndsAfterWriteWait() throws Exception {
		DefaultSession session = inOutage(OutagePolicy.FAIL);
		this.runtime.transport.onDial((dial) -> {
		});
		CompletableFuture<Void> send = TestRuntime.run(() -> session.sendRaw(Message.text("waits"), OutagePolicy.WAIT));
		this.runtime.timer.awaitPending(2);
		this.runtime.timer.fallDue(ConnConfig.DEFAULT_WRITE_WAIT);
		assertThat(TestRuntime.failure(send)).isInstanceOf(NotConnectedException.class)
			.hasMessageContaining("writeWait");
	}

	@Test
	void waitEndsWhenInterruptedAndKeepsTheFlag() throws Exception {
		DefaultSession session = inOutage(OutagePolicy.WAIT);
		AtomicReference<Thread> sender = new AtomicReference<>();
		AtomicReference<Boolean> flag = new AtomicReference<>();
		CompletableFuture<Void> send = TestRuntime.run(() -> {
			sender.set(Thread.currentThread());
			try {
				session.sendRaw("waits");
			}
			finally {
				flag.set(Thread.interrupted());
			}
		});
		this.runtime.timer.awaitPending(2);
		sender.get().interrupt();
		assertThat(TestRuntime.failure(send)).isInstanceOf(NotConnectedException.class);
		assertThat(flag.get()).isTrue();
		endBackOff();
		awaitState(session, Session.State.OPEN);
		assertSent(this.runtime.peer(2), "setup 1");
	}

	@Test
	void bufferIsFlushedInOrderBehindTheHook() throws Exception {
		DefaultSession session = inOutage(OutagePolicy.BUFFER);
		session.sendRaw("one");
		CompletableFuture<Void> async = session.sendAsync(List.of(2)).toCompletableFuture();
		session.sendRaw("three");
		assertThat(async).isNotDone();
		endBackOff();
		awaitState(session, Session.State.OPEN);
		TestRuntime.get(async);
		assertSent(this.runtime.peer(2), "setup 1", "one", "[2]", "three");
		session.close();
		this.runtime.assertNoTimers();
	}

	@Test
	void fullBufferThrows() throws Exception {
		DefaultSession session = inOutage(OutagePolicy.BUFFER);
		session.sendRaw("x".repeat(20));
		assertThatExceptionOfType(SendFailedException.class).isThrownBy(() -> session.sendRaw("y"))
			.withMessageContaining("sendBufferSize");
		endBackOff();
		awaitState(session, Session.State.OPEN);
		assertSent(this.runtime.peer(2), "setup 1", "x".repeat(20));
	}

	@Test
	void dropIsCounted() throws Exception {
		DefaultSession session = inOutage(OutagePolicy.DROP);
		session.sendRaw("a");
		TestRuntime.get(session.sendAsync("b").toCompletableFuture());
		assertThat(this.runtime.observer.sendsDropped).hasValue(2);
		endBackOff();
		awaitState(session, Session.State.OPEN);
		assertSent(this.runtime.peer(2), "setup 1");
	}

	@Test
	void undeliveredBufferedMessagesAreCounted() throws Exception {
		DefaultSession session = inOutage(OutagePolicy.BUFFER);
		session.sendRaw("a");
		session.sendRaw("b");
		CompletableFuture<Void> async = session.sendAsync("c").toCompletableFuture();
		session.close();
		assertThat(this.runtime.observer.sendsDropped).hasValue(2);
		assertThat(TestRuntime.failure(async)).isInstanceOf(SessionClosedException.class);
	}

	@Test
	void frameWhoseWritingFailedIsNeverSentAgain() throws Exception {
		DefaultSession session = reconnecting(3, (builder) -> builder.sendWhileReconnecting(OutagePolicy.BUFFER));
		InMemoryPeer first = this.runtime.peer();
		first.stallWrites();
		CompletableFuture<Void> writing = session.sendAsync("writing").toCompletableFuture();
		TestRuntime.eventually(
				() -> assertThat(session.stateMachine().physicalConnection().sendQueue().writing()).isNotNull());
		CompletableFuture<Void> waiting = session.sendAsync("waiting").toCompletableFuture();
		first.drop();
		assertThat(TestRuntime.failure(writing)).isInstanceOf(SendFailedException.class);
		backOff(2);
		TestRuntime.get(waiting);
		assertSent(this.runtime.peer(2), "setup 1", "\"waiting\"");
	}

	@Test
	@Rule("S13")
	void waitFromWithinACallbackActsAsBuffer() throws Exception {
		AtomicReference<DefaultSession> self = new AtomicReference<>();
		DefaultSession session = open((builder) -> builder.onError(ErrorClassifier.transientErrors())
			.maxReconnectAttempts(2)
			.onReconnect((context, conn) -> {
			})
			.sendWhileReconnecting(OutagePolicy.WAIT)
			.listener(new SessionListener() {

				@Override
				public void onDisconnected(Session disconnected, Throwable cause) {
					disconnected.sendRaw("from a callback");
				}

			}));
		self.set(session);
		this.runtime.peer().drop();
		this.runtime.timer.fallDue(Duration.ofMillis(500));
		awaitState(session, Session.State.OPEN);
		assertSent(this.runtime.peer(2), "from a callback");
	}

	@Test
	void bufferedMessageThatTheFlushCouldNotWriteIsCounted() throws Exception {
		DefaultSession session = inOutage(OutagePolicy.BUFFER);
		session.sendRaw("a");
		session.sendRaw("b");
		this.runtime.transport.onDial((dial) -> dial.accept((peer) -> peer.onMessage((message) -> peer.stallWrites())));
		endBackOff();
		awaitState(session, Session.State.OPEN);
		TestRuntime.eventually(
				() -> assertThat(session.stateMachine().physicalConnection().sendQueue().writing()).isNotNull());
		CompletableFuture<Void> close = TestRuntime.run(session::close);
		TestRuntime.eventually(() -> {
			this.runtime.timer.advance(ConnConfig.DEFAULT_CLOSE_GRACE_PERIOD);
			assertThat(close).isDone();
		});
		TestRuntime.get(close);
		TestRuntime.eventually(() -> assertThat(this.runtime.observer.sendsDropped).hasValue(2));
	}

}
