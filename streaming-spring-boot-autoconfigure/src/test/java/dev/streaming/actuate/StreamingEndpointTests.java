package dev.streaming.actuate;

import java.util.List;
import java.util.Map;

import dev.streaming.Session;
import dev.streaming.actuate.StreamingEndpoint.ReconnectDescriptor;
import dev.streaming.actuate.StreamingEndpoint.SessionDescriptor;
import dev.streaming.internal.session.SessionSnapshots;
import dev.streaming.observation.SessionCapacity;
import dev.streaming.observation.StreamingObserver;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.InMemorySessions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StreamingEndpoint} and {@link StreamingEndpointWebExtension}.
 */
@Timeout(30)
class StreamingEndpointTests {

	private final InMemorySessions sessions = new InMemorySessions(StreamingObserver.NONE);

	private final StreamingEndpoint endpoint = new StreamingEndpoint(
			() -> SessionSnapshots.of(this.sessions.factory().sessions()), this.sessions.factory()::sessions);

	private final StreamingEndpointWebExtension extension = new StreamingEndpointWebExtension(this.endpoint);

	@AfterEach
	void close() {
		this.sessions.close();
	}

	@Test
	void readsAllSessions() throws Exception {
		assertThat(this.endpoint.sessions().sessions()).isEmpty();
		Session first = this.sessions.factory().open("openai");
		Session second = this.sessions.factory().open("gemini");
		assertThat(this.endpoint.sessions().sessions()).extracting(SessionDescriptor::id)
			.containsExactlyInAnyOrder(first.id(), second.id());
	}

	@Test
	void readsTheLimitsOnSessions() throws Exception {
		List<SessionCapacity> limits = List.of(new SessionCapacity("openai", 1, 2));
		StreamingEndpoint limited = new StreamingEndpoint(List::of, this.sessions.factory()::sessions, () -> limits);
		assertThat(limited.sessions().limits()).isEqualTo(limits);
		assertThat(this.endpoint.sessions().limits()).isEmpty();
	}

	@Test
	void readsOneSession() throws Exception {
		Session session = this.sessions.factory().open("openai");
		this.sessions.factory().open("openai");
		SessionDescriptor descriptor = this.endpoint.session(session.id());
		assertThat(descriptor).isNotNull();
		assertThat(descriptor.id()).isEqualTo(session.id());
		assertThat(descriptor.connection()).isEqualTo("openai");
		assertThat(descriptor.state()).isEqualTo("open");
		assertThat(descriptor.queue().capacity()).isEqualTo(10);
		assertThat(this.endpoint.session("openai-unknown")).isNull();
	}

	@Test
	void asksOneSessionToReconnect() throws Exception {
		Session session = this.sessions.factory().open("openai");
		Session other = this.sessions.factory().open("openai");
		InMemoryPeer first = this.sessions.transport().awaitPeer(1);
		ReconnectDescriptor result = this.endpoint.reconnect(session.id(), "new release");
		assertThat(result).isEqualTo(new ReconnectDescriptor(List.of(session.id()), Map.of()));
		assertThat(first.awaitCloseStatus().getReason()).isEqualTo("new release");
		this.sessions.transport().awaitPeer(3);
		assertThat(this.endpoint.reconnect("openai-unknown", null)).isNull();
		assertThat(other.conn().isConnected()).isTrue();
	}

	@Test
	void reasonHasADefault() throws Exception {
		Session session = this.sessions.factory().open("openai");
		InMemoryPeer first = this.sessions.transport().awaitPeer(1);
		this.endpoint.reconnect(session.id(), " ");
		assertThat(first.awaitCloseStatus().getReason()).isEqualTo(StreamingEndpoint.DEFAULT_REASON);
	}

	@Test
	void asksAllSessionsOfAConnectionToReconnect() throws Exception {
		Session first = this.sessions.factory().open("openai");
		Session second = this.sessions.factory().open("openai");
		Session other = this.sessions.factory().open("gemini");
		ReconnectDescriptor result = this.endpoint.reconnectAll("openai", null);
		assertThat(result.asked()).containsExactlyInAnyOrder(first.id(), second.id());
		this.sessions.transport().awaitPeer(5);
		assertThat(other.conn().isConnected()).isTrue();
		assertThat(this.endpoint.reconnectAll("unknown", null).asked()).isEmpty();
	}

	@Test
	void reportsSessionsThatCannotReconnect() throws Exception {
		Session session = this.sessions.factory().open("plain");
		ReconnectDescriptor result = this.endpoint.reconnectAll("plain", null);
		assertThat(result.asked()).isEmpty();
		assertThat(result.refused()).containsOnlyKeys(session.id());
		assertThat(result.refused().get(session.id())).contains("onReconnect");
		assertThat(session.isClosed()).isFalse();
	}

	@Test
	void closesASession() throws Exception {
		Session session = this.sessions.factory().open("openai");
		Session other = this.sessions.factory().open("openai");
		assertThat(this.endpoint.close(session.id())).isTrue();
		assertThat(session.isClosed()).isTrue();
		assertThat(other.isClosed()).isFalse();
		assertThat(this.endpoint.close(session.id())).isFalse();
	}

	@Test
	void webExtensionAnswersWithStatus() throws Exception {
		Session session = this.sessions.factory().open("openai");
		Session plain = this.sessions.factory().open("plain");
		assertThat(this.extension.reconnect(session.id(), null).getStatus()).isEqualTo(202);
		assertThat(this.extension.reconnect("unknown", null).getStatus()).isEqualTo(404);
		WebEndpointResponse<ReconnectDescriptor> refused = this.extension.reconnect(plain.id(), null);
		assertThat(refused.getStatus()).isEqualTo(409);
		assertThat(refused.getBody().refused()).containsKey(plain.id());
		assertThat(this.extension.reconnectAll("plain", null).getStatus()).isEqualTo(409);
		assertThat(this.extension.reconnectAll("unknown", null).getStatus()).isEqualTo(202);
		assertThat(this.extension.close("unknown").getStatus()).isEqualTo(404);
		assertThat(this.extension.close(plain.id()).getStatus()).isEqualTo(204);
	}

}
