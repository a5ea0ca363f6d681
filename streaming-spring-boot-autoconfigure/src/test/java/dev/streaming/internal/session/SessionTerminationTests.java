package dev.streaming.internal.session;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.streaming.ConnConfig;
import dev.streaming.Message;
import dev.streaming.OutagePolicy;
import dev.streaming.SessionClosedException;
import dev.streaming.internal.connection.OutboundMessage;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The {@link SessionTermination} alone.
 */
@Rule("S1")
class SessionTerminationTests {

	private static final SessionOutcome CLOSED = SessionOutcome.closed(CloseStatus.NORMAL);

	private final PartsFixture parts = new PartsFixture();

	private final SessionTermination termination = this.parts.termination;

	private final List<String> events = new ArrayList<>();

	private SessionTermination.Participant participant(String name, @Nullable Runnable farewell) {
		return new SessionTermination.Participant() {

			@Override
			public void cancel() {
				SessionTerminationTests.this.events.add(name + " cancel");
			}

			@Override
			public @Nullable Runnable farewell() {
				return farewell;
			}

			@Override
			public void ended(SessionOutcome how) {
				SessionTerminationTests.this.events.add(name + " ended");
			}

		};
	}

	private String where() {
		return this.parts.gate.state() + " " + this.parts.conn.state() + " "
				+ (this.parts.channel.isEnded() ? "ended" : "going");
	}

	@Test
	void endComesInOrder() throws Exception {
		this.parts.connect();
		this.parts.peer().answerClose(false);
		this.termination.add(participant("a", () -> this.events.add("farewell " + where())));
		this.termination.add(participant("b", () -> this.events.add("never")));
		this.termination.whenDone(() -> this.events.add("done " + this.termination.done().isDone()));
		this.termination.end(CLOSED);
		assertThat(where()).isEqualTo("CLOSED CLOSING going");
		assertThat(this.termination.isOver()).isTrue();
		this.parts.peer().close(CloseStatus.NORMAL);
		assertThat(where()).isEqualTo("CLOSED CLOSED ended");
		assertThat(this.events).containsExactly("a cancel", "b cancel", "farewell OPEN OPEN going", "a ended",
				"b ended", "done false");
		assertThat(this.termination.done()).isCompleted();
		assertThat(this.parts.timer.pending()).isZero();
	}

	@Test
	void firstEndCounts() throws Exception {
		this.parts.connect();
		IllegalStateException error = new IllegalStateException("first");
		this.termination.add(participant("a", null));
		this.termination.end(SessionOutcome.failed(error, CloseStatus.SERVER_ERROR));
		this.termination.end(CLOSED);
		assertThat(this.termination.error()).isSameAs(error);
		assertThat(this.parts.peer().closeStatus()).isEqualTo(CloseStatus.SERVER_ERROR);
		assertThat(this.events).containsExactly("a cancel", "a ended");
	}

	@Test
	void farewellIsSentOnlyOnAnOpenConnectionThatWeClose() throws Exception {
		this.termination.add(participant("a", () -> this.events.add("farewell")));
		this.termination.end(CLOSED);
		assertThat(this.events).doesNotContain("farewell");
		PartsFixture other = new PartsFixture();
		other.connect();
		other.termination.add(participant("b", () -> this.events.add("farewell")));
		other.termination.end(SessionOutcome.failed(new IllegalStateException(), CloseStatus.NORMAL));
		assertThat(this.events).doesNotContain("farewell").contains("b ended");
	}

	@Test
	void errorAndStateAreSetBeforeTheConnectionIsClosed() throws Exception {
		this.parts.connect();
		IllegalStateException error = new IllegalStateException();
		this.parts.peer().onClose((peer) -> {
			assertThat(this.termination.error()).isSameAs(error);
			this.events.add(where());
		});
		this.termination.end(SessionOutcome.failed(error, CloseStatus.NORMAL));
		assertThat(this.events).containsExactly("CLOSED CLOSING going");
	}

