package dev.streaming.test;

import java.time.Duration;
import java.util.List;

import dev.streaming.Conn;
import dev.streaming.Message;
import dev.streaming.MessageHandlerException;
import dev.streaming.Session;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.SessionSetupException;
import dev.streaming.StreamChunk;
import org.junit.jupiter.api.Test;

import static dev.streaming.test.StreamingAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link HandlerTester}.
 */
class HandlerTesterTests {

	@Test
	void handlerConnectsHandlesAndReconnects() {
		try (HandlerTester tester = HandlerTester.of(Transcriber::new).whenSent("start"::equals, "ready")) {
			assertThat(tester.open((spec) -> spec.attribute("language", "no")).receive("hei", "", "hallo"))
				.extracting(StreamChunk::delta)
				.containsExactly("hei", "hallo");
			tester.drop();
			assertThat(tester.session()).isOpen();
			assertThat(tester.sent()).containsExactly("start", "language no", "start", "language no");
			assertThat(tester.connections()).isEqualTo(2);
			assertThat(tester.receive(List.of(Message.binary(new byte[] { 'h', 'i' })))).singleElement()
				.satisfies((chunk) -> assertThat(chunk).hasDelta("hi"));
		}
	}

	@Test
	void tasksAreDueWhenTheClockIsTurned() {
		try (HandlerTester tester = HandlerTester.of(Transcriber::new).whenSent("start"::equals, "ready").open()) {
			tester.receive("later");
			assertThat(tester.advance(Duration.ofSeconds(59)).chunks()).isEmpty();
			assertThat(tester.advance(Duration.ofSeconds(1)).chunks()).singleElement()
				.satisfies((chunk) -> assertThat(chunk).hasDelta("now"));
		}
	}

	@Test
	void failingSetupFailsToOpen() {
		try (HandlerTester tester = HandlerTester.of(Transcriber::new).whenSent("start"::equals, "no")) {
			assertThatExceptionOfType(SessionSetupException.class).isThrownBy(tester::open);
		}
	}

	@Test
	void failingHandlerEndsTheSession() {
		try (HandlerTester tester = HandlerTester.of(Transcriber::new).whenSent("start"::equals, "ready").open()) {
			tester.receive("broken");
			assertThat(tester.session()).hasFailedWith(MessageHandlerException.class);
		}
	}

	@Test
	void peerMayCloseForGood() {
		try (HandlerTester tester = HandlerTester.of(Transcriber::new)
			.session((session) -> session.maxReconnectAttempts(0))
			.whenSent("start"::equals, "ready")
			.open()) {
			tester.close(1011, "internal");
			assertThat(tester.session().state()).isEqualTo(Session.State.CLOSED);
		}
	}

	/**
	 * A handler that waits for its peer.
	 */
	private static final class Transcriber implements SessionHandler {

		@Override
		public void connect(Conn conn, SessionContext context) throws Exception {
			conn.sendRaw("start");
			if (!conn.receive().text().equals("ready")) {
				throw new IllegalStateException("refused");
			}
			Object language = context.attributes().get("language");
			if (language != null) {
				conn.sendRaw("language " + language);
			}
		}

		@Override
		public List<StreamChunk> handle(Message message, SessionContext context) {
			return switch (message.text()) {
				case "" -> List.of();
				case "broken" -> throw new IllegalStateException("broken");
				case "later" -> {
					context.schedule(Duration.ofMinutes(1), () -> context.emit(StreamChunk.delta("now")));
					yield List.of();
				}
				default -> List.of(StreamChunk.delta(message.text()));
			};
		}

	}

}
