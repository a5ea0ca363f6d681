package dev.streaming.internal.session;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.streaming.PermanentFailureException;
import dev.streaming.Session;
import dev.streaming.SessionSetupException;
import dev.streaming.StreamingException;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * S14: sessions that a factory opens.
 */
@Rule("S14")
class SessionFactoryTests extends AbstractSessionFactoryTests {

	@Test
	void openDialsSetsUpAndOpens() throws Exception {
		Session session = this.factory.open("openai",
				(spec) -> spec.attribute("user", "u1")
					.conn((conn) -> conn.header("x", "1"))
					.session((config) -> config.responseChannelSize(3)));
		assertThat(session.connectionName()).isEqualTo("openai");
		assertThat(session.response().capacity()).isEqualTo(3);
		assertThat(this.runtime.peer().texts()).containsExactly("setup for u1");
		assertThat(this.runtime.transport.dials().get(0).request().headers()).containsKey("x");
		assertThat(this.factory.sessions()).containsExactly(session);
		assertThat(SessionSnapshots.of(this.factory.sessions())).singleElement().satisfies((snapshot) -> {
			assertThat(snapshot.id()).isEqualTo(session.id());
			assertThat(snapshot.messagesSent()).isEqualTo(1);
			assertThat(snapshot.state()).isEqualTo(Session.State.OPEN);
		});
		session.close();
		assertThat(this.factory.sessions()).isEmpty();
		assertThat(this.definitions.destroyed).hasValue(1);
		this.runtime.assertNoTimers();
	}

	@Test
	void attributesReachTheHandshake() throws Exception {
		this.factory.open("openai", (spec) -> spec.attribute("user", "u1")
			.conn((conn) -> conn
				.handshake((handshake) -> handshake.header("x-user", (String) handshake.attributes().get("user")))));
		assertThat(this.runtime.transport.dials().get(0).request().headers().get("x-user")).containsExactly("u1");
	}

	@Test
	void unknownConnectionIsAnError() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.factory.open("other"))
			.withMessageContaining("openai");
	}

	@Test
	void failedSetupUsesUpADial() throws Exception {
		this.definitions.failSetups(2, new IOException("setup"));
		CompletableFuture<Session> open = TestRuntime.async(() -> this.factory.open("openai"));
		for (int i = 1; i <= 2; i++) {
			this.runtime.peer(i).awaitCloseStatus();
			this.runtime.timer.fallDue(Duration.ofSeconds(i));
		}
		Session session = TestRuntime.get(open);
		assertThat(session.state()).isEqualTo(Session.State.OPEN);
		assertThat(this.runtime.transport.dials()).hasSize(3);
	}

	@Test
	void setupThatNeverSucceedsIsASessionSetupException() throws Exception {
		this.definitions.failSetups(99, new IOException("setup"));
		CompletableFuture<Session> open = TestRuntime.async(() -> this.factory.open("openai"));
		for (int i = 1; i <= 2; i++) {
			this.runtime.peer(i).awaitCloseStatus();
			this.runtime.timer.fallDue(Duration.ofSeconds(i));
		}
		assertThat(TestRuntime.failure(open)).isInstanceOf(SessionSetupException.class);
		assertThat(this.runtime.transport.dials()).hasSize(3);
		assertThat(this.factory.sessions()).isEmpty();
		assertThat(this.definitions.destroyed).hasValue(1);
		this.runtime.assertNoTimers();
	}

	@Test
	void permanentSetupFailureIsNotRetried() {
		this.definitions.failSetups(99, new PermanentFailureException("no", null));
		assertThatExceptionOfType(SessionSetupException.class).isThrownBy(() -> this.factory.open("openai"))
			.withCauseInstanceOf(PermanentFailureException.class);
		assertThat(this.runtime.transport.dials()).hasSize(1);
		assertThat(this.definitions.destroyed).hasValue(1);
	}

	@Test
	void setupThatClosesItsSessionIsNotTriedAgain() {
		this.definitions.setup = (conn, context) -> {
			context.close(CloseStatus.POLICY_VIOLATION);
			throw new IllegalStateException("closed");
		};
		assertThatExceptionOfType(StreamingException.class).isThrownBy(() -> this.factory.open("openai"));
		assertThat(this.runtime.transport.dials()).hasSize(1);
		TestRuntime.eventually(() -> assertThat(this.definitions.destroyed).hasValue(1));
	}

	@Test
	void connectionOfAFailedSetupIsClosedInOrderBeforeTheNextDial() throws Exception {
		AtomicBoolean first = new AtomicBoolean(true);
		this.definitions.setup = (conn, context) -> {
			if (first.getAndSet(false)) {
				throw new IllegalStateException("not yet");
			}
		};
		this.runtime.transport.nextDial((dial) -> dial.accept((peer) -> peer.answerClose(false)));
		CompletableFuture<Session> opening = TestRuntime.async(() -> this.factory.open("openai"));
		InMemoryPeer failed = this.runtime.transport.awaitPeer(1);
		assertThat(failed.awaitCloseStatus()).isEqualTo(CloseStatus.NORMAL);
		assertThat(this.factory.sessions()).isEmpty();
		failed.close(CloseStatus.NORMAL);
		TestRuntime.eventually(() -> assertThat(this.runtime.timer.untilNext()).contains(Duration.ofSeconds(1)));
		assertThat(failed.isAborted()).isFalse();
		this.runtime.timer.advanceToNext();
		Session session = TestRuntime.get(opening);
		assertThat(this.factory.sessions()).containsExactly(session);
		session.close();
	}

}
