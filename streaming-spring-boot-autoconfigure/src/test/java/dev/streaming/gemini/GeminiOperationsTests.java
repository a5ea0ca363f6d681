package dev.streaming.gemini;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.streaming.AnswerTimeoutException;
import dev.streaming.Session;
import dev.streaming.SessionListener;
import dev.streaming.StreamChunk;
import dev.streaming.Turn;
import dev.streaming.TurnOutcome;
import dev.streaming.Usage;
import dev.streaming.metrics.MicrometerStreamingObserver;
import dev.streaming.metrics.ModelPrice;
import dev.streaming.realtime.ConversationHistory.Item;
import dev.streaming.realtime.ConversationHistory.Role;
import dev.streaming.realtime.RealtimeAttributes;
import dev.streaming.realtime.RealtimeProtocol;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.testsupport.RecordedMeters;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

import static dev.streaming.testsupport.RecordedMeters.tokens;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Turns of Gemini's protocol, measured on virtual time, and a conversation that begins
 * with texts.
 */
@Timeout(60)
class GeminiOperationsTests {

	private static final String AUDIO = "{'serverContent':{'modelTurn':{'parts':[{'inlineData':"
			+ "{'mimeType':'audio/pcm;rate=24000','data':'AAAA'}}]}}}";

	private static final Map<String, ModelPrice> PRICES = Map.of(GeminiLiveOptions.DEFAULT_MODEL,
			new ModelPrice("USD", 1, 10, 0.1, 2, 20, 0));

	private final GeminiFixture gemini = new GeminiFixture().virtualTime();

	private final RecordedMeters meters = new RecordedMeters(this.gemini, "gcp.gemini", GeminiLiveOptions.DEFAULT_MODEL,
			"generate_content");

	private final List<Turn> turns = new CopyOnWriteArrayList<>();

	@BeforeEach
	void observe() {
		this.gemini.observer(new MicrometerStreamingObserver(this.meters.registry(), PRICES));
	}

	@AfterEach
	void close() {
		this.gemini.close();
	}

	private Session open() throws InterruptedException {
		this.gemini.session((session) -> session.answerTimeout(Duration.ofSeconds(30)).listener(new SessionListener() {

			@Override
			public void onTurn(Session own, Turn turn) {
				GeminiOperationsTests.this.turns.add(turn);
			}

		}));
		return this.gemini.open();
	}

	private List<StreamChunk> pass(Duration time) throws InterruptedException {
		List<StreamChunk> chunks = this.gemini.takeUntilMarker();
		this.gemini.pass(time);
		return chunks;
	}

	@Test
	void spokenTurnIsMeasuredFromTheLastWord() throws Exception {
		Session session = open();
		this.gemini.say("{'serverContent':{'inputTranscription':{'text':'What '}}}");
		pass(Duration.ofSeconds(1));
		this.gemini.say("{'serverContent':{'inputTranscription':{'text':'time?'}}}");
		pass(Duration.ofSeconds(2));
		this.gemini.say(AUDIO);
		pass(Duration.ofSeconds(1));
		this.gemini.say("{'serverContent':{'outputTranscription':{'text':'Noon'}}}",
				"{'serverContent':{'turnComplete':true},'usageMetadata':{'promptTokenCount':20,'responseTokenCount':7,"
						+ "'totalTokenCount':27}}");
		pass(Duration.ofSeconds(1));
		TestRuntime.eventually(() -> assertThat(this.turns).singleElement().satisfies((turn) -> {
			assertThat(turn.outcome()).isEqualTo(TurnOutcome.COMPLETED);
			assertThat(turn.firstAudio()).isEqualTo(Duration.ofSeconds(2));
			assertThat(turn.firstText()).isEqualTo(Duration.ofSeconds(3));
			assertThat(turn.duration()).isEqualTo(Duration.ofSeconds(3));
		}));
		assertThat(session.usage()).isEqualTo(new Usage(20, 7, 27));
		assertThat(this.meters.registry()
			.get("gen_ai.client.token.usage")
			.tags("gen_ai.provider.name", "gcp.gemini", "gen_ai.operation.name", "generate_content",
					"gen_ai.token.type", "input")
			.summary()
			.totalAmount()).isEqualTo(20);
	}

	/**
	 * The conversation of {@code OpenAiOperationsTests}: the same meters, with the tags
	 * of this provider. It reports no end of a response before its tools, so that their
	 * turn is one response.
	 */
	@Test
	void conversationIsMeasuredAsThatOfOpenAi() throws Exception {
		this.gemini.toolsByHand().tool(RealtimeTool.of("pay", "Pays", (arguments) -> {
			this.gemini.pass(Duration.ofSeconds(2));
			throw new IllegalStateException("No money");
		}));
		Session session = open();
		answered();
		interrupted();
		failedTool();
		lost();
		session.close();
		assertThat(
				this.meters.lines("streaming.turn", "streaming.tool", "streaming.session", "streaming.cost", "gen_ai"))
			.containsExactlyInAnyOrder("streaming.turn{outcome=completed}: 2 x, 9.0 s",
					"streaming.turn{outcome=interrupted}: 1 x, 2.0 s", "streaming.turn{outcome=lost}: 1 x, 1.0 s",
					"streaming.turn.first.audio{}: 2 x, 3.0 s", "streaming.turn.first.text{}: 2 x, 7.0 s",
					"streaming.tool{outcome=error, tool=pay}: 1 x, 2.0 s",
					"streaming.session.duration{end=closed}: 1 x, 12.0 s",
					"gen_ai.client.operation.duration{error.type=none}: 3 x, 11.0 s",
					"gen_ai.client.operation.duration{error.type=connection_lost}: 1 x, 1.0 s",
					tokens("input", "text", false, "1 x, 6.0"), tokens("input", "audio", false, "2 x, 34.0"),
					tokens("output", "audio", false, "2 x, 12.0"),
					"streaming.cost{currency=USD}: " + (6 * 1 + 34 * 10 + 12 * 20) / 1e6);
		assertThat(session.usage()).isEqualTo(new Usage(40, 12, 52, 6, 34, 0, 0, 12, 0));
	}

