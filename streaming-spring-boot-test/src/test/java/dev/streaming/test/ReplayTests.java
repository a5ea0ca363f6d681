package dev.streaming.test;

import java.util.List;

import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.realtime.RealtimeClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;

import static dev.streaming.test.StreamingAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Replay of recorded transcripts.
 */
@KitTest
class ReplayTests {

	@Autowired
	@Qualifier("assistant")
	private ScriptedProvider provider;

	@Autowired
	@Qualifier("live")
	private ScriptedProvider live;

	@Autowired
	@Qualifier("duplex")
	private ScriptedProvider duplex;

	@Autowired
	@Qualifier("dictation")
	private ScriptedProvider dictation;

	@Autowired
	private SessionFactory sessions;

	@AfterEach
	void stopReplaying() {
		// Reset by the next test
		assertThat(this.provider.transcript()).isNotEmpty();
	}

	@Test
	void recordedMessagesAreReplayed() throws Exception {
		this.provider.replay("recorded.jsonl");
		try (Session session = this.sessions.open("assistant")) {
			assertThat(RealtimeClient.of(session).ask("Weather in Oslo?")).hasText("It is 7 degrees.");
			assertThat(this.provider).hasReceived(Received.Kind.TOOL_RESULT);
		}
	}

	@Test
	void geminiIsReplayedInBinaryFrames() throws Exception {
		this.live.replay("classpath:recorded-gemini.jsonl");
		try (Session session = this.sessions.open("live")) {
			RealtimeClient client = RealtimeClient.of(session);
			client.sendAudio(new byte[320]);
			client.commitAudio();
			assertThat(session).delivers("Hello");
		}
	}

	@Test
	void gptLiveIsReplayed() throws Exception {
		this.duplex.replay("recorded-live.jsonl");
		try (Session session = this.sessions.open("duplex")) {
			RealtimeClient client = RealtimeClient.of(session);
			client.sendAudio(new byte[4800]);
			assertThat(this.duplex.received(Received.Kind.TOOL_RESULT)).as("one piece more was recorded").isEmpty();
			client.sendAudio(new byte[4800]);
			client.sendAudio(new byte[4800]);
			assertThat(session).delivers("the answer", (chunk) -> chunk.delta().equals("It is cold."));
			assertThat(this.duplex).hasReceived(Received.Kind.SETUP).hasReceived(Received.Kind.TOOL_RESULT);
			assertThat(this.duplex.received(Received.Kind.AUDIO)).hasSize(3);
		}
	}

	@Test
	void transcriptionIsReplayed() throws Exception {
		this.dictation.replay("recorded-transcription.jsonl");
		try (Session session = this.sessions.open("dictation")) {
			RealtimeClient client = RealtimeClient.of(session);
			client.sendAudio(new byte[4800]);
			client.commitAudio();
			assertThat(session).delivers("the transcript", (chunk) -> chunk.content().equals("Dear Ann"));
		}
	}

	@Test
	void otherMessageThanRecordedFails() throws Exception {
		this.provider.replay("recorded.jsonl");
		try (Session session = this.sessions.open("assistant")) {
			RealtimeClient.of(session).sendAudio(new byte[480]);
			session.sendRaw("{\"type\":\"input_audio_buffer.commit\"}");
			assertThat(this.provider).hasReceivedMessage("a commit",
					(json) -> json.path("type").asString("").endsWith("commit"));
		}
		assertThatExceptionOfType(AssertionError.class).isThrownBy(this.provider::verify)
			.withMessageContaining(
					"It received input_audio_buffer.commit where the recording has conversation.item.create, message 5 of 14");
		this.provider.lenient();
	}

	@Test
	void replayEndsWithTheTest() throws Exception {
		this.provider.replay("recorded.jsonl");
		this.provider.reset();
		this.provider.onText("hello").reply("hi");
		try (Session session = this.sessions.open("assistant")) {
			assertThat(RealtimeClient.of(session).ask("hello")).hasText("hi");
		}
	}

	@Test
	void typeOfAMessageIsThatOfItsProtocol() {
		assertThat(List.of("{\"type\":\"a\"}", "{\"setup\":{}}", "{\"realtimeInput\":{\"audio\":{}}}", "{}"))
			.extracting((json) -> Recording.type(WireProtocol.MAPPER.readTree(json)))
			.containsExactly("a", "setup", "realtimeInput.audio", "");
	}

	@Test
	void brokenRecordingIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.provider.replay("tone.wav"));
	}

}
