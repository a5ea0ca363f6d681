package dev.streaming.internal.session;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.streaming.Conn;
import dev.streaming.ConnConfig;
import dev.streaming.ErrorClassifier;
import dev.streaming.Message;
import dev.streaming.NotConnectedException;
import dev.streaming.OutagePolicy;
import dev.streaming.SendFailedException;
import dev.streaming.Session;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.util.unit.DataSize;
import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * S9: messages that wait for the next connection, also those that a lost connection or a
 * planned change gave back.
 */
@Rule("S9")
class OutageBufferTests extends AbstractSessionTests {

	private static boolean writing(TestRuntime runtime) {
		return runtime.transport.dials().size() == 2 && runtime.timer.pending() >= 2;
	}

	private DefaultSession session(OutagePolicy policy) throws InterruptedException {
		return reconnecting(9, (builder) -> builder.sendWhileReconnecting(policy).sendBufferSize(DataSize.ofBytes(20)));
	}

	private void lose(DefaultSession session, int connection) throws Exception {
		this.runtime.peer(connection).drop();
		awaitState(session, Session.State.RECONNECTING);
		awaitBackOff();
	}

	private InMemoryPeer comeBack(DefaultSession session, int connection) throws Exception {
		InMemoryPeer next = backOff(connection);
		awaitState(session, Session.State.OPEN);
		return next;
	}

	@Test
	void waitThatEndedIsNotSentLater() throws Exception {
		DefaultSession session = session(OutagePolicy.WAIT);
		this.runtime.transport.nextDial((dial) -> {
		});
		lose(session, 1);
		CompletableFuture<Void> send = TestRuntime.run(() -> session.sendRaw("waits"));
		this.runtime.timer.awaitPending(2);
		endBackOff();
		this.runtime.transport.awaitDial(2);
		this.runtime.timer.fallDue(ConnConfig.DEFAULT_WRITE_WAIT.minusMillis(500));
		assertThat(TestRuntime.failure(send)).isInstanceOf(NotConnectedException.class);
		this.runtime.transport.awaitDial(2).accept();
		awaitState(session, Session.State.OPEN);
		session.sendRaw("next");
		assertThat(this.runtime.peer(2).texts()).containsExactly("setup 1", "next");
	}

	@Test
	void bufferIsEmptyAgainAfterEachOutage() throws Exception {
		DefaultSession session = session(OutagePolicy.BUFFER);
		for (int i = 1; i <= 3; i++) {
			lose(session, i);
			session.sendRaw("x".repeat(20));
			assertThatExceptionOfType(SendFailedException.class).isThrownBy(() -> session.sendRaw("y"));
			assertSent(comeBack(session, i + 1), "setup " + i, "x".repeat(20));
		}
	}

	@Test
	void bufferedMessageWaitsForTheConnectionAsLongAsItTakes() throws Exception {
		DefaultSession session = session(OutagePolicy.BUFFER);
		this.runtime.transport.nextDial((dial) -> {
		});
		lose(session, 1);
		session.sendRaw("blocking");
		CompletableFuture<Void> async = session.sendAsync(1).toCompletableFuture();
		endBackOff();
		this.runtime.transport.awaitDial(2);
		this.runtime.timer.fallDue(ConnConfig.DEFAULT_DIAL_TIMEOUT);
		TestRuntime.eventually(() -> assertThat(this.listener.events).contains("reconnecting 2"));
		assertThat(async).isNotDone();
		assertSent(comeBack(session, 3), "setup 2", "blocking", "1");
		TestRuntime.get(async);
	}

