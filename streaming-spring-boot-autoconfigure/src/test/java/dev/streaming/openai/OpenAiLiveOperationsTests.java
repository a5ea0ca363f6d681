package dev.streaming.openai;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import dev.streaming.Session;
import dev.streaming.SessionLimitException;
import dev.streaming.SessionListener;
import dev.streaming.Turn;
import dev.streaming.TurnOutcome;
import dev.streaming.metrics.MicrometerStreamingObserver;
import dev.streaming.metrics.ModelPrice;
import dev.streaming.realtime.RealtimeAttributes;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.testsupport.RecordedMeters;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Turns of GPT-Live, measured on virtual time. Their begin and end are not reported: the
 * last word of the user, and a second of the model's silence.
 */
@Timeout(30)
class OpenAiLiveOperationsTests {

	private static final String AUDIO = "{'type':'session.output_audio.delta','delta':'AQID'}";

	private static final Map<String, ModelPrice> PRICES = Map.of(OpenAiLiveOptions.DEFAULT_MODEL,
			new ModelPrice("USD", 0, 0, 0, 0, 0, 0.6));

	private final List<Turn> turns = new CopyOnWriteArrayList<>();

	private final OpenAiLiveFixture live = new OpenAiLiveFixture()
		.session((session) -> session.listener(new SessionListener() {

			@Override
			public void onTurn(Session own, Turn turn) {
				OpenAiLiveOperationsTests.this.turns.add(turn);
			}

		}));

	private final RecordedMeters meters = new RecordedMeters(this.live, "openai", OpenAiLiveOptions.DEFAULT_MODEL,
			"chat");

	@BeforeEach
	void observe() {
		this.live.observer(new MicrometerStreamingObserver(this.meters.registry(), PRICES));
	}

	@AfterEach
	void close() {
		this.live.close();
	}

	private static String transcript(String side, String text, int start, int end) {
		return "{'type':'session." + side + "_transcript.delta','event_id':'e','delta':'" + text + "','start_ms':"
				+ start + ",'end_ms':" + end + "}";
	}

	private void pass(int millis) throws InterruptedException {
		this.live.heard();
		this.live.pass(Duration.ofMillis(millis));
	}

	/** A task of the clock may be behind the marker. */
	private Turn awaitTurn() {
		TestRuntime.eventually(() -> {
			this.live.pass(Duration.ofMillis(1));
			assertThat(this.turns).hasSize(1);
		});
		return this.turns.get(0);
	}

	private void asked() throws InterruptedException {
		this.live.say(transcript("input", "What is ", 0, 400));
		pass(500);
		this.live.say(transcript("input", "it?", 400, 700));
		pass(700);
	}

	@Test
	void turnIsMeasuredFromTheLastWord() throws Exception {
		Session session = this.live.open();
		asked();
		this.live.say(AUDIO);
		pass(260);
		this.live.say(transcript("output", "It is late.", 1400, 1600),
				"{'type':'session.usage.updated','usage':{'seconds':2.5}}");
		pass((int) LiveTurns.GAP.toMillis());
		Turn turn = awaitTurn();
		assertThat(turn.outcome()).isEqualTo(TurnOutcome.COMPLETED);
		assertThat(turn.firstAudio()).isEqualTo(Duration.ofMillis(700));
		assertThat(turn.firstText()).isEqualTo(Duration.ofMillis(960));
		assertThat(turn.duration()).isBetween(Duration.ofMillis(1960), Duration.ofMillis(2049));
		assertThat(session.usage().audioSeconds()).isEqualTo(2.5);
		session.close();
		assertThat(this.meters.lines("streaming.turn", "streaming.cost", "gen_ai")).containsExactlyInAnyOrder(
				"streaming.turn{outcome=completed}: 1 x, 2.0 s", "streaming.turn.first.audio{}: 1 x, 0.7 s",
				"streaming.turn.first.text{}: 1 x, 1.0 s",
				"gen_ai.client.operation.duration{error.type=none}: 1 x, 2.0 s", "streaming.cost{currency=USD}: 0.025");
	}

	@Test
	void metersNameAzureAndTheModelOfTheSession() throws Exception {
		this.live.options((options) -> options.azure(new AzureOpenAi("my-resource", "voice")));
		this.live.open((spec) -> spec.attribute(RealtimeAttributes.MODEL, "voice-2"));
		asked();
		this.live.say(transcript("output", "It is late.", 1400, 1600));
		pass((int) LiveTurns.GAP.toMillis());
		awaitTurn();
		assertThat(this.meters.registry()
			.get("gen_ai.client.operation.duration")
			.tags("gen_ai.provider.name", "azure.ai.openai", "gen_ai.request.model", "voice-2")
			.timer()
			.count()).isEqualTo(1);
	}

	@Test
	void turnThatTheConnectionCutsIsLost() throws Exception {
		this.live.open();
		asked();
		this.live.say(transcript("output", "It is ", 1400, 1600));
		pass(60);
		this.live.transport().peer().drop();
		assertThat(awaitTurn().outcome()).isEqualTo(TurnOutcome.LOST);
		assertThat(this.meters.lines("streaming.turn{", "gen_ai")).containsExactlyInAnyOrder(
				"streaming.turn{outcome=lost}: 1 x, 0.8 s",
				"gen_ai.client.operation.duration{error.type=connection_lost}: 1 x, 0.8 s");
	}

	@Test
	void wordsThatGetNoAnswerAreNoTurn() throws Exception {
		Session session = this.live.open();
		asked();
		pass(60_000);
		this.live.heard();
		session.close();
		session.done().toCompletableFuture().get(10, TimeUnit.SECONDS);
		assertThat(this.turns).isEmpty();
	}

	@Test
	void toolOfTheWorkingModelIsMeasured() throws Exception {
		this.live.options((options) -> options.delegation(LiveDelegation.responses("gpt-work")))
			.toolsByHand()
			.tool(RealtimeTool.of("look", "Looks", (arguments) -> {
				this.live.pass(Duration.ofSeconds(2));
				return Map.of("seen", true);
			}));
		this.live.open();
		asked();
		this.live.say(envelope("{'type':'response.created','response':{'id':'r'}}"),
				envelope("{'type':'response.output_item.done','item':{'type':'function_call','status':'completed',"
						+ "'call_id':'c1','name':'look','arguments':'{}'}}"));
		this.live.heard();
		this.live.runTools();
		assertThat(this.meters.lines("streaming.tool"))
			.containsExactly("streaming.tool{outcome=success, tool=look}: 1 x, 2.0 s");
	}

	@Test
	void usageInSecondsIsLimited() throws Exception {
		this.live.session((session) -> session.maxAudio(Duration.ofSeconds(4)));
		Session session = this.live.open();
		this.live.say("{'type':'session.usage.updated','usage':{'seconds':2.5}}");
		this.live.heard();
		assertThat(session.isClosed()).isFalse();
		this.live.say("{'type':'session.usage.updated','usage':{'seconds':4}}");
		session.done().toCompletableFuture().get(10, TimeUnit.SECONDS);
		assertThat(session.error()).get().isInstanceOf(SessionLimitException.class);
		assertThat(this.meters.lines("streaming.sessions", "streaming.session.duration", "streaming.cost"))
			.containsExactlyInAnyOrder("streaming.sessions.limited{limit=max-audio}: 1.0",
					"streaming.session.duration{end=limit}: 1 x, 0.0 s", "streaming.cost{currency=USD}: 0.04");
	}

	private static String envelope(String event) {
		return "{'type':'response.event','event_id':'e','delegation_id':'d1','event':" + event + "}";
	}

}
