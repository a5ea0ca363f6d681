package dev.streaming.openai;

import java.util.List;
import java.util.Map;

import dev.streaming.Session;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.RealtimeAttributes;
import dev.streaming.realtime.RealtimeCapabilities.Feature;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.realtime.SessionChange;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Tests for V7: changes by the client.
 */
@Rule("V7")
class OpenAiUpdateTests extends AbstractOpenAiTests {

	private static final String UPDATE = "session.update";

	private static JsonNode json(String text) {
		return OpenAiFixture.MAPPER.readTree(text.replace('\'', '"'));
	}

	private static SessionChange instructions(String text) {
		return SessionChange.builder().instructions(text).build();
	}

	private List<JsonNode> updates() throws InterruptedException {
		return told(UPDATE).stream().map((event) -> event.path("session")).toList();
	}

	@Test
	void changeIsASessionUpdate() throws Exception {
		RealtimeClient client = client();
		client.update(SessionChange.builder()
			.instructions("Speak German")
			.voice("marin")
			.turnDetection(TurnDetection.of("semantic-vad"))
			.setup(Map.of("truncation", "disabled"))
			.build());
		client.update(SessionChange.builder().turnDetection("none").build());
		client.update(SessionChange.builder().turnDetection(Map.of("type", "server_vad", "threshold", 0.5)).build());
		assertThat(updates().subList(1, 4)).containsExactly(
				json("{'type':'realtime','instructions':'Speak German','audio':{'input':{'turn_detection':"
						+ "{'type':'semantic_vad'}},'output':{'voice':'marin'}},'truncation':'disabled'}"),
				json("{'type':'realtime','audio':{'input':{'turn_detection':null}}}"),
				json("{'type':'realtime','audio':{'input':{'turn_detection':{'type':'server_vad','threshold':0.5}}}}"));
	}

	@Test
	void confirmedChangeIsPartOfEveryLaterSetup() throws Exception {
		Session session = open();
		RealtimeClient client = RealtimeClient.of(session);
		client.update(instructions("Speak German"));
		settle();
		for (int i = 0; i < 2; i++) {
			assertDone(reconnecting(session));
			assertThat(updates()).singleElement()
				.satisfies((setup) -> assertThat(setup.path("instructions").asString()).isEqualTo("Speak German"));
		}
	}

	@Test
	void refusedChangeIsForgottenAndReported() throws Exception {
		this.openAi.onUpdate((peer) -> {
			JsonNode update = OpenAiFixture.told(peer, UPDATE).get(OpenAiFixture.told(peer, UPDATE).size() - 1);
			if (update.at("/session/instructions").asString("").equals("bad")) {
				peer.text("{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"No\","
						+ "\"event_id\":\"" + update.path("event_id").asString() + "\"}}");
			}
			else {
				peer.text("{\"type\":\"session.updated\",\"session\":{\"type\":\"realtime\"}}");
			}
		});
		Session session = open();
		RealtimeClient client = RealtimeClient.of(session);
		client.update(instructions("good"));
		client.update(instructions("bad"));
		assertThat(heard()).extracting(StreamChunk::error).hasSize(1).doesNotContainNull();
		assertDone(reconnecting(session));
		assertThat(updates()).singleElement()
			.satisfies((setup) -> assertThat(setup.path("instructions").asString()).isEqualTo("good"));
	}

	@Test
	void unansweredChangeIsMadeAgainAfterTheSetup() throws Exception {
		Session session = open();
		this.openAi.onUpdate((peer) -> {
			if (OpenAiFixture.told(peer, UPDATE).size() == 1) {
				peer.text("{\"type\":\"session.updated\",\"session\":{\"type\":\"realtime\"}}");
			}
		});
		RealtimeClient.of(session).update(instructions("Speak German"));
		settle();
		assertDone(reconnecting(session));
		assertThat(updates()).extracting((update) -> update.path("instructions").asString(""))
			.containsExactly("", "Speak German");
		say("{'type':'session.updated','session':{'type':'realtime'}}");
		settle();
		assertDone(reconnecting(session));
		assertThat(updates().get(0).path("instructions").asString("")).isEqualTo("Speak German");
	}

	@Test
	@Rule("V7")
	void unansweredProviderSpecificChangeIsLostWithItsConnection() throws Exception {
		Session session = open();
		this.openAi.onUpdate((peer) -> {
			if (OpenAiFixture.told(peer, UPDATE).size() == 1) {
				peer.text("{\"type\":\"session.updated\",\"session\":{\"type\":\"realtime\"}}");
			}
		});
		session.send(Map.of("type", UPDATE, "session", Map.of("type", "realtime", "instructions", "Speak German")));
		settle();
		assertDone(reconnecting(session));
		RealtimeClient.of(session).update(SessionChange.builder().voice("marin").build());
		settle();
		say("{'type':'session.updated','session':{'type':'realtime'}}");
		settle();
		assertDone(reconnecting(session));
		assertThat(updates().get(0).path("instructions").asString("")).isEmpty();
		assertThat(updates().get(0).at("/audio/output/voice").asString()).isEqualTo("marin");
	}