	private void answered() throws Exception {
		this.gemini.say("{'serverContent':{'inputTranscription':{'text':'What time?'}}}");
		pass(Duration.ofSeconds(2));
		this.gemini.say(AUDIO);
		pass(Duration.ofSeconds(1));
		this.gemini.say("{'serverContent':{'outputTranscription':{'text':'Noon'}}}");
		pass(Duration.ofSeconds(1));
		turnComplete(20, 6, 7);
	}

	private void interrupted() throws Exception {
		this.gemini.say("{'serverContent':{'inputTranscription':{'text':'A story'}}}");
		pass(Duration.ofSeconds(1));
		this.gemini.say(AUDIO);
		pass(Duration.ofSeconds(1));
		this.gemini.say("{'serverContent':{'interrupted':true}}");
		turnComplete(20, 0, 5);
	}

	private void failedTool() throws Exception {
		this.gemini.say("{'serverContent':{'inputTranscription':{'text':'Pay'}}}");
		pass(Duration.ofSeconds(1));
		this.gemini.say("{'toolCall':{'functionCalls':[{'id':'c1','name':'pay','args':{}}]}}");
		pass(Duration.ZERO);
		this.gemini.runTools();
		pass(Duration.ofSeconds(1));
		this.gemini.say("{'serverContent':{'outputTranscription':{'text':'Sorry'}}}");
		pass(Duration.ofSeconds(1));
		this.gemini.say("{'serverContent':{'turnComplete':true}}");
		pass(Duration.ZERO);
	}

	private void lost() throws Exception {
		this.gemini.client().sendText("Hello?");
		this.gemini.client().respond();
		pass(Duration.ofSeconds(1));
		this.gemini.transport().peer().drop();
		TestRuntime.eventually(() -> {
			this.gemini.pass(Duration.ofNanos(100_000));
			assertThat(this.gemini.reconnects()).hasSize(1);
		});
	}

	private void turnComplete(int input, int text, int output) throws Exception {
		this.gemini.say("{'serverContent':{'turnComplete':true},'usageMetadata':{'promptTokenCount':" + input
				+ ",'responseTokenCount':" + output + ",'totalTokenCount':" + (input + output)
				+ ",'promptTokensDetails':[{'modality':'TEXT','tokenCount':" + text
				+ "},{'modality':'AUDIO','tokenCount':" + (input - text)
				+ "}],'responseTokensDetails':[{'modality':'AUDIO','tokenCount':" + output + "}]}}");
		pass(Duration.ZERO);
	}

	@Test
	void interruptionAndSilenceAreReported() throws Exception {
		open();
		this.gemini.client().sendText("Tell me a story");
		this.gemini.client().respond();
		this.gemini.say("{'serverContent':{'outputTranscription':{'text':'Once'}}}");
		pass(Duration.ofSeconds(1));
		this.gemini.say("{'serverContent':{'interrupted':true}}", "{'serverContent':{'turnComplete':true}}");
		pass(Duration.ZERO);
		TestRuntime.eventually(
				() -> assertThat(this.turns).extracting(Turn::outcome).containsExactly(TurnOutcome.INTERRUPTED));
		this.gemini.client().sendText("Hello?");
		this.gemini.client().respond();
		pass(Duration.ofSeconds(31));
		List<StreamChunk> found = new CopyOnWriteArrayList<>();
		TestRuntime.eventually(() -> {
			pass(Duration.ofMillis(1)).stream()
				.filter((chunk) -> chunk.error() instanceof AnswerTimeoutException)
				.forEach(found::add);
			assertThat(found).hasSize(1);
		});
	}

	@Test
	void conversationBeginsWithTexts() throws Exception {
		Session session = this.gemini.open((spec) -> spec.attribute(RealtimeAttributes.HISTORY, List
			.of(new Item("memory_0", Role.USER, "I am Ann"), new Item("memory_1", Role.ASSISTANT, "Hello Ann"))));
		JsonNode told = this.gemini.awaitSent(1, 2);
		assertThat(told.toString()).contains("I am Ann", "Hello Ann");
		assertThat(session.unwrap(RealtimeProtocol.class).orElseThrow().history()).extracting(Item::text)
			.containsExactly("I am Ann", "Hello Ann");
	}

}