	@Test
	void policyOfOneMessageGoesBeforeTheSessions() throws Exception {
		DefaultSession session = session(OutagePolicy.FAIL);
		lose(session, 1);
		session.send(List.of("object"), OutagePolicy.BUFFER);
		session.sendRaw(Message.text("raw"), OutagePolicy.BUFFER);
		session.send(List.of("gone"), OutagePolicy.DROP);
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> session.send("x"));
		assertSent(comeBack(session, 2), "setup 1", "[\"object\"]", "raw");
		assertThat(this.runtime.observer.sendsDropped).hasValue(1);
	}

	/**
	 * One is being written; three wait for their turn behind it when the connection is
	 * lost, one comes in the outage.
	 */
	@ParameterizedTest
	@EnumSource(OutagePolicy.class)
	void queuedMessagesFollowTheirPolicyAfterALoss(OutagePolicy policy) throws Exception {
		DefaultSession session = reconnecting(9, (builder) -> builder.sendWhileReconnecting(policy));
		InMemoryPeer first = this.runtime.peer();
		first.stallWrites();
		CompletableFuture<Void> writing = session.sendAsync(0).toCompletableFuture();
		TestRuntime.eventually(
				() -> assertThat(session.stateMachine().physicalConnection().sendQueue().writing()).isNotNull());
		List<CompletableFuture<Void>> waiting = List.of(session.sendAsync(1).toCompletableFuture(),
				session.sendAsync(2).toCompletableFuture(), session.sendAsync(3).toCompletableFuture());
		lose(session, 1);
		assertThat(TestRuntime.failure(writing)).isInstanceOf(SendFailedException.class);
		CompletableFuture<Void> later = session.sendAsync(4).toCompletableFuture();
		InMemoryPeer second = comeBack(session, 2);
		boolean kept = policy == OutagePolicy.WAIT || policy == OutagePolicy.BUFFER;
		for (CompletableFuture<Void> each : waiting) {
			assertThat(TestRuntime.failure(each)).satisfies((failure) -> {
				if (policy == OutagePolicy.FAIL) {
					assertThat(failure).isInstanceOf(NotConnectedException.class);
				}
				else {
					assertThat(failure).isNull();
				}
			});
		}
		assertThat(TestRuntime.failure(later) == null).isEqualTo(policy != OutagePolicy.FAIL);
		assertThat(second.texts()).isEqualTo(kept ? List.of("setup 1", "1", "2", "3", "4") : List.of("setup 1"));
		assertThat(this.runtime.observer.sendsDropped).hasValue((policy == OutagePolicy.DROP) ? 4 : 0);
		session.close();
		this.runtime.assertNoTimers();
	}

	/**
	 * Beyond the buffer's size what was accepted stays, and nothing else comes in.
	 */
	@Test
	void messagesReturnedByALostConnectionFillTheBuffer() throws Exception {
		DefaultSession session = session(OutagePolicy.BUFFER);
		InMemoryPeer first = this.runtime.peer();
		first.stallWrites();
		// It blocks, so it does not count
		TestRuntime.run(() -> session.send(0));
		TestRuntime.eventually(
				() -> assertThat(session.stateMachine().physicalConnection().sendQueue().writing()).isNotNull());
		session.sendAsync("x".repeat(30));
		lose(session, 1);
		assertThatExceptionOfType(SendFailedException.class).isThrownBy(() -> session.sendRaw("y"));
		assertSent(comeBack(session, 2), "setup 1", '"' + "x".repeat(30) + '"');
	}

	/**
	 * It was accepted in the first outage, and its turn had not come on the connection
	 * after it.
	 */
	@Test
	void bufferedMessagesAreKeptOverTheNextLoss() throws Exception {
		DefaultSession session = session(OutagePolicy.BUFFER);
		lose(session, 1);
		session.sendRaw("first");
		session.sendRaw("second");
		session.sendRaw("third");
		this.runtime.transport
			.nextDial((dial) -> dial.accept((peer) -> peer.onMessage((message) -> peer.stallWrites())));
		comeBack(session, 2);
		TestRuntime.eventually(
				() -> assertThat(session.stateMachine().physicalConnection().sendQueue().writing()).isNotNull());
		TestRuntime.eventually(() -> assertThat(this.listener.events).last().isEqualTo("reconnected 1"));
		this.runtime.peer(2).drop();
		TestRuntime.eventually(() -> assertThat(this.listener.events).last().isEqualTo("reconnecting 2"));
		assertSent(comeBack(session, 3), "setup 2", "second", "third");
		// That of the frame that was being written
		assertThat(this.runtime.observer.sendsDropped).hasValue(1);
	}

	/**
	 * The session's policy is to fail; the senders did not notice the planned change, and
	 * are not to hear of what comes of it.
	 */
	@Test
	void messagesHeldByAPlannedChangeAreKeptWhenItFails() throws Exception {
		DefaultSession session = session(OutagePolicy.FAIL);
		this.runtime.peer().answerClose(false);
		CompletableFuture<Void> changed = session.reconnect("planned").toCompletableFuture();
		this.runtime.peer().awaitCloseStatus();
		session.sendRaw("blocking");
		CompletableFuture<Void> async = session.sendAsync(1).toCompletableFuture();
		this.runtime.transport.nextDial((dial) -> dial.refuse(503));
		this.runtime.peer().close(CloseStatus.NORMAL);
		TestRuntime.eventually(() -> assertThat(this.listener.events).contains("disconnected"));
		awaitBackOff();
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> session.sendRaw("now noticed"));
		assertSent(comeBack(session, 3), "setup 1", "blocking", "1");
		TestRuntime.get(async);
		TestRuntime.get(changed);
		assertThat(this.listener.reconnected).singleElement()
			.satisfies((event) -> assertThat(event.planned()).isFalse());
	}

	@Test
	@Rule("S10")
	void queuedMessagesAreKeptOverAPlannedChange() throws Exception {
		DefaultSession session = session(OutagePolicy.FAIL);
		InMemoryPeer first = this.runtime.peer();
		first.stallWrites();
		CompletableFuture<Void> writing = session.sendAsync(0).toCompletableFuture();
		TestRuntime.eventually(
				() -> assertThat(session.stateMachine().physicalConnection().sendQueue().writing()).isNotNull());
		CompletableFuture<Void> waiting = session.sendAsync(1).toCompletableFuture();
		CompletableFuture<Void> changed = session.reconnect("planned").toCompletableFuture();
		awaitState(session, Session.State.RECONNECTING);
		TestRuntime.eventually(() -> assertThat(session.stateMachine().state()).isEqualTo(Conn.State.CLOSING));
		first.releaseWrites();
		TestRuntime.get(writing);
		TestRuntime.get(changed);
		TestRuntime.get(waiting);
		assertThat(first.texts()).containsExactly("0");
		assertThat(this.runtime.peer(2).texts()).containsExactly("setup 1", "1");
	}

	/**
	 * The connection was gone when the hook returned, so that nothing could be flushed.
	 */
	@Test
	void unflushedMessagesAreKeptForTheNextConnection() throws Exception {
		DefaultSession session = reconnecting(9,
				(builder) -> builder.sendWhileReconnecting(OutagePolicy.BUFFER).onReconnect((context, conn) -> {
					if (context.attempt() == 1) {
						conn.reset();
					}
				}));
		lose(session, 1);
		session.sendRaw("one");
		session.sendRaw("two");
		endBackOff();
		TestRuntime.eventually(() -> assertThat(this.listener.events).last().isEqualTo("reconnecting 2"));
		assertSent(comeBack(session, 3), "one", "two");
		assertThat(this.runtime.peer(2).texts()).isEmpty();
	}

	/**
	 * A planned change hid the outage from the sender; the connection after it is lost
	 * before the message's turn comes.
	 */
	@Test
	void messagesHeldByAPlannedChangeAreKeptOverTheNextLoss() throws Exception {
		DefaultSession session = session(OutagePolicy.FAIL);
		this.runtime.peer().answerClose(false);
		session.reconnect("planned");
		this.runtime.peer().awaitCloseStatus();
		session.sendRaw("one");
		session.sendRaw("two");
		this.runtime.transport
			.nextDial((dial) -> dial.accept((peer) -> peer.onMessage((message) -> peer.stallWrites())));
		this.runtime.peer().close(CloseStatus.NORMAL);
		TestRuntime.eventually(() -> assertThat(this.listener.events).last().isEqualTo("reconnected 1"));
		TestRuntime.eventually(
				() -> assertThat(session.stateMachine().physicalConnection().sendQueue().writing()).isNotNull());
		lose(session, 2);
		assertSent(comeBack(session, 3), "setup 1", "two");
		assertThat(this.runtime.observer.sendsDropped).hasValue(1);
	}

	@Test
	void sendOfASessionThatIsNotWrittenInTimeFails() throws Exception {
		DefaultSession session = session(OutagePolicy.FAIL);
		this.runtime.peer().stallWrites();
		CompletableFuture<Void> writing = session.sendAsync(1).toCompletableFuture();
		TestRuntime.eventually(
				() -> assertThat(session.stateMachine().physicalConnection().sendQueue().writing()).isNotNull());
		this.runtime.timer.advance(Duration.ofSeconds(1));
		CompletableFuture<Void> waiting = session.sendAsync(2).toCompletableFuture();
		this.runtime.timer.advance(ConnConfig.DEFAULT_WRITE_WAIT.minusSeconds(1));
		assertThat(TestRuntime.failure(writing)).isInstanceOf(SendFailedException.class)
			.hasMessageContaining("writeWait");
		assertThat(TestRuntime.failure(waiting)).isInstanceOf(NotConnectedException.class);
	}

	/**
	 * Dependent stages may block, and must not block the transport.
	 */
	@Test
	void stageOfASendCompletesOnAThreadOfOurs() throws Exception {
		DefaultSession session = session(OutagePolicy.FAIL);
		this.runtime.peer().stallWrites();
		CompletableFuture<Thread> thread = new CompletableFuture<>();
		session.sendAsync(1).whenComplete((done, failure) -> thread.complete(Thread.currentThread()));
		TestRuntime.eventually(
				() -> assertThat(session.stateMachine().physicalConnection().sendQueue().writing()).isNotNull());
		this.runtime.peer().releaseWrites();
		assertThat(TestRuntime.get(thread)).isNotSameAs(Thread.currentThread());
	}

	/**
	 * Of a message that was accepted into the buffer, and whose write stalled on the next
	 * connection, neither sender nor counter ever heard.
	 */
	@Test
	void bufferedMessageThatIsNotWrittenInTimeIsCounted() throws Exception {
		DefaultSession session = reconnecting(3, (builder) -> builder.sendWhileReconnecting(OutagePolicy.BUFFER));
		this.runtime.peer().drop();
		awaitState(session, Session.State.RECONNECTING);
		session.sendRaw("accepted");
		this.runtime.transport.onDial((dial) -> dial.accept((peer) -> peer.onMessage((message) -> {
			if (message.text().startsWith("setup")) {
				peer.stallWrites();
			}
		})));
		InMemoryPeer second = backOff(2);
		awaitState(session, Session.State.OPEN);
		this.runtime.timer.fallDue(ConnConfig.DEFAULT_WRITE_WAIT);
		second.awaitEnd();
		assertThat(this.runtime.observer.sendsDropped).hasValue(1);
		session.close();
		assertThat(this.runtime.observer.sendsDropped).hasValue(1);
	}

	/**
	 * The same for one that waited for its turn behind a stalled write when the session
	 * ended.
	 */
	@Test
	void bufferedMessagesThatTheEndFindsWaitingAreCounted() throws Exception {
		DefaultSession session = open((conn) -> conn.closeGracePeriod(Duration.ofMillis(200)),
				(builder) -> builder.onError(ErrorClassifier.transientErrors())
					.onReconnect((context, conn) -> conn.sendRaw("setup"))
					.maxReconnectAttempts(3)
					.sendWhileReconnecting(OutagePolicy.BUFFER));
		this.runtime.peer().drop();
		awaitState(session, Session.State.RECONNECTING);
		session.sendRaw("first");
		session.sendRaw("second");
		session.sendRaw("third");
		this.runtime.transport.onDial((dial) -> dial.accept((peer) -> peer.onMessage((message) -> {
			if (message.text().startsWith("setup")) {
				peer.stallWrites();
			}
		})));
		backOff(2);
		awaitState(session, Session.State.OPEN);
		CompletableFuture<Void> closing = TestRuntime.run(session::close);
		awaitState(session, Session.State.CLOSED);
		this.runtime.timer.fallDue(Duration.ofMillis(200));
		TestRuntime.get(closing);
		TestRuntime.eventually(() -> assertThat(this.runtime.observer.sendsDropped).hasValue(3));
	}

	/**
	 * Messages that had survived the outage were dropped when those before them took
	 * longer than the write wait of one, although all were being written.
	 */
	@Test
	void bufferedMessagesOutliveASlowFlush() throws Exception {
		DefaultSession session = reconnecting(3, (builder) -> builder.sendWhileReconnecting(OutagePolicy.BUFFER));
		this.runtime.peer().drop();
		awaitState(session, Session.State.RECONNECTING);
		for (int i = 1; i <= 5; i++) {
			session.sendRaw("m" + i);
		}
		this.runtime.transport.onDial((dial) -> dial.accept((peer) -> peer.onMessage((message) -> peer.stallWrites())));
		InMemoryPeer second = backOff(2);
		awaitState(session, Session.State.OPEN);
		for (int i = 1; i <= 5; i++) {
			int written = i;
			TestRuntime.eventually(() -> assertThat(second.texts()).hasSize(written));
			TestRuntime.eventually(
					() -> assertThat(session.stateMachine().physicalConnection().sendQueue().writing()).isNotNull());
			this.runtime.timer.advance(ConnConfig.DEFAULT_WRITE_WAIT.dividedBy(3));
			second.releaseWrites();
		}
		assertSent(second, "setup 1", "m1", "m2", "m3", "m4", "m5");
		assertThat(this.runtime.observer.sendsDropped).hasValue(0);
		second.releaseWrites();
		session.close();
		this.runtime.assertNoTimers();
	}

}