	@Test
	void changeDuringASetupIsSentOnceAndBehindIt() throws Exception {
		Session session = open();
		RealtimeClient client = RealtimeClient.of(session);
		settle();
		this.openAi.onUpdate((peer) -> {
			if (OpenAiFixture.told(peer, UPDATE).size() == 1) {
				client.update(instructions("Speak German"));
			}
			peer.text("{\"type\":\"session.updated\",\"session\":{\"type\":\"realtime\"}}");
		});
		assertDone(reconnecting(session));
		settle();
		assertThat(updates()).extracting((update) -> update.path("instructions").asString(""))
			.containsExactly("", "Speak German");
	}

	@Test
	void newToolsAreCalledAndOldOnesAreNot() throws Exception {
		this.openAi.options((options) -> options
			.session((all) -> all.put("tools", List.of(Map.of("type", "mcp", "server_label", "docs")))));
		this.openAi.tool(RealtimeTool.of("pay", "pays", (given) -> "paid"));
		Session session = open();
		RealtimeClient client = RealtimeClient.of(session);
		client.update(SessionChange.builder().tools(RealtimeTool.of("look", "Looks", (given) -> "seen")).build());
		assertThat(updates().get(1).path("tools"))
			.extracting((tool) -> tool.path("name").asString(""), (tool) -> tool.path("server_label").asString(""))
			.containsExactly(tuple("look", ""), tuple("", "docs"));
		settle();
		created("r1");
		callDone("r1", "c1", "completed", "{}");
		say("{'type':'response.output_item.done','response_id':'r1','item':"
				+ callItem("c2", "completed", "{}").replace("pay", "look") + "}");
		done("r1");
		assertThat(this.openAi.awaitTold(ITEM, 1).at("/item/call_id").asString()).isEqualTo("c2");
		assertThat(heard()).filteredOn((chunk) -> !chunk.toolCalls().isEmpty())
			.extracting((chunk) -> chunk.metadata().get("handled"))
			.containsExactly(null, true);
		client.toolResult("c1", "pay", "{}");
		// The thread of the tool may be the one that asks
		this.openAi.awaitTold(CREATE, 1);
		assertThat(told(CREATE)).hasSize(1);
		answer("r2", "Done");
		settle();
		assertDone(reconnecting(session));
		assertThat(updates().get(0).path("tools")).extracting((tool) -> tool.path("name").asString(""))
			.containsExactly("look", "");
	}

	private static Map<String, Object> mcp(String label) {
		return Map.of("tools", List.of(Map.of("type", "mcp", "server_label", label)));
	}

	@Test
	void toolsOfTheSetupAreKeptWhereToolsAreAdded() throws Exception {
		this.openAi.tool(RealtimeTool.of("pay", "pays", (given) -> "paid"));
		Session session = this.openAi.open((spec) -> spec.attribute(RealtimeAttributes.SETUP, mcp("mail")));
		RealtimeClient client = RealtimeClient.of(session);
		client.update(SessionChange.builder().setup(mcp("docs")).build());
		client.update(SessionChange.builder().tools(RealtimeTool.of("look", "Looks", (given) -> "seen")).build());
		assertThat(updates().get(1).path("tools"))
			.extracting((tool) -> tool.path("name").asString("") + tool.path("server_label").asString(""))
			.containsExactly("pay", "mail", "docs");
		assertThat(updates().get(2).path("tools"))
			.extracting((tool) -> tool.path("name").asString("") + tool.path("server_label").asString(""))
			.containsExactly("look", "mail");
	}

	@Test
	void modelIsNotSentWhatItRefuses() throws Exception {
		this.openAi.options((options) -> options.capability(Feature.THINKING, false));
		client().update(
				SessionChange.builder().instructions("x").setup(Map.of("reasoning", Map.of("effort", "low"))).build());
		assertThat(updates().get(1)).isEqualTo(json("{'type':'realtime','instructions':'x'}"));
	}

	@Test
	void turnDetectionOfAnotherProviderIsRefused() throws Exception {
		RealtimeClient client = client();
		assertThatIllegalArgumentException()
			.isThrownBy(() -> client.update(SessionChange.builder().turnDetection(Map::of).build()))
			.withMessageContaining("openai.TurnDetection");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> client.update(SessionChange.builder().turnDetection("telepathy").build()));
		assertThat(updates()).hasSize(1);
	}

	@Test
	void unsupportedChangeNamesTheReason() throws Exception {
		this.openAi.options((options) -> options.capability(Feature.UPDATE, false));
		RealtimeClient client = client();
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> client.update(instructions("x")));
	}

}
