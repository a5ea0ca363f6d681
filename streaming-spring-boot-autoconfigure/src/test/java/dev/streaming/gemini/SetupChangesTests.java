package dev.streaming.gemini;

import java.util.List;
import java.util.Map;

import dev.streaming.realtime.RealtimeTool;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for V7: changes of the setup by the client, also provider-specific ones, over
 * several connections.
 */
@Rule("V7")
class SetupChangesTests {

	private static final RealtimeTool PAY = RealtimeTool.of("pay", "Pays", (given) -> "paid");

	private static final RealtimeTool LOOK = RealtimeTool.of("look", "Looks", (given) -> "seen");

	private final SetupChanges changes = new SetupChanges();

	private static JsonNode json(String text) {
		return GeminiJson.MAPPER.readTree(text.replace('\'', '"'));
	}

	@Test
	void changeInTheProvidersWordsCountsOnceItIsConfirmed() {
		this.changes.sending(json("{'model':'models/b','sessionResumption':{'handle':'h'},'historyConfig':{'a':1}}"));
		assertThat(this.changes.toMap()).isEmpty();
		this.changes.confirmed();
		assertThat(this.changes.toMap()).as("without the fields that each setup repeats")
			.isEqualTo(Map.of("model", "models/b"));
	}

	@Test
	void changeInTheProvidersWordsIsLostWithItsConnection() {
		this.changes.sending(json("{'model':'models/b'}"));
		this.changes.disconnected();
		this.changes.confirmed();
		assertThat(this.changes.toMap()).isEmpty();
	}

	@Test
	void confirmedChangeDoesNotPrecedeALaterOne() {
		this.changes.changing(Map.of("model", "models/a"), null);
		assertThat(this.changes.toMap()).isEqualTo(Map.of("model", "models/a"));
		this.changes.confirmed();
		this.changes.sending(json("{'model':'models/b'}"));
		this.changes.confirmed();
		assertThat(this.changes.toMap()).isEqualTo(Map.of("model", "models/b"));
	}

	@Test
	void changeThatIsRefusedIsForgottenAndOneThatWaitsIsNot() {
		this.changes.changing(Map.of("model", "models/bad"), null);
		this.changes.toMap();
		this.changes.changing(Map.of("voice", "Kore"), null);
		assertThat(this.changes.refused()).isTrue();
		assertThat(this.changes.toMap()).isEqualTo(Map.of("voice", "Kore"));
		this.changes.confirmed();
		assertThat(this.changes.refused()).as("there is no other change").isFalse();
	}

	@Test
	void newToolsCountOnceTheyAreConfirmedAndStayOverOtherChanges() {
		List<RealtimeTool> initial = List.of(LOOK);
		this.changes.changing(Map.of(), List.of(PAY));
		this.changes.toMap();
		assertThat(this.changes.tools(initial)).as("the setup is on its way").containsExactly(LOOK);
		this.changes.confirmed();
		this.changes.changing(Map.of("voice", "Kore"), null);
		this.changes.toMap();
		this.changes.confirmed();
		assertThat(this.changes.tools(initial)).containsExactly(PAY);
	}

}
