package dev.streaming.event;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.streaming.ConnectionLostException;
import dev.streaming.ReconnectFailedException;
import dev.streaming.Session;
import dev.streaming.observation.StreamingObserver;
import dev.streaming.testsupport.InMemorySessions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

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