	@Test
	void farewellThatDoesNotComeBackHoldsTheCloseFrameUpForTheGracePeriod() throws Exception {
		this.parts.connect();
		this.termination.add(participant("a", () -> {
			assertThat(this.parts.peer().closeStatus()).isNull();
			this.parts.timer.advance(ConnConfig.DEFAULT_CLOSE_GRACE_PERIOD);
			this.events.add("back behind " + this.parts.peer().closeStatus());
		}));
		this.termination.end(CLOSED);
		assertThat(this.events).containsExactly("a cancel", "back behind " + CloseStatus.NORMAL, "a ended");
		assertThat(this.parts.timer.pending()).isZero();
	}

	@Test
	void lateFarewellIsNotSent() throws Exception {
		this.parts.connect();
		this.termination.add(participant("a", () -> this.events.add("farewell")));
		this.parts.onTask(() -> {
			this.termination.end(CLOSED);
			this.parts.timer.advance(ConnConfig.DEFAULT_CLOSE_GRACE_PERIOD);
			assertThat(this.parts.peer().closeStatus()).isEqualTo(CloseStatus.NORMAL);
		});
		assertThat(this.events).containsExactly("a cancel", "a ended");
	}

	/**
	 * The session's task is in a callback that does not come back.
	 */
	@Test
	void participantsAreNotifiedByAWorkerWhenTheTaskIsStuck() throws Exception {
		this.parts.connect();
		this.termination.add(participant("a", null));
		this.parts.onTask(() -> {
			this.termination.end(SessionOutcome.failed(new IllegalStateException(), CloseStatus.NORMAL));
			assertThat(this.events).containsExactly("a cancel");
			this.parts.timer.advance(ConnConfig.DEFAULT_CLOSE_GRACE_PERIOD);
			assertThat(this.events).containsExactly("a cancel", "a ended");
		});
		assertThat(this.events).hasSize(2);
		assertThat(this.parts.timer.pending()).isZero();
	}

	@Test
	void taskThatIsKnownToBeStuckIsNotWaitedFor() throws Exception {
		this.parts.connect();
		this.termination.add(participant("a", null));
		this.parts.onTask(() -> {
			this.termination.end(SessionOutcome.stuck(new IllegalStateException()));
			assertThat(this.events).containsExactly("a cancel", "a ended");
		});
		assertThat(this.parts.peer().closeStatus()).isEqualTo(CloseStatus.SERVER_ERROR);
	}

	@Test
	void participantThatFailsDoesNotHoldUpTheEnd() {
		this.termination.add(new SessionTermination.Participant() {

			@Override
			public void ended(SessionOutcome how) {
				throw new IllegalStateException("fails");
			}

		});
		this.termination.end(CLOSED);
		assertThat(this.termination.done()).isCompleted();
	}

	@Test
	@Rule("S9")
	void heldMessagesAreRefusedAndCountedIfNoSenderWaits() throws Exception {
		this.parts.connect();
		this.parts.gate.shut(false);
		OutboundMessage waiting = new OutboundMessage(Message.text("a"), OutagePolicy.WAIT, false);
		OutboundMessage buffered = new OutboundMessage(Message.text("b"), OutagePolicy.BUFFER, true);
		this.parts.gate.submit(waiting);
		this.parts.gate.submit(buffered);
		this.termination.end(CLOSED);
		assertThat(TestRuntime.failure(waiting.result())).isInstanceOf(SessionClosedException.class);
		assertThat(buffered.result()).isCompleted();
		assertThat(this.parts.observer.sendsDropped).hasValue(1);
	}

	@Test
	@Timeout(30)
	void closeWaitsForTheEndUnlessTheTaskCloses() throws Exception {
		this.parts.connect();
		this.parts.peer().answerClose(false);
		this.parts.onTask(() -> this.termination.close(CloseStatus.NORMAL));
		CompletableFuture<Void> closing = TestRuntime.run(() -> this.termination.close(CloseStatus.NORMAL));
		assertThat(this.termination.done()).isNotDone();
		assertThat(closing).isNotDone();
		this.parts.peer().close(CloseStatus.NORMAL);
		TestRuntime.get(closing);
	}

}
