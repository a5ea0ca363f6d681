package dev.streaming.internal.session;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import dev.streaming.ConnectFailedException;
import dev.streaming.ConnectionDefinition;
import dev.streaming.PermanentFailureException;
import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.SessionSetupException;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.willAnswer;
import static org.mockito.Mockito.CALLS_REAL_METHODS;
import static org.mockito.Mockito.mock;

/**
 * Opening without blocking the caller.
 */
class OpenAsyncTests extends AbstractSessionFactoryTests {

	private CompletableFuture<Session> opening() {
		return this.factory.openAsync("openai").toCompletableFuture();
	}

	private static Throwable failure(CompletableFuture<?> future) {
		AtomicReference<Throwable> cause = new AtomicReference<>();
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> future.get(10, TimeUnit.SECONDS))
			.satisfies((ex) -> cause.set(ex.getCause()));
		return cause.get();
	}

	@Test
	@Rule("S14")
	void sessionIsOpenWhenTheFutureCompletes() throws Exception {
		CompletableFuture<Session> opening = this.factory.openAsync("openai", (spec) -> spec.attribute("user", "ann"))
			.toCompletableFuture();
		Session session = opening.get(10, TimeUnit.SECONDS);
		assertThat(session.state()).isEqualTo(Session.State.OPEN);
		assertThat(this.runtime.peer().texts()).containsExactly("setup for ann");
		assertThat(this.factory.sessions()).containsExactly(session);
		session.close();
		assertThat(this.definitions.destroyed).hasValue(1);
	}

	@Test
	@Rule("S14")
	void continuationMayTakeFromTheSession() throws Exception {
		CompletableFuture<Boolean> taken = opening().thenApply((session) -> {
			this.runtime.peer().text("x");
			session.close();
			return session.response().isEnded();
		});
		assertThat(taken.get(10, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	@Rule("S14")
	void noThreadIsHeldBetweenDials() throws Exception {
		this.runtime.transport.onDial((dial) -> dial.refuse(503));
		CompletableFuture<Session> opening = opening();
		this.runtime.timer.awaitPending(1);
		TestRuntime.eventually(() -> assertThat(this.runtime.transport.dials()).hasSize(1));
		// Every worker is free, and no caller waits
		TestRuntime.eventually(() -> assertThat(busyWorkers()).isZero());
		assertThat(opening).isNotDone();
		this.runtime.transport.onDial((dial) -> dial.accept((peer) -> {
		}));
		TestRuntime.eventually(() -> {
			this.runtime.timer.advance(Duration.ofMillis(100));
			assertThat(opening).isDone();
		});
		assertThat(opening.get(10, TimeUnit.SECONDS).state()).isEqualTo(Session.State.OPEN);
		assertThat(this.runtime.transport.dials()).hasSize(2);
	}

	private static long busyWorkers() {
		return Thread.getAllStackTraces()
			.entrySet()
			.stream()
			.filter((entry) -> entry.getKey().getName().startsWith("test-worker"))
			.filter((entry) -> Arrays.stream(entry.getValue())
				.anyMatch((frame) -> frame.getClassName().startsWith("dev.streaming.internal.connection")
						|| frame.getClassName().startsWith("dev.streaming.internal.session")))
			.count();
	}

	@Test
	@Rule("C3")
	void dialsAreSpentAndTheFutureFailsAsOpenThrows() {
		this.runtime.transport.onDial((dial) -> dial.refuse(503));
		CompletableFuture<Session> opening = opening();
		TestRuntime.eventually(() -> {
			this.runtime.timer.advance(Duration.ofSeconds(1));
			assertThat(opening).isDone();
		});
		assertThat(failure(opening)).isInstanceOfSatisfying(ConnectFailedException.class,
				(ex) -> assertThat(ex.attempts()).isEqualTo(3));
		TestRuntime.eventually(() -> assertThat(this.definitions.destroyed).hasValue(1));
	}

	@Test
	@Rule("S14")
	void failedSetupUsesUpADialAndTheNextOneSucceeds() throws Exception {
		this.definitions.failSetups(1, new IllegalStateException("not yet"));
		CompletableFuture<Session> opening = opening();
		TestRuntime.eventually(() -> {
			this.runtime.timer.advance(Duration.ofMillis(100));
			assertThat(opening).isDone();
		});
		assertThat(opening.get(10, TimeUnit.SECONDS).state()).isEqualTo(Session.State.OPEN);
		assertThat(this.runtime.transport.dials()).hasSize(2);
	}

	@Test
	@Rule("S14")
	void permanentFailureOfTheSetupIsNotTriedAgain() {
		this.definitions.failSetups(9, new PermanentFailureException("no", null));
		CompletableFuture<Session> opening = opening();
		assertThat(failure(opening)).isInstanceOf(SessionSetupException.class);
		assertThat(this.runtime.transport.dials()).hasSize(1);
		assertThat(this.factory.sessions()).isEmpty();
	}

	@Test
	@Rule("S14")
	void cancellingDuringTheBackoffGivesUp() {
		this.runtime.transport.onDial((dial) -> dial.refuse(503));
		CompletableFuture<Session> opening = opening();
		TestRuntime.eventually(() -> assertThat(this.runtime.transport.dials()).hasSize(1));
		assertThat(opening.cancel(true)).isTrue();
		TestRuntime.eventually(() -> assertThat(this.definitions.destroyed).hasValue(1));
		this.runtime.timer.advance(Duration.ofMinutes(1));
		assertThat(this.runtime.transport.dials()).hasSize(1);
	}

	@Test
	@Rule("S14")
	void cancellingDuringTheSetupClosesTheConnection() throws Exception {
		CountDownLatch settingUp = new CountDownLatch(1);
		CountDownLatch never = new CountDownLatch(1);
		this.definitions.setup = (conn, context) -> {
			settingUp.countDown();
			never.await();
		};
		CompletableFuture<Session> opening = opening();
		assertThat(settingUp.await(10, TimeUnit.SECONDS)).isTrue();
		opening.cancel(false);
		TestRuntime.eventually(() -> assertThat(this.definitions.destroyed).hasValue(1));
		assertThat(this.factory.sessions()).isEmpty();
	}

	@Test
	@Rule("S14")
	void sessionThatComesUpBehindTheCancellationIsClosed() throws Exception {
		for (int round = 0; round < 200; round++) {
			CompletableFuture<Session> opening = opening();
			CompletableFuture<Void> cancelling = CompletableFuture.runAsync(() -> opening.cancel(true));
			TestRuntime.get(cancelling);
			if (!opening.isCancelled()) {
				opening.join().close();
			}
			int ended = round + 1;
			TestRuntime.eventually(() -> assertThat(this.definitions.destroyed).hasValue(ended));
		}
		assertThat(this.factory.sessions()).isEmpty();
	}

	@Test
	void unknownConnectionFailsTheFuture() {
		assertThat(failure(this.factory.openAsync("nope").toCompletableFuture()))
			.isInstanceOf(IllegalArgumentException.class)
			.hasMessageContaining("there is: openai");
	}

	@Test
	void futureIsTheSameEachTime() {
		CompletableFuture<Session> opening = opening();
		assertThat(opening.toCompletableFuture()).isSameAs(opening);
		opening.join().close();
	}

	@Test
	void factoryOfAnotherKindOpensOnAThreadOfItsOwn() throws Exception {
		SessionFactory other = mock(SessionFactory.class, CALLS_REAL_METHODS);
		Session session = mock(Session.class);
		AtomicReference<Thread> thread = new AtomicReference<>();
		given(other.open(eq("x"), any())).willAnswer((call) -> {
			thread.set(Thread.currentThread());
			return session;
		});
		assertThat(other.openAsync("x").toCompletableFuture().get(10, TimeUnit.SECONDS)).isSameAs(session);
		assertThat(thread.get()).isNotSameAs(Thread.currentThread());
	}

	@Test
	void factoryOfAnotherKindOpensADefinitionOnAThreadOfItsOwn() throws Exception {
		SessionFactory other = mock(SessionFactory.class, CALLS_REAL_METHODS);
		ConnectionDefinition tenant = ConnectionDefinition.builder("tenant").basedOn("x").build();
		assertThat(failure(other.openAsync(tenant).toCompletableFuture()))
			.isInstanceOf(UnsupportedOperationException.class);
		Session session = mock(Session.class);
		AtomicReference<Thread> thread = new AtomicReference<>();
		willAnswer((call) -> {
			thread.set(Thread.currentThread());
			return session;
		}).given(other).open(eq(tenant), any());
		assertThat(other.openAsync(tenant).toCompletableFuture().get(10, TimeUnit.SECONDS)).isSameAs(session);
		assertThat(thread.get()).isNotSameAs(Thread.currentThread());
	}

}
