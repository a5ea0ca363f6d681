package dev.streaming.openai;

import java.util.List;

import dev.streaming.FinishReason;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for V4: a response that is created after the cancellation of its request, with a
 * turn of the user that the provider answers by itself.
 */
@Rule("V4")
class OpenAiDisownedRequestTests extends AbstractOpenAiTests {

	/**
	 * The cancellation comes before the response, and the provider knows of none.
	 */
	private void cancelTooEarly(RealtimeClient client) throws InterruptedException {
		client.cancel();
		error(told(CANCEL).get(0).path("event_id").asString(), "response_cancel_not_active");
		settle();
	}

	@Test
	void turnFromBeforeTheCancellationIsCancelledWithTheRequest() throws Exception {
		RealtimeClient client = client();
		spoken("u1");
		settle();
		client.respond();
		cancelTooEarly(client);
		created("r1");
		text("r1", "Cancelled");
		assertThat(told(CANCEL)).hasSize(2)
			.last()
			.satisfies((cancel) -> assertThat(cancel.path("response_id").asString()).isEqualTo("r1"));
		done("r1", "cancelled", "client_cancelled");
		List<StreamChunk> chunks = heard();
		assertThat(deltas(chunks)).isEmpty();
		assertThat(ends(chunks)).containsExactly(FinishReason.CANCELLED);
	}

	@Test
	void turnFromBehindTheCancellationIsAnswered() throws Exception {
		RealtimeClient client = client();
		client.respond();
		cancelTooEarly(client);
		spoken("u1");
		settle();
		answer("r1", "Yes");
		assertThat(told(CANCEL)).hasSize(1);
		assertThat(deltas(heard())).isEqualTo("Yes");
	}

	// The request has its response already, so that the next one is for the turn
	@Test
	void turnDuringTheResponseThatIsCancelledIsAnswered() throws Exception {
		RealtimeClient client = client();
		client.respond();
		created("r1");
		spoken("u1");
		settle();
		client.cancel();
		done("r1", "cancelled", "client_cancelled");
		answer("r2", "Yes");
		assertThat(told(CANCEL)).hasSize(1);
		assertThat(deltas(heard())).isEqualTo("Yes");
	}

	// It is about the first request, whose response was not created in time
	@Test
	void responseAfterARefusalThatNamesNoRequestIsCancelled() throws Exception {
		RealtimeClient client = client();
		client.respond();
		pass(SECOND.multipliedBy(11));
		client.respond();
		settle();
		client.cancel();
		error("", "rate_limit_exceeded");
		created("r1");
		text("r1", "Cancelled");
		done("r1");
		List<StreamChunk> chunks = heard();
		assertThat(told(CREATE)).hasSize(2);
		assertThat(deltas(chunks)).isEmpty();
		assertThat(ends(chunks)).containsExactly(FinishReason.CANCELLED);
	}

}
