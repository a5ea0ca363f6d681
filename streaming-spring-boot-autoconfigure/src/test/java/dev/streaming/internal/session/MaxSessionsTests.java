package dev.streaming.internal.session;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import dev.streaming.PermanentFailureException;
import dev.streaming.Session;
import dev.streaming.SessionLimitException;
import dev.streaming.SessionSetupException;
import dev.streaming.internal.concurrent.KeepAlive;
import dev.streaming.observation.ConnectionObserver;
import dev.streaming.observation.SessionCapacity;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * L1: {@code max-sessions}, of a connection and of all.
 */
@Rule("L1")
class MaxSessionsTests extends AbstractSessionFactoryTests {

	private final List<String> limited = new CopyOnWriteArrayList<>();

	private DefaultSessionFactory factory(int max, int maxOfConnection) {
		this.definitions.maxSessions = max;
		this.definitions.maxSessionsOfConnection = maxOfConnection;
		return new DefaultSessionFactory(this.connFactory, this.definitions, KeepAlive.none(),
				(name) -> new ConnectionObserver() {

					@Override
					public void limited(String limit) {
						MaxSessionsTests.this.limited.add(name + " " + limit);
					}

				});
	}

	@Test
	void sessionBeyondTheLimitOfItsConnectionIsRefusedWithoutADial() throws Exception {
		DefaultSessionFactory factory = factory(0, 2);
		Session first = factory.open("openai");
		factory.open("openai");
		assertThatExceptionOfType(SessionLimitException.class).isThrownBy(() -> factory.open("openai"))
			.withMessageContaining("openai")
			.withMessageContaining("'streaming.connections.openai.max-sessions'")
			.withMessageContaining("2")
			.satisfies((ex) -> assertThat(ex.limit()).isEqualTo("max-sessions"))
			.satisfies((ex) -> assertThat(ex.value()).isEqualTo(2));
		assertThat(this.runtime.transport.dials()).hasSize(2);
		assertThat(this.definitions.destroyed).hasValue(0);
		assertThat(this.limited).containsExactly("openai max-sessions");
		assertThat(capacities(factory)).containsExactly(new SessionCapacity("openai", 2, 2));
		first.close();
		assertThat(factory.open("openai").state()).isEqualTo(Session.State.OPEN);
	}

	@Test
	void sessionBeyondTheLimitOfAllIsRefused() throws Exception {
		DefaultSessionFactory factory = factory(1, 5);
		factory.open("openai");
		assertThatExceptionOfType(SessionLimitException.class).isThrownBy(() -> factory.open("openai"))
			.withMessageContaining("'streaming.max-sessions'");
		assertThat(capacities(factory)).containsExactly(new SessionCapacity(null, 1, 1),
				new SessionCapacity("openai", 1, 5));
	}

	@Test
	void sessionThatIsBeingOpenedCounts() throws Exception {
		DefaultSessionFactory factory = factory(1, 0);
		this.definitions.failSetups(1, new IOException("setup"));
		CompletableFuture<Session> opening = factory.openAsync("openai").toCompletableFuture();
		this.runtime.peer(1).awaitCloseStatus();
		assertThat(TestRuntime.failure(factory.openAsync("openai").toCompletableFuture()))
			.isInstanceOf(SessionLimitException.class);
		this.runtime.timer.fallDue(Duration.ofSeconds(1));
		TestRuntime.get(opening).close();
		assertThat(capacities(factory)).containsExactly(new SessionCapacity(null, 0, 1));
	}

	@Test
	void failedOpeningGivesItsSlotBack() throws Exception {
		DefaultSessionFactory factory = factory(1, 1);
		this.definitions.failSetups(1, new PermanentFailureException("no", null));
		assertThatExceptionOfType(SessionSetupException.class).isThrownBy(() -> factory.open("openai"));
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> factory.open("openai", (spec) -> {
			throw new IllegalStateException("customizer");
		}));
		assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> factory.open("other"));
		CompletableFuture<Session> cancelled = factory.openAsync("openai").toCompletableFuture();
		if (!cancelled.cancel(true)) {
			// It was open already, so that the session is the caller's
			cancelled.get().close();
		}
		TestRuntime.eventually(() -> assertThat(capacities(factory)).containsExactly(new SessionCapacity(null, 0, 1),
				new SessionCapacity("openai", 0, 1)));
		assertThat(factory.open("openai").state()).isEqualTo(Session.State.OPEN);
		assertThat(this.limited).isEmpty();
	}

	private static List<SessionCapacity> capacities(DefaultSessionFactory factory) {
		return SessionSnapshots.capacities(Stream.of(factory));
	}

}
