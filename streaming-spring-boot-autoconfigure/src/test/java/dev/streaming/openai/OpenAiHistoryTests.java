package dev.streaming.openai;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import dev.streaming.Session;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.RealtimeClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for V6: the history has the spoken texts. V9: as far as they were played.
 */
class OpenAiHistoryTests extends AbstractOpenAiTests {

	private List<String> replayed(Session session) throws Exception {
		settle();
		assertDone(reconnecting(session));
		return texts(this.openAi.transport().peer());
	}

	private void added(String id, String role, String text, String previous) {
		say("{'type':'conversation.item.added','previous_item_id':" + previous + ",'item':{'id':'" + id
				+ "','type':'message','role':'" + role + "','content':[{'type':'input_text','text':'" + text + "'}]}}");
	}

	/**
	 * Open a session in which the model has spoken a text, in a second.
	 */
	private Session openAndSpeak(String text) throws Exception {
		Session session = open();
		created("r1");
		say("{'type':'response.output_audio_transcript.delta','response_id':'r1','item_id':'i1','content_index':0,"
				+ "'delta':'" + text + "'}");
		audio("r1", "i1", 48_000);
		done("r1");
		settle();
		return session;
	}

	// A13
	@Test
	void insertedItemsStandWhereTheProviderPutThem() throws Exception {
		this.openAi.withoutConfirmations();
		Session session = open();
		RealtimeClient.of(session).sendText("Hello");
		answer("a1", "Hi");
		answer("a2", "Bye");
		session.send(Map.of("type", ITEM, "previous_item_id", "root", "item", Map.of("id", "s1")));
		session.send(Map.of("type", ITEM, "previous_item_id", "i-a1", "item", Map.of("id", "s2")));
		added("s1", "system", "Be brief", "null");
		added("s2", "user", "And then", "'i-a1'");
		assertThat(replayed(session)).containsExactly("Be brief", "Hello", "Hi", "And then", "Bye");
	}

	// A13
	@Test
	void itemMayStandBehindACall() throws Exception {
		Session session = open();
		answer("a1", "Hi");
		say("{'type':'conversation.item.added','previous_item_id':'i-a1','item':" + callItem("c1", "completed", "{}")
				+ "}");
		answer("a2", "Bye");
		added("s2", "user", "And then", "'f-c1'");
		assertThat(replayed(session)).containsExactly("Hi", "And then", "Bye");
	}

	@Test
	void itemIsTheFirstOneWhereTheProviderNamesThoseBefore() throws Exception {
		Session session = open();
		added("u1", "user", "One", "null");
		added("u2", "user", "Two", "'u1'");
		added("s1", "system", "Be brief", "null");
		assertThat(replayed(session)).containsExactly("Be brief", "One", "Two");
	}

	@Test
	void endpointThatNamesNoItemBeforeKeepsTheOrder() throws Exception {
		Session session = open();
		added("u1", "user", "One", "null");
		added("u2", "user", "Two", "null");
		assertThat(replayed(session)).containsExactly("One", "Two");
	}

