package dev.streaming.internal.session;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.streaming.Conn;
import dev.streaming.ConnectionLostException;
import dev.streaming.ErrorClassifier;
import dev.streaming.Message;
import dev.streaming.NotConnectedException;
import dev.streaming.OutagePolicy;
import dev.streaming.Session;
import dev.streaming.SessionContext;
import dev.streaming.SessionContext.ScheduledTask;
import dev.streaming.SessionHandler;
import dev.streaming.StreamChunk;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;

import org.springframework.util.unit.DataSize;
import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The clock, the scheduler and the other means of a {@link SessionContext}.
 */
class SessionContextTests extends AbstractSessionTests {

	private static final Duration SECOND = Duration.ofSeconds(1);

	private final Probe handler = new Probe();

	private final BlockingQueue<String> ran = new LinkedBlockingQueue<>();

	private DefaultSession session(int channel) throws InterruptedException {
		return open((builder) -> builder.onMessage(null)
			.handler(this.handler)
			.responseChannelSize(channel)
			.readAhead(DataSize.ofBytes(0))
			.onError(ErrorClassifier.transientErrors())
			.sendWhileReconnecting(OutagePolicy.BUFFER)
			.maxReconnectAttempts(3));
	}

	private String awaitRun() throws InterruptedException {
		String name = this.ran.poll(10, TimeUnit.SECONDS);
		assertThat(name).isNotNull();
		return name;
	}

	@Test
	void taskRunsOnceItsDelayHasElapsed() throws Exception {
		DefaultSession session = session(10);
		this.handler.context.schedule(SECOND, () -> this.ran.add("task"));
		this.runtime.timer.advance(SECOND.minusNanos(1));
		assertThat(this.ran).isEmpty();
		this.runtime.timer.advance(SECOND);
		assertThat(awaitRun()).isEqualTo("task");
		this.runtime.timer.advance(SECOND.multipliedBy(10));
		this.runtime.peer().text("after");
		take(session, 1);
		assertThat(this.ran).isEmpty();
	}

	@Test
	void taskNeverRunsBesideAnotherCallOfTheHandler() throws Exception {
		DefaultSession session = session(10);
		CountDownLatch handling = new CountDownLatch(1);
		CountDownLatch go = new CountDownLatch(1);
		this.handler.onMessage = () -> {
			handling.countDown();
			TestRuntime.awaitQuietly(go);
			this.ran.add("message");
		};
		this.handler.context.schedule(SECOND, () -> this.ran.add("task"));
		this.runtime.peer().text("x");
		assertThat(handling.await(10, TimeUnit.SECONDS)).isTrue();
		this.runtime.timer.advance(SECOND);
		go.countDown();
		assertThat(List.of(awaitRun(), awaitRun())).containsExactly("message", "task");
		assertThat(session.isClosed()).isFalse();
	}

	@Test
	void cancelledTaskDoesNotRun() throws Exception {
		DefaultSession session = session(10);
		ScheduledTask task = this.handler.context.schedule(SECOND, () -> this.ran.add("task"));
		int pending = this.runtime.timer.pending();
		task.cancel();
		assertThat(this.runtime.timer.pending()).isEqualTo(pending - 1);
		this.runtime.timer.advance(SECOND);
		this.runtime.peer().text("after");
		take(session, 1);
		assertThat(this.ran).isEmpty();
	}

	@Test
	void endOfTheSessionCallsTasksOff() throws Exception {
		DefaultSession session = session(10);
		this.handler.context.schedule(Duration.ofHours(1), () -> this.ran.add("task"));
		session.close();
		this.handler.context.schedule(Duration.ofHours(1), () -> this.ran.add("late"));
		this.runtime.assertNoTimers();
		this.runtime.timer.advance(Duration.ofHours(2));
		assertThat(this.ran).isEmpty();
	}

	@Test
	void taskThatThrowsLeavesTheSessionOpen() throws Exception {
		DefaultSession session = session(10);
		this.handler.context.schedule(SECOND, () -> {
			throw new IllegalStateException("from a task");
		});
		this.handler.context.schedule(SECOND, () -> this.ran.add("next"));
		this.runtime.timer.advance(SECOND);
		assertThat(awaitRun()).isEqualTo("next");
		assertThat(session.isClosed()).isFalse();
	}

	@Test
	@Rule("S10")
	void changeThatWaitsIsTriedAgainAfterATask() throws Exception {
		DefaultSession session = session(10);
		this.handler.inFlight = true;
		var changed = session.reconnect("test").toCompletableFuture();
		this.handler.context.schedule(SECOND, () -> this.handler.inFlight = false);
		this.runtime.timer.advance(SECOND);
		TestRuntime.get(changed);
	}

	@Test
	void readingTimeStandsStillWhileTheConsumerDoesNotTake() throws Exception {
		DefaultSession session = session(1);
		Duration start = this.handler.context.readingTime();
		this.runtime.timer.advance(SECOND);
		assertThat(this.handler.context.readingTime().minus(start)).isEqualTo(SECOND);
		this.runtime.peer().text("1");
		this.runtime.peer().text("2");
		TestRuntime.eventually(() -> {
			Duration before = this.handler.context.readingTime();
			this.runtime.timer.advance(Duration.ofNanos(1));
			assertThat(this.handler.context.readingTime()).isEqualTo(before);
		});
		Duration stopped = this.handler.context.readingTime();
		this.runtime.timer.advance(SECOND.multipliedBy(5));
		assertThat(this.handler.context.readingTime()).isEqualTo(stopped);
		assertThat(take(session, 2)).containsExactly("1", "2");
		TestRuntime.eventually(() -> {
			Duration before = this.handler.context.readingTime();
			this.runtime.timer.advance(Duration.ofNanos(1));
			assertThat(this.handler.context.readingTime()).isEqualTo(before.plusNanos(1));
		});
		assertThat(this.handler.context.readingTime().minus(stopped)).isLessThan(SECOND);
	}

