package dev.streaming.gemini;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import dev.streaming.Session;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.realtime.SessionChange;
import dev.streaming.testsupport.AcceptedSetup;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

/**
 * V7: changes by the client take effect by a planned change of the connection.
 */
@Rule("V7")
class GeminiUpdateTests {

	private final GeminiFixture gemini = new GeminiFixture();

	@AfterEach
	void close() {
		this.gemini.close();
	}

	private void update(SessionChange.Builder change) {
		this.gemini.client().update(change.build());
	}

	private void awaitChange() {
		this.gemini.awaitReconnects(1);
	}

	private JsonNode setup(int connection) throws InterruptedException {
		return this.gemini.awaitSetup(connection);
	}

	@Test
	void changeIsPartOfTheNextSetupAndOfThoseBehindIt() throws Exception {
		this.gemini.options((options) -> options.voice("Puck").language("de-DE").instructions("Be brief"));
		this.gemini.open();
		update(SessionChange.builder()
			.instructions("Speak German")
			.voice("Kore")
			.turnDetection(
					new ActivityDetection(false, ActivityDetection.Sensitivity.LOW, null, null, null, null, null))
			.setup(Map.of("labels", Map.of("a", "1"))));
		for (int connection = 2; connection <= 3; connection++) {
			JsonNode setup = setup(connection);
			assertThat(setup.at("/systemInstruction/parts/0/text").stringValue()).isEqualTo("Speak German");
			assertThat(
					setup.at("/generationConfig/speechConfig/voiceConfig/prebuiltVoiceConfig/voiceName").stringValue())
				.isEqualTo("Kore");
			assertThat(setup.at("/generationConfig/speechConfig/languageCode").stringValue()).isEqualTo("de-DE");
			assertThat(
					setup.at("/realtimeInputConfig/automaticActivityDetection/startOfSpeechSensitivity").stringValue())
				.isEqualTo("START_SENSITIVITY_LOW");
			assertThat(setup.at("/labels/a").stringValue()).isEqualTo("1");
			if (connection == 2) {
				this.gemini.session().reconnect("test").toCompletableFuture().get(10, TimeUnit.SECONDS);
				if (this.gemini.transport().dials().size() < 3) {
					this.gemini.session().reconnect("test").toCompletableFuture().get(10, TimeUnit.SECONDS);
				}
			}
		}
	}

	@Test
	void conversationContinuesWithTheChange() throws Exception {
		this.gemini.open();
		this.gemini.sayHandle("h1");
		this.gemini.takeUntilMarker();
		update(SessionChange.builder().instructions("Speak German"));
		assertThat(setup(2).at("/sessionResumption/handle").stringValue()).isEqualTo("h1");
	}

	@Test
	void refusedChangeIsForgottenAndTheConversationIsNot() throws Exception {
		this.gemini.session((builder) -> builder.maxReconnectAttempts(3));
		this.gemini.open();
		this.gemini.sayHandle("h1");
		this.gemini.takeUntilMarker();
		this.gemini.refuseNextSetup(1007, "No such voice");
		update(SessionChange.builder().voice("Nobody"));
		assertThat(setup(2).toString()).contains("Nobody");
		JsonNode again = setup(3);
		assertThat(again.toString()).doesNotContain("Nobody");
		assertThat(again.at("/sessionResumption/handle").stringValue()).isEqualTo("h1");
		assertThat(this.gemini.take().error()).hasMessageContaining("refused the change")
			.hasMessageContaining("No such voice");
		this.gemini.takeUntilMarker();
		assertThat(this.gemini.session().state()).isEqualTo(Session.State.OPEN);
	}

	@Test
	void newToolsAreOfferedBesideThoseOfTheService() throws Exception {
		this.gemini.options((options) -> options.setup(Map.of("tools", List.of(Map.of("googleSearch", Map.of())))));
		this.gemini.tool(RealtimeTool.of("look", "Looks", (given) -> "seen"));
		this.gemini.open();
		update(SessionChange.builder().tools(RealtimeTool.of("pay", "Pays", (given) -> "paid")));
		JsonNode tools = setup(2).path("tools");
		assertThat(tools.at("/0/functionDeclarations")).extracting((tool) -> tool.path("name").stringValue())
			.containsExactly("pay");
		assertThat(tools.get(1).has("googleSearch")).isTrue();
		awaitChange();
		this.gemini.say("{'toolCall':{'functionCalls':[{'id':'f1','name':'pay','args':{}}]}}");
		JsonNode result = this.gemini.awaitSent(2, 2).at("/toolResponse/functionResponses/0");
		assertThat(result.path("name").stringValue()).isEqualTo("pay");
		assertThat(result.at("/response/output").stringValue()).isEqualTo("paid");
	}

	@Test
	void toolThatWasReplacedIsNotCalledAnyMore() throws Exception {
		List<String> called = new CopyOnWriteArrayList<>();
		this.gemini.tool(RealtimeTool.of("look", "Looks", (given) -> called.add(String.valueOf(given)))).toolsByHand();
		this.gemini.open();
		update(SessionChange.builder()
			.tools(RealtimeTool.of("pay", "Pays", (given) -> called.add(String.valueOf(given)))));
		awaitChange();
		this.gemini.say("{'toolCall':{'functionCalls':[{'id':'f1','name':'look','args':{}},"
				+ "{'id':'f2','name':'pay','args':{'euro':1}}]}}");
		assertThat(this.gemini.takeUntilMarker()).filteredOn((chunk) -> !chunk.toolCalls().isEmpty())
			.extracting((chunk) -> chunk.toolCalls().get(0).name(), (chunk) -> chunk.metadata().containsKey("handled"))
			.containsExactlyInAnyOrder(tuple("look", false), tuple("pay", true));
		this.gemini.runTools();
		assertThat(called).containsExactly("{euro=1}");
	}

	@Test
	void changeThatComesWhileTheServiceReadsTheSetupIsPartOfAnother() throws Exception {
		this.gemini.open();
		this.gemini.nextSetup((peer) -> {
			update(SessionChange.builder().voice("Kore"));
			AcceptedSetup.setUp(peer);
		});
		update(SessionChange.builder().instructions("Speak German"));
		assertThat(setup(2).toString()).contains("Speak German").doesNotContain("Kore");
		assertThat(setup(3).toString()).contains("Speak German").contains("Kore");
	}

	@Test
	void toolsThatCannotBeOfferedAreRefusedBeforeAnythingIsChanged() throws Exception {
		this.gemini.open();
		RealtimeTool pay = RealtimeTool.of("pay", "Pays", (given) -> "paid");
		assertThatIllegalArgumentException().isThrownBy(() -> update(SessionChange.builder().tools(pay, pay)))
			.withMessage("There are two tools named 'pay'");
		assertThat(this.gemini.transport().dials()).hasSize(1);
	}

	@Test
	void whoMarksTheTurnsCannotBeChanged() throws Exception {
		this.gemini.open();
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> update(SessionChange.builder().turnDetection(ActivityDetection.DISABLED)))
			.withMessageContaining("activity-detection.disabled");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> update(SessionChange.builder().turnDetection("semantic_vad")))
			.withMessageContaining("gemini.ActivityDetection");
		assertThat(this.gemini.transport().dials()).hasSize(1);
	}

}
