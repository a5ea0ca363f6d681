package dev.streaming.openai;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import dev.streaming.FinishReason;
import dev.streaming.OutagePolicy;
import dev.streaming.Session;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.RealtimeClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for V3: no request is stuck. V4: the effect of a cancellation.
 */
class OpenAiRequestTests extends AbstractOpenAiTests {

	private String idOf(String type, int number) throws InterruptedException {
		return this.openAi.awaitTold(type, number).path("event_id").asString();
	}

	// A5 a
	@ParameterizedTest
	@ValueSource(strings = { "failed", "cancelled", "incomplete", "completed" })
	void endOfAResponseThatWasNeverCreatedAnswersTheRequest(String status) throws InterruptedException {
		RealtimeClient client = client();
		client.respond();
		say("{'type':'response.done','response':{'id':'r1','status':'" + status
				+ "','status_details':{'error':{'type':'server_error','message':'Sorry'}}}}");
		assertThat(heard()).hasSize(1);
		assertThat(this.openAi.handler().responseInFlight()).isFalse();
		client.respond();
		assertThat(told(CREATE)).hasSize(2);
	}

	// A5 b
	@ParameterizedTest
	@ValueSource(strings = { "'event_of_the_server_7'", "null", "''" })
	void errorWithAnyIdAnswersTheRequest(String eventId) throws InterruptedException {
		RealtimeClient client = client();
		client.respond();
		client.respond();
		say("{'type':'error','event_id':'e1','error':{'type':'invalid_request_error','code':'input_empty',"
				+ "'message':'No','event_id':" + eventId + "}}");
		assertThat(heard()).singleElement()
			.satisfies((chunk) -> assertThat(chunk.error()).hasMessageContaining("input_empty"));
		assertThat(told(CREATE)).hasSize(2);
	}