	@Test
	void inputOfTheUserFollowsTheItemThatTheProviderNames() throws Exception {
		Session session = open();
		answer("a1", "Hi");
		answer("a2", "Bye");
		say("{'type':'input_audio_buffer.committed','item_id':'u1','previous_item_id':'i-a1'}");
		transcript("u1", "And then");
		answer("r3", "Yes");
		assertThat(replayed(session)).containsExactly("Hi", "And then", "Bye", "Yes");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void spokenItemIsReplayedWithItsTranscript(boolean told) throws Exception {
		Session session = open();
		created("r1");
		text("r1", "Planning to greet");
		say("{'type':'response.output_audio_transcript.delta','response_id':'r1','item_id':'i-r1','content_index':1,"
				+ "'delta':'Hello '}");
		text("r1", " politely");
		say("{'type':'response.output_audio_transcript.delta','response_id':'r1','item_id':'i-r1','content_index':1,"
				+ "'delta':'there'}");
		if (told) {
			say("{'type':'conversation.item.done','item':{'id':'i-r1','type':'message','role':'assistant','content':["
					+ "{'type':'output_text','text':'Planning to greet politely'},"
					+ "{'type':'output_audio','transcript':'Hello there'}]}}");
		}
		done("r1");
		assertThat(replayed(session)).containsExactly("Hello there");
	}

	@Test
	void writtenItemOfASpokenAnswerIsNotReplayed() throws Exception {
		Session session = open();
		created("r1");
		text("r1", "Planning to greet");
		say("{'type':'response.output_audio_transcript.delta','response_id':'r1','item_id':'i2','content_index':0,"
				+ "'delta':'Hello'}");
		done("r1");
		say("{'type':'conversation.item.done','item':{'id':'i-r1','type':'message','role':'assistant','content':["
				+ "{'type':'output_text','text':'Planning to greet'}]}}");
		assertThat(replayed(session)).containsExactly("Hello");
	}

	@Test
	void textBesideTheUsersSpeechIsReplayed() throws Exception {
		Session session = open();
		say("{'type':'conversation.item.done','item':{'id':'u1','type':'message','role':'user','content':["
				+ "{'type':'input_text','text':'Look: '},{'type':'input_audio','transcript':'what is this'}]}}");
		assertThat(replayed(session)).containsExactly("Look: what is this");
	}

	@Test
	void answerThatWasCancelledBeforeItBeganIsNotReplayed() throws Exception {
		Session session = open();
		RealtimeClient client = RealtimeClient.of(session);
		client.sendText("Count");
		client.respond();
		client.cancel();
		created("r1");
		text("r1", "one two");
		done("r1", "cancelled", "client_cancelled");
		assertThat(replayed(session)).containsExactly("Count");
	}

	@Test
	void textThatTheProviderHasRefusedIsNotReplayed() throws Exception {
		this.openAi.withoutConfirmations();
		Session session = open();
		RealtimeClient client = RealtimeClient.of(session);
		client.sendText("Refused");
		client.sendText("Taken");
		error(this.openAi.awaitTold(ITEM, 1).path("event_id").asString(), "invalid_value");
		assertThat(replayed(session)).containsExactly("Taken");
	}

	@Test
	void textBehindAnAnswerThatIsNotDeliveredKeepsItsPlace() throws Exception {
		this.openAi.withoutConfirmations();
		RealtimeClient client = client();
		client.sendText("First");
		client.sendText("Second");
		List<String> ids = told(ITEM).stream().map((event) -> event.at("/item/id").asString()).toList();
		spoken("u1");
		added(ids.get(0), "user", "First", "'u1'");
		client.respond();
		settle();
		client.cancel();
		created("r1");
		say("{'type':'response.output_audio_transcript.delta','response_id':'r1','item_id':'i1','content_index':0,"
				+ "'delta':'No'}");
		added(ids.get(1), "user", "Second", "'i1'");
		done("r1", "cancelled", "client_cancelled");
		assertThat(replayed(this.openAi.session())).containsExactly("First", "Second");
	}

	@Test
	void nothingIsReplayedToASessionThatLivesAtTheProvider() throws Exception {
		Session session = this.openAi
			.open((spec) -> spec.conn((conn) -> conn.url("wss://api.openai.com/v1/realtime?call_id=rtc_1")));
		RealtimeClient.of(session).sendText("Hello");
		answer("r1", "Hi");
		assertThat(heard()).hasSize(2);
		assertDone(reconnecting(session));
		assertThat(this.openAi.types()).containsExactly("session.update");
		assertThat(heard()).isEmpty();
		assertThat(this.openAi.awaitReconnects(1)).singleElement()
			.satisfies((event) -> assertThat(event.stateRestored()).isTrue());
	}

	// A11
	@Test
	void truncationCountsOverAllItemsOfTheAnswer() throws Exception {
		RealtimeClient client = client();
		created("r1");
		audio("r1", "item_a", 3 * 48_000);
		audio("r1", "item_b", 2 * 48_000);
		settle();
		client.truncate(SECOND);
		assertThat(cuts()).containsExactly("item_a 1000", "item_b 0");
	}

	private List<String> cuts() throws InterruptedException {
		return told("conversation.item.truncate").stream()
			.map((event) -> event.path("item_id").asString() + " " + event.path("audio_end_ms").asLong())
			.toList();
	}

	@Test
	void itemThatWasPlayedCompletelyIsNotTruncated() throws Exception {
		RealtimeClient client = client();
		created("r1");
		audio("r1", "item_a", 3 * 48_000);
		audio("r1", "item_b", 2 * 48_000);
		audio("r1", "item_c", 48_000);
		settle();
		client.truncate(Duration.ofMillis(3500));
		assertThat(cuts()).containsExactly("item_b 500", "item_c 0");
		client.truncate(Duration.ofMillis(3500));
		assertThat(cuts()).hasSize(2);
		client.truncate(Duration.ofMillis(3200));
		assertThat(cuts()).containsExactly("item_b 500", "item_c 0", "item_b 200");
	}

	@Test
	void answerContinuesAfterItsTools() throws Exception {
		RealtimeClient client = client();
		created("r1");
		audio("r1", "item_a", 2 * 48_000);
		callDone("r1", "c1", "completed", "{}");
		done("r1");
		client.toolResult(calls(heard()).get(0), "1");
		created("r2");
		audio("r2", "item_b", 2 * 48_000);
		settle();
		client.truncate(Duration.ofMillis(2500));
		assertThat(cuts()).containsExactly("item_b 500");
	}

	@Test
	void newAnswerIsCountedFromItsBeginning() throws Exception {
		RealtimeClient client = client();
		created("r1");
		audio("r1", "item_a", 2 * 48_000);
		done("r1");
		created("r2");
		audio("r2", "item_b", 2 * 48_000);
		settle();
		client.truncate(SECOND);
		assertThat(cuts()).containsExactly("item_b 1000");
	}

	@Test
	void unplayedTextIsNotReplayedWithoutAConfirmation() throws Exception {
		Session session = openAndSpeak("0123456789");
		RealtimeClient.of(session).truncate(Duration.ofMillis(400));
		assertThat(replayed(session)).containsExactly("0123");
	}

	@Test
	void confirmationOfATruncationDoesNotCutAgain() throws Exception {
		Session session = openAndSpeak("0123456789");
		RealtimeClient.of(session).truncate(Duration.ofMillis(600));
		say("{'type':'conversation.item.truncated','item_id':'i1','content_index':0,'audio_end_ms':600}");
		settle();
		RealtimeClient.of(session).truncate(Duration.ofMillis(300));
		assertThat(replayed(session)).containsExactly("012");
	}

	@Test
	void contentOfTheEndIsTheFullest() throws InterruptedException {
		open();
		created("r1");
		text("r1", "Hel");
		say("{'type':'response.done','response':{'id':'r1','status':'completed','output':[{'id':'i-r1',"
				+ "'type':'message','role':'assistant','content':[{'type':'output_text','text':'Hello'}]}]}}");
		assertThat(heard()).last().extracting(StreamChunk::content).isEqualTo("Hello");
	}

	// A14, V7
	@Test
	void confirmedChangeOfTheSettingsSticks() throws Exception {
		this.openAi.options((options) -> options.instructions("OLD").voice("marin"));
		Session session = open();
		session.send(Map.of("type", "session.update", "session", Map.of("type", "realtime", "instructions", "CHANGED",
				"audio", Map.of("output", Map.of("speed", 1.2)))));
		for (int i = 0; i < 2; i++) {
			settle();
			assertDone(reconnecting(session));
			JsonNode setup = this.openAi.told("session.update").get(0).path("session");
			assertThat(setup.path("instructions").asString()).isEqualTo("CHANGED");
			assertThat(setup.at("/audio/output/speed").asDouble()).isEqualTo(1.2);
			assertThat(setup.at("/audio/output/voice").asString()).isEqualTo("marin");
		}
	}

	// A14, V7
	@ParameterizedTest
	@ValueSource(strings = { "'event_id':'mine'", "'event_id':null,'param':'session.instructions'" })
	void refusedChangeIsForgotten(String about) throws Exception {
		this.openAi.options((options) -> options.instructions("OLD"));
		Session session = open();
		this.openAi.onUpdate((peer) -> {
		});
		session.send(Map.of("type", "session.update", "event_id", "mine", "session", Map.of("instructions", "BAD")));
		session.send(Map.of("type", "session.update", "event_id", "next", "session", Map.of("voice", "cedar")));
		say("{'type':'error','error':{'type':'invalid_request_error','code':'invalid_value','message':'No'," + about
				+ "}}", "{'type':'session.updated','session':{}}");
		assertThat(heard()).hasSize(1);
		this.openAi.onUpdate((peer) -> peer.text("{\"type\":\"session.updated\",\"session\":{}}"));
		assertDone(reconnecting(session));
		JsonNode setup = this.openAi.told("session.update").get(0).path("session");
		assertThat(setup.path("instructions").asString()).isEqualTo("OLD");
		assertThat(setup.path("voice").asString()).isEqualTo("cedar");
	}

	@Test
	void unconfirmedChangeIsLostWithItsConnection() throws Exception {
		this.openAi.options((options) -> options.instructions("OLD"));
		Session session = open();
		this.openAi.onUpdate((peer) -> {
		});
		session.send(Map.of("type", "session.update", "session", Map.of("instructions", "CHANGED")));
		settle();
		this.openAi.onUpdate((peer) -> peer.text("{\"type\":\"session.updated\",\"session\":{}}"));
		assertDone(reconnecting(session));
		assertThat(this.openAi.told("session.update").get(0).at("/session/instructions").asString()).isEqualTo("OLD");
	}

	@Test
	void confirmedChangeOfTurnDetectionCountsAtOnce() throws Exception {
		Session session = open();
		session.send(Collections.singletonMap("type", "session.update"));
		session.send(Map.of("type", "session.update", "session",
				Map.of("audio", Map.of("input", Collections.singletonMap("turn_detection", null)))));
		settle();
		RealtimeClient.of(session).sendAudio(new byte[2]);
		assertThat(this.openAi.handler().responseInFlight()).isTrue();
	}

}
