package dev.streaming.event;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import dev.streaming.ConnectionLostException;
import dev.streaming.ReconnectFailedException;
import dev.streaming.Session;
import dev.streaming.SessionLimitException;
import dev.streaming.ToolExecution;
import dev.streaming.ToolOutcome;
import dev.streaming.Turn;
import dev.streaming.TurnOutcome;
import dev.streaming.Usage;
import dev.streaming.observation.StreamingObserver;
import dev.streaming.testsupport.InMemorySessions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link StreamingEventPublisher}.
 */
@Timeout(30)
class StreamingEventPublisherTests {

	private final List<Object> events = new CopyOnWriteArrayList<>();

	private final InMemorySessions sessions = new InMemorySessions(StreamingObserver.NONE,
			new StreamingEventPublisher(this.events::add));

	@AfterEach
	void close() {
		this.sessions.close();
	}

	@Test
	void plannedChangeIsPublishedBeforeItHappens() throws Exception {
		Session session = this.sessions.factory().open("openai");
		session.reconnect("tidy").toCompletableFuture().get(10, TimeUnit.SECONDS);
		awaitEvents(3);
		assertThat(this.events.get(1)).isEqualTo(new SessionPlannedChangeEvent(session, "tidy"));
		assertThat(this.events.get(2)).isInstanceOf(SessionReconnectedEvent.class);
	}

	@Test
	void turnsToolsAndLimitsArePublished() {
		StreamingEventPublisher publisher = new StreamingEventPublisher(this.events::add);
		Session session = mock(Session.class);
		Turn turn = new Turn(TurnOutcome.COMPLETED, Duration.ofSeconds(1), null, null, null);
		ToolExecution tool = new ToolExecution("pay", "c1", ToolOutcome.SUCCESS, Duration.ofSeconds(1));
		SessionLimitException limit = new SessionLimitException("over", "max-tokens", 1L);
		publisher.onTurn(session, turn);
		publisher.onToolCall(session, tool);
		publisher.onLimit(session, limit);
		assertThat(this.events).containsExactly(new TurnEndedEvent(session, turn),
				new ToolCallEndedEvent(session, tool), new SessionLimitEvent(session, limit));
		given(session.usage()).willReturn(new Usage(1, 2, 3));
		assertThat(new SessionClosedEvent(session, null).usage()).isEqualTo(new Usage(1, 2, 3));
	}

	@Test
	void wholeLifeIsPublished() throws Exception {
		Session session = this.sessions.factory().open("openai");
		assertThat(this.events).containsExactly(new SessionOpenedEvent(session));
		this.sessions.peer().drop();
		awaitEvents(3);
		assertThat(this.events.get(1)).isInstanceOfSatisfying(SessionDisconnectedEvent.class, (event) -> {
			assertThat(event.session()).isSameAs(session);
			assertThat(event.cause()).isInstanceOf(ConnectionLostException.class);
		});
		assertThat(this.events.get(2)).isInstanceOfSatisfying(SessionReconnectedEvent.class, (event) -> {
			assertThat(event.session()).isSameAs(session);
			assertThat(event.reconnected().attempt()).isEqualTo(1);
			assertThat(event.reconnected().planned()).isFalse();
		});
		session.close();
		assertThat(this.events).hasSize(4).last().isEqualTo(new SessionClosedEvent(session, null));
	}

	@Test
	void endCarriesItsError() throws Exception {
		Session session = this.sessions.factory().open("openai");
		this.sessions.transport().onDial((dial) -> dial.refuse(503));
		this.sessions.peer().drop();
		awaitEvents(3);
		assertThat(this.events).last()
			.isInstanceOfSatisfying(SessionClosedEvent.class,
					(event) -> assertThat(event.error()).isInstanceOf(ReconnectFailedException.class)
						.isSameAs(session.error().orElseThrow()));
	}

	private void awaitEvents(int count) {
		Awaitility.await().untilAsserted(() -> assertThat(this.events).hasSize(count));
	}

}