	@Test
	void errorAboutAnotherEventOfOursDoesNotAnswerTheRequest() throws InterruptedException {
		RealtimeClient client = client();
		client.sendText("x");
		client.respond();
		client.respond();
		error(idOf(ITEM, 1), "invalid_value");
		assertThat(heard()).hasSize(1);
		assertThat(told(CREATE)).hasSize(1);
		answer("r1", "Yes");
		assertThat(told(CREATE)).hasSize(2);
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "session.audio.input.format", "item.content", "audio", "previous_item_id", "content_index" })
	void errorAboutAFieldThatNoRequestHasDoesNotAnswerTheRequest(String param) throws InterruptedException {
		RealtimeClient client = client();
		client.respond();
		say("{'type':'error','error':{'type':'invalid_request_error','code':'x','message':'No','param':'" + param
				+ "','event_id':null}}");
		assertThat(heard()).as("it is told").hasSize(1);
		client.respond();
		assertThat(told(CREATE)).as("the first is still to be answered").hasSize(1);
		answer("r1", "Yes");
		assertThat(told(CREATE)).hasSize(2);
	}

	@Test
	void requestWithoutReactionIsAbandonedAfterTenSeconds() throws InterruptedException {
		RealtimeClient client = client();
		client.respond();
		client.respond();
		pass(SECOND.multipliedBy(10).minusNanos(1));
		assertThat(told(CREATE)).hasSize(1);
		pass(SECOND);
		assertThat(told(CREATE)).hasSize(2);
		pass(SECOND.multipliedBy(10));
		settle();
		assertThat(this.openAi.handler().responseInFlight()).isFalse();
	}

	@Test
	void requestWaitsForAResponseThatIsKnownToBeInProgress() throws InterruptedException {
		RealtimeClient client = client();
		client.respond();
		created("r1");
		settle();
		client.respond();
		pass(SECOND.multipliedBy(9));
		text("r1", "a");
		pass(SECOND.multipliedBy(9));
		assertThat(told(CREATE)).hasSize(1);
		done("r1");
		assertThat(told(CREATE)).hasSize(2);
	}

	@Test
	void collisionWithAnUnreportedResponseEndsAfterTenSeconds() throws InterruptedException {
		RealtimeClient client = client();
		client.respond();
		error(idOf(CREATE, 1), "conversation_already_has_active_response");
		pass(SECOND.multipliedBy(10).minusNanos(1));
		assertThat(told(CREATE)).hasSize(1);
		pass(SECOND);
		assertThat(told(CREATE)).hasSize(2);
	}

	@Test
	void requestInTheProvidersOwnWordsHoldsUpOthers() throws InterruptedException {
		Session session = open();
		RealtimeClient client = RealtimeClient.of(session);
		session.send(Map.of("type", CREATE, "event_id", "mine"));
		assertThat(this.openAi.handler().responseInFlight()).isTrue();
		client.respond();
		assertThat(told(CREATE)).hasSize(1);
		error("mine", "invalid_value");
		assertThat(told(CREATE)).hasSize(2);
	}

	// A8
	@Test
	void answerToARequestThatWasCancelledBeforeItsResponseIsNotDelivered() throws InterruptedException {
		RealtimeClient client = client();
		client.respond();
		client.cancel();
		JsonNode cancel = this.openAi.awaitTold(CANCEL, 1);
		assertThat(cancel.has("response_id")).isFalse();
		error(cancel.path("event_id").asString(), "response_cancel_not_active");
		settle();
		assertThat(this.openAi.handler().responseInFlight()).isFalse();
		created("r1");
		text("r1", "What nobody wants");
		audio("r1", "i1", 480);
		callDone("r1", "c1", "completed", "{}");
		assertThat(heard()).isEmpty();
		assertThat(told(CANCEL)).last().extracting((event) -> event.path("response_id").asString()).isEqualTo("r1");
		text("r1", "What nobody wants");
		done("r1", "cancelled", "client_cancelled");
		assertThat(heard()).singleElement().satisfies((chunk) -> {
			assertThat(chunk.finishReason()).isEqualTo(FinishReason.CANCELLED);
			assertThat(chunk.content()).isEmpty();
		});
		assertThat(told(CREATE)).hasSize(1);
	}

	// A8
	@Test
	void endOfACancelledResponseIsOneThoughTheCancelCameTooLate() throws InterruptedException {
		RealtimeClient client = client();
		client.respond();
		client.cancel();
		created("r1");
		text("r1", "What nobody wants");
		say("{'type':'response.done','response':{'id':'r1','status':'completed','output':[{'type':'message',"
				+ "'content':[{'type':'output_text','text':'What nobody wants'}]}]}}");
		assertThat(heard()).singleElement().satisfies((chunk) -> {
			assertThat(chunk.finishReason()).isEqualTo(FinishReason.CANCELLED);
			assertThat(chunk.content()).isEmpty();
			assertThat(chunk.metadata()).containsEntry("status", "completed");
		});
	}

	@Test
	void cancelWithoutAnActiveResponseDoesNotDelayTheNextRequest() throws InterruptedException {
		RealtimeClient client = client();
		client.respond();
		client.cancel();
		client.respond();
		assertThat(told(CREATE)).hasSize(1);
		error(idOf(CANCEL, 1), "response_cancel_not_active");
		assertThat(told(CREATE)).hasSize(2);
		answer("r1", "The second answer");
		List<StreamChunk> chunks = heard();
		assertThat(deltas(chunks)).isEqualTo("The second answer");
		assertThat(ends(chunks)).containsExactly(FinishReason.STOP);
		assertThat(told(CANCEL)).hasSize(1);
	}

	@Test
	void requestInTheProvidersOwnWordsMakesTheCancellationVoid() throws InterruptedException {
		Session session = open();
		RealtimeClient client = RealtimeClient.of(session);
		client.respond();
		client.cancel();
		error(idOf(CANCEL, 1), "response_cancel_not_active");
		settle();
		session.send(Map.of("type", CREATE));
		answer("r1", "Wanted");
		assertThat(ends(heard())).containsExactly(FinishReason.STOP);
	}

	@Test
	void cancellationDoesNotAffectTheAnswerToTheNextTurn() throws InterruptedException {
		RealtimeClient client = client();
		client.respond();
		client.cancel();
		error(idOf(CANCEL, 1), "response_cancel_not_active");
		spoken("u1");
		answer("r1", "To the user");
		assertThat(deltas(heard())).isEqualTo("To the user");
	}

	@Test
	void answerToARequestWhoseSupposedAnswerWasCancelledIsNotDelivered() throws InterruptedException {
		RealtimeClient client = client();
		client.respond();
		created("by-itself");
		settle();
		client.cancel();
		done("by-itself", "cancelled", "client_cancelled");
		created("r1");
		text("r1", "unwanted");
		done("r1", "cancelled", "client_cancelled");
		List<StreamChunk> chunks = heard();
		assertThat(deltas(chunks)).isEmpty();
		assertThat(ends(chunks)).containsExactly(FinishReason.CANCELLED, FinishReason.CANCELLED);
		assertThat(told(CANCEL)).extracting((cancel) -> cancel.path("response_id").asString())
			.containsExactly("by-itself", "r1");
		client.respond();
		answer("r2", "wanted");
		assertThat(deltas(heard())).isEqualTo("wanted");
	}

	@Test
	void wordThatNothingIsActiveMeansTheCancelThatSomethingMayStillComeOf() throws InterruptedException {
		RealtimeClient client = client();
		client.respond();
		created("r1");
		settle();
		client.cancel();
		done("r1", "cancelled", "client_cancelled");
		settle();
		client.respond();
		client.cancel();
		error(null, "response_cancel_not_active");
		settle();
		client.respond();
		assertThat(told(CREATE)).hasSize(3);
	}

	@Test
	void cancellationIsVoidForEverythingBehindTheNextRequest() throws InterruptedException {
		RealtimeClient client = client();
		client.respond();
		client.cancel();
		error(idOf(CANCEL, 1), "response_cancel_not_active");
		client.respond();
		answer("r1", "wanted");
		answer("by-itself", " too");
		assertThat(deltas(heard())).isEqualTo("wanted too");
		assertThat(told(CANCEL)).hasSize(1);
	}

	@Test
	void cancellationDoesNotMeanAResponseThatIsCreatedLater() throws InterruptedException {
		RealtimeClient client = client();
		client.respond();
		client.cancel();
		error(idOf(CANCEL, 1), "response_cancel_not_active");
		pass(SECOND.multipliedBy(10));
		answer("r1", "By another client");
		assertThat(ends(heard())).containsExactly(FinishReason.STOP);
	}

	@Test
	void cancelNamesTheResponse() throws InterruptedException {
		RealtimeClient client = client();
		client.respond();
		created("r1");
		settle();
		client.cancel();
		assertThat(this.openAi.awaitTold(CANCEL, 1).path("response_id").asString()).isEqualTo("r1");
	}

	@Test
	void responseThatIsUnknownToTheProviderDoesNotDelayRequests() throws InterruptedException {
		RealtimeClient client = client();
		client.respond();
		created("r1");
		settle();
		client.cancel();
		client.respond();
		error(idOf(CANCEL, 1), "response_cancel_not_active");
		assertThat(told(CREATE)).hasSize(2);
		done("r1");
		assertThat(ends(heard())).containsExactly(FinishReason.STOP);
		assertThat(told(CREATE)).hasSize(2);
	}

	@Test
	void lateCancelOfTheApplicationIsReported() throws InterruptedException {
		Session session = open();
		session.send(Map.of("type", CANCEL, "event_id", "mine"));
		error("mine", "response_cancel_not_active");
		assertThat(heard()).hasSize(1);
	}

	@Test
	void nothingOfAResponseFollowsItsEnd() throws InterruptedException {
		open();
		answer("r1", "Yes");
		text("r1", "And more");
		audio("r1", "i1", 480);
		say("{'type':'response.output_text.done','response_id':'r1','item_id':'i-r1','content_index':0,"
				+ "'text':'Yes and more'}");
		callDone("r1", "c1", "completed", "{}");
		done("r1");
		List<StreamChunk> chunks = heard();
		assertThat(deltas(chunks)).isEqualTo("Yes");
		assertThat(ends(chunks)).containsExactly(FinishReason.STOP);
		assertThat(chunks).hasSize(2);
		assertThat(this.openAi.handler().responseInFlight()).isFalse();
	}

	@Test
	void lateEventsOfAnOldResponseDoNotHoldUpRequests() throws InterruptedException {
		RealtimeClient client = client();
		answer("r1", "Yes");
		say("{'type':'response.output_audio.done','response_id':'r1','item_id':'i1'}",
				"{'type':'response.output_audio.done','response_id':'r0','item_id':'i0'}",
				"{'type':'response.output_item.done','response_id':'r1','item':{'id':'i1','type':'message'}}");
		settle();
		client.respond();
		assertThat(told(CREATE)).hasSize(1);
	}

	// A8
	@Test
	void requestThatWasBufferedInAnOutageIsTakenBack() throws Exception {
		this.openAi.session((session) -> session.sendWhileReconnecting(OutagePolicy.BUFFER));
		Session session = open();
		RealtimeClient client = RealtimeClient.of(session);
		outage();
		client.sendText("Forget it");
		client.respond();
		client.cancel();
		accept();
		assertThat(this.openAi.take().reset()).isTrue();
		settle();
		assertThat(this.openAi.types()).containsExactly("session.update", ITEM);
		assertThat(this.openAi.handler().responseInFlight()).isFalse();
	}

	@Test
	void requestThatWasRequestedAgainInTheOutageIsSentOnce() throws Exception {
		this.openAi.session((session) -> session.sendWhileReconnecting(OutagePolicy.BUFFER));
		Session session = open();
		RealtimeClient client = RealtimeClient.of(session);
		outage();
		client.respond();
		client.cancel();
		client.respond();
		accept();
		assertThat(this.openAi.take().reset()).isTrue();
		settle();
		assertThat(this.openAi.types()).containsExactly("session.update", CREATE);
		answer("r1", "Yes");
		assertThat(ends(heard())).containsExactly(FinishReason.STOP);
	}

	private void outage() {
		CountDownLatch dialling = new CountDownLatch(1);
		this.openAi.transport().nextDial((dial) -> dialling.countDown());
		this.openAi.transport().peer().drop();
		await().until(() -> {
			this.openAi.pass(STEP);
			return dialling.getCount() == 0;
		});
	}

	private void accept() {
		this.openAi.transport().dials().get(1).refuse(503);
		await().until(() -> {
			this.openAi.pass(STEP);
			return this.openAi.transport().dials().size() > 2;
		});
	}

}
