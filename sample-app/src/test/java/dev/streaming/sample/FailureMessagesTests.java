package dev.streaming.sample;

import java.util.OptionalInt;
import java.util.stream.Stream;

import dev.streaming.ConnectFailedException;
import dev.streaming.ConnectionLostException;
import dev.streaming.FinishReason;
import dev.streaming.MessageHandlerException;
import dev.streaming.NotConnectedException;
import dev.streaming.ReconnectFailedException;
import dev.streaming.SendFailedException;
import dev.streaming.SessionClosedException;
import dev.streaming.SessionSetupException;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link FailureMessages} and {@link AnswerEvent}.
 */
class FailureMessagesTests {

	private static final String TECHNICAL = "writeWait (10000 ms) ws://10.0.0.7:9000/internal (session 'assistant-1')";

	static Stream<Throwable> failures() {
		RuntimeException cause = new IllegalStateException(TECHNICAL);
		return Stream.of(refused(401), refused(403), refused(404), refused(429), refused(503), refused(0),
				new NotConnectedException(TECHNICAL, null),
				new ConnectionLostException(TECHNICAL, CloseStatus.NO_CLOSE_FRAME, cause),
				new ReconnectFailedException(TECHNICAL, cause, 3), new SendFailedException(TECHNICAL, cause),
				new SessionSetupException(TECHNICAL, cause), new SessionClosedException(TECHNICAL, cause),
				new MessageHandlerException(TECHNICAL, cause), new StreamingException(TECHNICAL, cause), cause,
				new NoAnswerException(NoAnswerException.Reason.SILENT, TECHNICAL),
				new NoAnswerException(NoAnswerException.Reason.TOO_LONG, TECHNICAL), new NullPointerException());
	}

	@ParameterizedTest
	@MethodSource("failures")
	void failureHasAMessageForVisitors(Throwable failure) {
		assertThat(FailureMessages.messageFor(failure)).matches("[A-Z][a-z ,'A-Z.]+\\.");
		assertThat(JsonMapper.shared().writeValueAsString(AnswerEvent.failure(failure)))
			.isEqualTo("{\"error\":\"" + FailureMessages.messageFor(failure) + "\"}");
	}

	@Test
	void messageSuggestsAnActionOfTheVisitor() {
		assertThat(FailureMessages.messageFor(refused(401))).contains("key");
		assertThat(FailureMessages.messageFor(refused(429))).contains("in a minute");
		assertThat(FailureMessages.messageFor(refused(503))).isEqualTo(FailureMessages.NOT_REACHED);
		assertThat(FailureMessages.messageFor(new NotConnectedException(TECHNICAL, null)))
			.isEqualTo(FailureMessages.NOT_REACHED);
		assertThat(FailureMessages.messageFor(new SessionClosedException(TECHNICAL, null))).contains("begin a new one");
		assertThat(FailureMessages.messageFor(new NoAnswerException(NoAnswerException.Reason.SILENT, TECHNICAL)))
			.contains("did not answer");
		assertThat(FailureMessages.messageFor(new NoAnswerException(NoAnswerException.Reason.TOO_LONG, TECHNICAL)))
			.contains("took too long");
	}

	@Test
	void chunkHidesMessagesOfProviderAndLibrary() {
		StreamChunk chunk = StreamChunk.builder()
			.finishReason(FinishReason.ERROR)
			.error(new StreamingException(TECHNICAL))
			.metadata("reason", TECHNICAL)
			.metadata("replayed", TECHNICAL)
			.build();
		assertThat(JsonMapper.shared().writeValueAsString(AnswerEvent.of(chunk)))
			.isEqualTo("{\"finishReason\":\"ERROR\",\"error\":\"" + FailureMessages.PROVIDER_FAILED + "\"}");
	}

	@Test
	void chunkKeepsWhatAPageShows() {
		assertThat(JsonMapper.shared()
			.writeValueAsString(AnswerEvent.of(StreamChunk.builder().reset(true).metadata("replayed", 4).build())))
			.isEqualTo("{\"reset\":true,\"metadata\":{\"replayed\":4}}");
		assertThat(JsonMapper.shared()
			.writeValueAsString(AnswerEvent.of(StreamChunk.builder().delta("b").content("ab").build())))
			.isEqualTo("{\"delta\":\"b\"}");
	}

	private static ConnectFailedException refused(int status) {
		return new ConnectFailedException(TECHNICAL, null, 1,
				(status != 0) ? OptionalInt.of(status) : OptionalInt.empty(), null, true);
	}

}
