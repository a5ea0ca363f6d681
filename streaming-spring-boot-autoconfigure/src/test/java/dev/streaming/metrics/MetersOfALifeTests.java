package dev.streaming.metrics;

import java.util.concurrent.TimeUnit;

import dev.streaming.Session;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.InMemorySessions;
import io.micrometer.core.instrument.search.MeterNotFoundException;
import io.micrometer.core.instrument.search.RequiredSearch;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The meters of real sessions, from the first dial to the end.
 */
@Timeout(30)
class MetersOfALifeTests {

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final InMemorySessions sessions = new InMemorySessions(new MicrometerStreamingObserver(this.registry));

	@AfterEach
	void close() {
		this.sessions.close();
	}

	@Test
	void lifeWithAnOutage() throws Exception {
		this.sessions.transport().nextDial((dial) -> dial.refuse(503));
		Session session = this.sessions.factory().open("openai");
		assertThat(meter("streaming.connect", "outcome", "refused", "status", "503").timer().count()).isEqualTo(1);
		assertThat(meter("streaming.connect", "outcome", "success", "status", "101").timer().count()).isEqualTo(1);
		assertThat(meter("streaming.sessions.active", "state", "open").gauge().value()).isEqualTo(1);
		assertThat(meter("streaming.queue.capacity").gauge().value()).isEqualTo(10);

		session.sendRaw("four");
		this.sessions.peer().text("seven77");
		this.sessions.peer().text("1");
		eventually("streaming.queue.depth", 2);
		assertThat(meter("streaming.messages", "direction", "sent").counter().count()).isEqualTo(1);
		assertThat(meter("streaming.bytes", "direction", "sent").counter().count()).isEqualTo(4);
		assertThat(meter("streaming.messages", "direction", "received").counter().count()).isEqualTo(2);
		assertThat(meter("streaming.bytes", "direction", "received").counter().count()).isEqualTo(8);
		assertThat(meter("streaming.handler", "outcome", "success").timer().count()).isEqualTo(2);

		this.sessions.transport().nextDial((dial) -> dial.refuse(500));
		this.sessions.peer().drop();
		Awaitility.await()
			.ignoreException(MeterNotFoundException.class)
			.untilAsserted(() -> assertThat(
					meter("streaming.reconnect", "outcome", "success", "planned", "false").timer().count())
				.isEqualTo(1));
		assertThat(meter("streaming.reconnect.attempts", "outcome", "dial_failed").counter().count()).isEqualTo(1);
		assertThat(meter("streaming.reconnect.attempts", "outcome", "success").counter().count()).isEqualTo(1);

		session.close();
		assertThat(meter("streaming.session.duration", "end", "closed").timer().count()).isEqualTo(1);
		assertThat(meter("streaming.sessions.active", "state", "open").gauge().value()).isZero();
		assertThat(meter("streaming.queue.depth").gauge().value()).isZero();
	}

	@Test
	void plannedChange() throws Exception {
		Session session = this.sessions.factory().open("openai");
		session.reconnect("tidy").toCompletableFuture().get(10, TimeUnit.SECONDS);
		assertThat(meter("streaming.reconnect", "outcome", "success", "planned", "true").timer().count()).isEqualTo(1);
	}

	@Test
	void exhaustedAttempts() throws Exception {
		Session session = this.sessions.factory().open("openai");
		this.sessions.transport().onDial((dial) -> dial.refuse(503));
		this.sessions.peer().drop();
		session.done().toCompletableFuture().get(10, TimeUnit.SECONDS);
		assertThat(meter("streaming.reconnect", "outcome", "exhausted", "planned", "false").timer().count())
			.isEqualTo(1);
		assertThat(meter("streaming.session.duration", "end", "error").timer().count()).isEqualTo(1);
		assertThat(meter("streaming.sessions.active", "state", "reconnecting").gauge().value()).isZero();
	}

	@Test
	void outageIsSeenWhileItLasts() throws Exception {
		this.sessions.factory().open("openai");
		this.sessions.transport().onDial((dial) -> {
		});
		InMemoryPeer peer = this.sessions.peer();
		peer.drop();
		Awaitility.await()
			.untilAsserted(() -> assertThat(meter("streaming.sessions.active", "state", "reconnecting").gauge().value())
				.isEqualTo(1));
		assertThat(meter("streaming.sessions.active", "state", "open").gauge().value()).isZero();
	}

	@Test
	void discardedChunks() throws Exception {
		Session session = this.sessions.factory().open("openai");
		this.sessions.peer().text("one");
		this.sessions.peer().text("two");
		eventually("streaming.queue.depth", 2);
		assertThat(session.response().discard((chunk) -> true)).isEqualTo(2);
		assertThat(meter("streaming.chunks.discarded").counter().count()).isEqualTo(2);
	}

	private void eventually(String gauge, double value) {
		Awaitility.await().untilAsserted(() -> assertThat(meter(gauge).gauge().value()).isEqualTo(value));
	}

	private RequiredSearch meter(String name, String... tags) {
		return this.registry.get(name).tag("connection", "openai").tags(tags);
	}

}
