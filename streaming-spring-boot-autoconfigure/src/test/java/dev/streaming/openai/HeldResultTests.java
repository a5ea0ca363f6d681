package dev.streaming.openai;

import java.util.ArrayList;
import java.util.List;

import dev.streaming.Message;
import dev.streaming.testsupport.RecordingContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the result of a tool that is kept for the next connection, on which its call
 * is unknown.
 */
class HeldResultTests {

	private final List<Message> withdrawn = new ArrayList<>();

	private final OpenAiTurns turns = new OpenAiTurns(null, new HeardAudio(OpenAiAudioFormat.PCM),
			new OpenAiConversation(20), (tool) -> true, List::of);

	@BeforeEach
	void attach() {
		this.turns.attach(new RecordingContext() {

			@Override
			public boolean withdraw(Message message) {
				return HeldResultTests.this.withdrawn.add(message);
			}

		});
	}

	@Test
	void resultThatIsHeldWhenItsConnectionIsLostIsTakenBack() {
		List<Message> sent = new ArrayList<>();
		this.turns.toolResult("c1", "{}", (message) -> {
			sent.add(message);
			this.turns.disconnected(false);
		});
		assertThat(sent).hasSize(1);
		assertThat(this.withdrawn).containsExactlyElementsOf(sent);
	}

	@Test
	void resultThatIsHeldAMomentLaterIsTakenBackBeforeTheNextConnectionSendsIt() {
		List<Message> sent = new ArrayList<>();
		this.turns.toolResult("c1", "{}", (message) -> {
			this.turns.disconnected(false);
			this.withdrawn.clear();
			sent.add(message);
			this.turns.released();
		});
		assertThat(this.withdrawn).containsExactlyElementsOf(sent);
	}

	@Test
	void resultOnTheNextConnectionIsNotTakenBack() {
		List<Message> sent = new ArrayList<>();
		this.turns.disconnected(false);
		this.turns.toolResult("c1", "{}", sent::add);
		this.turns.released();
		assertThat(sent).hasSize(1);
		assertThat(this.withdrawn).isEmpty();
	}

}
