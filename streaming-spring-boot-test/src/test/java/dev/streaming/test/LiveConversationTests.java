package dev.streaming.test;

import dev.streaming.MediaData;
import dev.streaming.SessionSetupException;
import dev.streaming.realtime.Role;
import org.junit.jupiter.api.Test;

import static dev.streaming.test.StreamingAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Conversations with GPT-Live, where silence is the end of a turn.
 */
class LiveConversationTests extends AbstractConversationTests {

	@Override
	Partner partner() {
		return Partner.OPENAI_LIVE;
	}

	@Test
	void instructionIsGivenInBetween() {
		client().sendText("The user is in Oslo", Role.SYSTEM);
		assertThat(provider()).hasReceivedTexts("The user is in Oslo");
	}

	@Test
	void imageIsRefused() {
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> client().sendImage(new MediaData(new byte[1], "image/png", 0, 0)));
	}

	@Test
	void sessionThatWasEndedForItsContentIsNotStartedAgain() {
		provider().send("{\"type\":\"session.closed\",\"reason\":\"content\",\"session\":{}}");
		assertThat(session()).isClosed();
		assertThat(session().error()).get()
			.satisfies((error) -> assertThat(error).hasStackTraceContaining("because of its content"));
		assertThat(provider()).wasDialled(1);
	}

	@Test
	void refusedStartIsNotTriedAgain() {
		provider().nextSetup().error("model_not_found", "No such model");
		assertThatExceptionOfType(SessionSetupException.class).isThrownBy(() -> reopen("duplex"))
			.withStackTraceContaining("No such model");
		assertThat(provider()).wasDialled(2);
	}

}
