package dev.streaming.internal.session;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import dev.streaming.Reconnected;
import dev.streaming.Session;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.SessionListener;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.Rule;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * S13: on which threads the callbacks of a session run and what they may do.
 */
@Rule("S13")
class CallbackTests extends AbstractSessionTests {

	@SuppressWarnings("unchecked")
	private static <T extends Throwable> void sneak(Throwable ex) throws T {
		throw (T) ex;
	}

	@Test
	void callbacksNeverOverlapAndNeverRunOnTheTransportsThread() throws Exception {
		AtomicInteger inside = new AtomicInteger();
		List<String> overlaps = new CopyOnWriteArrayList<>();
		Thread test = Thread.currentThread();
		Runnable body = () -> {
			if (inside.incrementAndGet() > 1 || Thread.currentThread() == test) {
				overlaps.add(Thread.currentThread().getName());
			}
			Thread.yield();
			inside.decrementAndGet();
		};
		SessionListener every = new SessionListener() {

			@Override
			public void onOpened(Session session) {
				body.run();
			}

			@Override
			public void onDisconnected(Session session, Throwable cause) {
				body.run();
			}

			@Override
			public void onReconnecting(Session session, int attempt, Duration delay) {
				body.run();
			}

			@Override
			public void onReconnected(Session session, Reconnected event) {
				body.run();
			}

			@Override
			public void onClosed(Session session, @Nullable Throwable error) {
				body.run();
			}

		};
		DefaultSession session = reconnecting(5, (builder) -> builder.listener(every).onMessage((message) -> {
			body.run();
			return List.of();
		}).onReconnect((context, conn) -> body.run()));
		for (int i = 1; i <= 5; i++) {
			InMemoryPeer peer = this.runtime.peer(i);
			for (int m = 0; m < 200; m++) {
				peer.text("m");
			}
			peer.drop();
			backOff(i + 1);
			awaitState(session, Session.State.OPEN);
		}
		session.close();
		awaitDone(session);
		assertThat(overlaps).isEmpty();
	}

	@Test
	void closeFromWithinACallbackOnlyAsks() throws Exception {
		AtomicReference<DefaultSession> self = new AtomicReference<>();
		CountDownLatch ready = new CountDownLatch(1);
		DefaultSession session = open((builder) -> builder.onMessage((message) -> {
			ready.await();
			self.get().close();
			self.get().reconnect("from a callback");
			return echo(message);
		}).onReconnect((context, conn) -> {
		}));
		self.set(session);
		ready.countDown();
		this.runtime.peer().text("close");
		awaitDone(session);
		assertThat(session.error()).isEmpty();
		assertThat(this.listener.events).containsExactly("opened", "closed in order");
	}

	@Test
	void takeFromWithinACallbackIsAnError() throws Exception {
		AtomicReference<DefaultSession> self = new AtomicReference<>();
		DefaultSession session = open((builder) -> builder.onMessage((message) -> {
			self.get().response().take();
			return List.of();
		}));
		self.set(session);
		this.runtime.peer().text("x");
		awaitDone(session);
		assertThat(session.error()).get().extracting(Throwable::getCause).isInstanceOf(IllegalStateException.class);
	}

	@Test
	void listenerThatThrowsChangesNothing() throws Exception {
		DefaultSession session = open((builder) -> builder.listener(new SessionListener() {

			@Override
			public void onOpened(Session opened) {
				throw new IllegalStateException("listener");
			}

		}).listener(this.listener));
		this.runtime.peer().text("x");
		assertThat(take(session, 1)).containsExactly("x");
		assertThat(this.listener.events).containsExactly("opened", "opened");
	}

	/**
	 * Kotlin and Lombok know no checked exceptions: one that a listener throws stopped
	 * the session's task for good.
	 */
	@Test
	void checkedExceptionOfAListenerChangesNothing() throws Exception {
		DefaultSession session = open((builder) -> builder.listener(new SessionListener() {

			@Override
			public void onOpened(Session opened) {
				CallbackTests.<RuntimeException>sneak(new IOException("from Kotlin"));
			}

			@Override
			public void onClosed(Session closed, Throwable error) {
				CallbackTests.<RuntimeException>sneak(new IOException("from Kotlin"));
			}

		}));
		this.runtime.peer().text("a");
		assertThat(take(session, 1)).containsExactly("a");
		session.close();
		assertThat(session.done().toCompletableFuture()).isDone();
	}

	@Test
	void handlerIsNotifiedOfTheOpeningBeforeListeners() throws Exception {
		List<String> calls = new CopyOnWriteArrayList<>();
		SessionHandler handler = new Echo() {

			@Override
			public void opened(SessionContext context) {
				calls.add("opened");
			}

			@Override
			public void closed(SessionContext context) {
				calls.add("closed");
			}

		};
		open((builder) -> builder.onMessage(null).handler(handler).listener(new SessionListener() {

			@Override
			public void onOpened(Session session) {
				calls.add("listener");
			}

			@Override
			public void onClosed(Session session, Throwable error) {
				calls.add("listener closed");
			}

		})).close();
		assertThat(calls).containsExactly("opened", "listener", "closed", "listener closed");
	}

}
