package dev.streaming.openai;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.streaming.FinishReason;
import dev.streaming.Session;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.testsupport.InMemoryPeer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for V5: responses outside of the conversation.
 */
class OpenAiBesideTests extends AbstractOpenAiTests {

	private void ask(Session session) {
		session.send(Map.of("type", CREATE, "response",
				Map.of("conversation", "none", "metadata", Map.of("topic", "mood"))));
	}

	private void begin(String id) {
		say("{'type':'response.created','response':{'id':'" + id + "','conversation_id':null,'status':'in_progress',"
				+ "'metadata':{'topic':'mood'}}}");
	}

	private void end(String id) {
		say("{'type':'response.done','response':{'id':'" + id + "','conversation_id':null,'status':'completed',"
				+ "'metadata':{'topic':'mood'},'output':[]}}");
	}

	// A10
	@Test
	void responseBesideTheConversationBlocksNothing() throws Exception {
		Session session = open();
		RealtimeClient client = RealtimeClient.of(session);
		ask(session);
		begin("oob");
		settle();
		assertThat(this.openAi.handler().responseInFlight()).isFalse();
		client.respond();
		assertThat(told(CREATE)).hasSize(2);
		created("r1");
		text("oob", "happy");
		text("r1", "Yes");
		end("oob");
		settle();
		client.respond();
		assertThat(told(CREATE)).hasSize(2);
		done("r1");
		assertThat(told(CREATE)).hasSize(3);
	}

	// A10
	@Test
	void chunksBesideTheConversationCanBeReported() throws InterruptedException {
		Session session = open();
		ask(session);
		begin("oob");
		created("r1");
		text("oob", "happy");
		text("r1", "Yes");
		end("oob");
		done("r1");
		List<StreamChunk> chunks = heard();
		List<StreamChunk> beside = chunks.stream()
			.filter((chunk) -> "oob".equals(chunk.metadata().get("response_id")))
			.toList();
		assertThat(beside).hasSize(2)
			.allSatisfy((chunk) -> assertThat(chunk.metadata()).containsEntry("conversation", "none")
				.containsEntry("metadata", Map.of("topic", "mood")));
		assertThat(beside.get(1).content()).isEqualTo("happy");
		assertThat(chunks).filteredOn((chunk) -> "r1".equals(chunk.metadata().get("response_id")))
			.hasSize(2)
			.allSatisfy((chunk) -> assertThat(chunk.metadata()).doesNotContainKeys("conversation", "metadata"));
	}

	// A10
	@Test
	void responseOutsideOfTheConversationIsNoHistory() throws Exception {
		Session session = open();
		ask(session);
		begin("oob");
		text("oob", "happy");
		end("oob");
		answer("r1", "Yes");
		settle();
		assertDone(reconnecting(session));
		assertThat(texts(this.openAi.transport().peer())).containsExactly("Yes");
	}

	// A10
	@Test
	void cancelMeansTheConversation() throws InterruptedException {
		Session session = open();
		RealtimeClient client = RealtimeClient.of(session);
		ask(session);
		begin("oob");
		settle();
		client.cancel();
		assertThat(told(CANCEL)).isEmpty();
		created("r1");
		settle();
		client.cancel();
		assertThat(told(CANCEL)).extracting((event) -> event.path("response_id").asString()).containsExactly("r1");
		text("oob", "happy");
		end("oob");
		assertThat(ends(heard())).containsExactly(FinishReason.STOP);
	}

	// A10
	@Test
	void callBesideTheConversationIsAChunkAndNothingElse() throws InterruptedException {
		this.openAi.tool(RealtimeTool.of("pay", "Pays", Map.class, (map) -> {
			throw new AssertionError("It is not to be run");
		}));
		Session session = open();
		ask(session);
		begin("oob");
		callDone("oob", "c1", "completed", "{}");
		end("oob");
		List<StreamChunk> chunks = heard();
		assertThat(calls(chunks)).hasSize(1);
		assertThat(chunks.get(0).metadata()).doesNotContainKey("handled");
		assertThat(ends(chunks)).containsExactly(FinishReason.TOOL_CALLS);
		RealtimeClient.of(session).toolResult(calls(chunks).get(0), "1");
		assertThat(told(ITEM)).isEmpty();
		assertThat(told(CREATE)).hasSize(1);
		assertThat(this.openAi.handler().responseInFlight()).isFalse();
	}

	@Test
	void truncateDoesNotApplyToResponsesOutsideOfTheConversation() throws InterruptedException {
		Session session = open();
		RealtimeClient client = RealtimeClient.of(session);
		created("r1");
		audio("r1", "i1", 9600);
		begin("oob");
		audio("oob", "i2", 4800);
		this.openAi.take(2);
		audio("r1", "i1", 960);
		audio("oob", "i2", 960);
		await().until(() -> session.response().size() == 2);
		assertThat(client.truncate(Duration.ofMillis(50))).isOne();
		assertThat(told("conversation.item.truncate")).singleElement()
			.satisfies((event) -> assertThat(event.path("item_id").asString()).isEqualTo("i1"));
	}

	@Test
	void speechDoesNotInterruptWhatIsBesideTheConversation() throws InterruptedException {
		Session session = open();
		ask(session);
		begin("oob");
		speechStarted("u1");
		assertThat(heard()).extracting(StreamChunk::interrupted).containsExactly(false);
	}

	@Test
	void responseBesideTheConversationDoesNotAnswerTheRequest() throws InterruptedException {
		Session session = open();
		RealtimeClient client = RealtimeClient.of(session);
		ask(session);
		client.respond();
		client.cancel();
		begin("oob");
		text("oob", "happy");
		end("oob");
		assertThat(deltas(heard())).isEqualTo("happy");
		assertThat(this.openAi.handler().responseInFlight()).isTrue();
	}

	@Test
	void responseBesideTheConversationThatDiesWithItsConnectionIsReported() throws Exception {
		Session session = open();
		ask(session);
		begin("oob");
		settle();
		InMemoryPeer old = this.openAi.transport().peer();
		assertDone(reconnecting(session));
		assertThat(old).isNotSameAs(this.openAi.transport().peer());
		assertThat(heard()).first().satisfies((chunk) -> {
			assertThat(chunk.finishReason()).isEqualTo(FinishReason.ERROR);
			assertThat(chunk.metadata()).containsEntry("response_id", "oob").containsEntry("reason", "connection_lost");
		});
	}

	@Test
	void endpointThatNamesNoConversationIsInTheConversation() throws InterruptedException {
		RealtimeClient client = client();
		client.respond();
		say("{'type':'response.created','response':{'id':'r1','conversation_id':null}}");
		text("r1", "Yes");
		assertThat(heard()).last().satisfies((chunk) -> assertThat(chunk.metadata()).doesNotContainKey("conversation"));
		assertThat(this.openAi.handler().responseInFlight()).isTrue();
	}

}