	@Test
	void chunksDroppedByTheHandlerAreCounted() throws Exception {
		session(10);
		this.handler.context.discarded(3);
		assertThat(this.runtime.observer.chunksDiscarded).hasValue(3);
	}

	@Test
	void uriIsThatOfTheConnection() throws Exception {
		session(10);
		assertThat(this.handler.context.uri()).contains(URI.create(TestRuntime.URL));
	}

	@Test
	@Rule("S9")
	void messageThatIsHeldCanBeTakenBack() throws Exception {
		DefaultSession session = session(10);
		this.runtime.peer().drop();
		awaitBackOff();
		Message kept = Message.text("kept");
		Message withdrawn = Message.text("kept");
		session.sendRaw(kept);
		session.sendRaw(withdrawn);
		assertThat(this.handler.context.withdraw(withdrawn)).isTrue();
		assertThat(this.handler.context.withdraw(withdrawn)).isFalse();
		assertSent(backOff(2), "kept");
		assertThat(this.handler.context.withdraw(kept)).isFalse();
	}

	@Test
	@Rule("S9")
	void waitingSenderContinuesWhenItsMessageIsWithdrawn() throws Exception {
		DefaultSession session = session(10);
		this.runtime.peer().drop();
		awaitBackOff();
		Message message = Message.text("taken back");
		var sent = TestRuntime.run(() -> session.sendRaw(message, OutagePolicy.WAIT));
		TestRuntime.eventually(() -> assertThat(this.handler.context.withdraw(message)).isTrue());
		TestRuntime.get(sent);
		session.send(Map.of("a", 1));
		assertSent(backOff(2), "{\"a\":1}");
	}

	@Test
	@Rule("S5")
	void closeOfAnExpiredConnectionIsALossWhateverItsCode() throws Exception {
		DefaultSession session = session(10);
		this.handler.onMessage = () -> this.handler.context.connectionExpired();
		this.runtime.peer().text("expired");
		take(session, 1);
		this.runtime.peer().close(CloseStatus.NORMAL);
		backOff(2);
		awaitState(session, Session.State.OPEN);
		assertThat(this.listener.events).anyMatch((event) -> event.startsWith("reconnected"));
		this.handler.onMessage = () -> {
		};
		this.runtime.peer(2).close(CloseStatus.NORMAL);
		awaitDone(session);
		assertThat(session.error()).isEmpty();
	}

	@Test
	@Rule("S5")
	void expiryWithoutReconnectIsAnError() throws Exception {
		DefaultSession session = withHandler(this.handler);
		this.handler.onMessage = () -> this.handler.context.connectionExpired();
		this.runtime.peer().text("expired");
		take(session, 1);
		this.runtime.peer().close(CloseStatus.NORMAL);
		awaitDone(session);
		assertThat(session.error()).get()
			.isInstanceOfSatisfying(ConnectionLostException.class,
					(lost) -> assertThat(lost.closeStatus().getCode()).isEqualTo(1000));
	}

	@Test
	void handlerIsNotifiedOfSentAndFailedMessages() throws Exception {
		DefaultSession session = open((builder) -> builder.onMessage(null).handler(this.handler));
		session.send(Map.of("a", 1));
		TestRuntime.get(session.sendAsync(Map.of("b", 2)).toCompletableFuture());
		this.handler.context.sendRaw(Message.text("c"));
		assertThat(this.handler.told).containsExactly("sending {\"a\":1}", "sending {\"b\":2}", "sending c");
		this.handler.told.clear();
		this.runtime.peer().drop();
		awaitDone(session);
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> session.sendRaw("d"));
		assertThat(TestRuntime.failure(session.sendAsync(Map.of("e", 5)).toCompletableFuture())).isNotNull();
		assertThat(this.handler.told).containsExactly("sending d", "failed d", "sending {\"e\":5}", "failed {\"e\":5}");
	}

	@Test
	void handlerIsNotifiedOfAMessageThatFailsInAnOutage() throws Exception {
		DefaultSession session = session(10);
		this.runtime.peer().drop();
		awaitBackOff();
		assertThatExceptionOfType(NotConnectedException.class)
			.isThrownBy(() -> session.sendRaw(Message.text("x"), OutagePolicy.FAIL));
		session.sendRaw(Message.text("y"), OutagePolicy.BUFFER);
		assertThat(this.handler.told).containsExactly("sending x", "failed x", "sending y");
	}

	private static final class Probe implements SessionHandler {

		private final List<String> told = new CopyOnWriteArrayList<>();

		private SessionContext context;

		private volatile Runnable onMessage = () -> {
		};

		private volatile boolean inFlight;

		@Override
		public void connect(Conn conn, SessionContext context) {
			this.context = context;
		}

		@Override
		public List<StreamChunk> handle(Message message, SessionContext context) {
			this.onMessage.run();
			return echo(message);
		}

		@Override
		public boolean responseInFlight() {
			return this.inFlight;
		}

		@Override
		public void sending(Message message) {
			this.told.add("sending " + message.text());
		}

		@Override
		public void sendFailed(Message message) {
			this.told.add("failed " + message.text());
		}

	}

}
