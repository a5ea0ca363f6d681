package dev.streaming.test;

import java.time.Duration;

import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.realtime.RealtimeClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;

import static dev.streaming.test.StreamingAssertions.assertThat;

/**
 * Dictation in a session of OpenAI that only transcribes.
 */
@KitTest
class TranscriptionConversationTests {

	@Autowired
	@Qualifier("dictation")
	private ScriptedProvider provider;

	private Session session;

	private RealtimeClient client;

	@BeforeEach
	void open(@Autowired SessionFactory sessions) throws InterruptedException {
		this.session = sessions.open("dictation");
		this.client = RealtimeClient.of(this.session);
	}

	@AfterEach
	void close() {
		this.session.close();
	}

	private void dictate(String... pieces) {
		this.provider.next().transcribe(pieces);
		this.client.sendAudio(new byte[4800]);
		this.client.commitAudio();
		if (pieces.length > 1) {
			assertThat(this.session).delivers("a piece", (chunk) -> chunk.delta().equals(pieces[0]));
		}
		assertThat(this.session).delivers("the transcript", (chunk) -> chunk.content().equals(String.join("", pieces)));
	}

	@Test
	void setupHasNoTools() {
		assertThat(this.provider).hasSetup("/type", "transcription");
		assertThat(this.provider.setup().has("tools")).isFalse();
	}

	@Test
	void dictationGoesOnOnTheNextConnectionAndIsNotRepeated() {
		dictate("Dear ", "Ann,");
		this.provider.drop();
		assertThat(this.session).hasReconnected(1).isOpen();
		dictate("how are you?");
		this.provider.expire();
		assertThat(this.session).hasReconnected(2).isOpen();
		dictate("Yours, ", "Bob");
		assertThat(this.provider).hasConnected(3)
			.hasReceivedAudio(Duration.ofMillis(300))
			.hasNotReceived(Received.Kind.HISTORY)
			.hasNotReceived(Received.Kind.REQUEST);
	}

	@Test
	void speechThatTheProviderDetectsNeedsNoScript() {
		this.provider.userSays("Dear Ann");
		assertThat(this.session).delivers("the transcript", (chunk) -> chunk.content().equals("Dear Ann"));
		assertThat(this.provider).hasNotReceived(Received.Kind.AUDIO_END);
	}

}
