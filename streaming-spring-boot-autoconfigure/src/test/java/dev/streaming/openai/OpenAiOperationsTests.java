package dev.streaming.openai;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import dev.streaming.ModelInfo;
import dev.streaming.OutagePolicy;
import dev.streaming.Session;
import dev.streaming.SessionLimitException;
import dev.streaming.SessionListener;
import dev.streaming.ToolExecution;
import dev.streaming.ToolOutcome;
import dev.streaming.Turn;
import dev.streaming.TurnOutcome;
import dev.streaming.Usage;
import dev.streaming.metrics.MicrometerStreamingObserver;
import dev.streaming.metrics.ModelPrice;
import dev.streaming.observation.StreamingObserver;
import dev.streaming.realtime.ConversationHistory.Item;
import dev.streaming.realtime.ConversationHistory.Role;
import dev.streaming.realtime.RealtimeAttributes;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeProtocol;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.InMemoryTransport;
import dev.streaming.testsupport.InMemoryTransport.Dial;
import dev.streaming.testsupport.ReceivedMessage;
import dev.streaming.testsupport.RecordedMeters;
import dev.streaming.testsupport.TestRuntime;
import dev.streaming.tracing.ObservationConventions;
import dev.streaming.tracing.ObservationStreamingObserver;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.Observation.ContextView;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.ObservationView;
import org.junit.jupiter.api.Test;

import org.springframework.util.unit.DataSize;

import static dev.streaming.testsupport.RecordedMeters.tokens;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * A conversation with known delays and tokens, an interruption, a failed tool and a loss:
 * every meter and span has the expected value.
 */
class OpenAiOperationsTests extends AbstractOpenAiTests {

	private static final Map<String, ModelPrice> PRICES = Map.of("gpt-realtime",
			new ModelPrice("EUR", 4, 32, 0.4, 16, 64, 0));

	private static final Duration HEARTBEAT = Duration.ofMinutes(1);

	private static final int CHANNEL_SIZE = 50;

	private static final int ALL_TOKENS = 244;

	/** Those that tell that a session was created and updated, of two connections. */
	private static final int MESSAGES_OF_SETUPS = 4;

	private final RecordedMeters meters = new RecordedMeters(this.openAi, "openai", "gpt-realtime", "chat");

	private final ObservationRegistry observations = ObservationRegistry.create();

	private final List<Observation.Context> spans = new CopyOnWriteArrayList<>();

	private final List<Turn> turns = new CopyOnWriteArrayList<>();

	private final List<ToolExecution> tools = new CopyOnWriteArrayList<>();

	private Session start(boolean contents, RealtimeTool tool) throws Exception {
		this.observations.observationConfig().observationHandler(new ObservationHandler<>() {

			@Override
			public void onStop(Observation.Context context) {
				OpenAiOperationsTests.this.spans.add(context);
			}

			@Override
			public boolean supportsContext(Observation.Context context) {
				return true;
			}

		});
		StreamingObserver traces = new ObservationStreamingObserver(this.observations,
				new ObservationConventions(null, null, null, null), false,
				contents ? (text) -> text.replace("4711", "***") : null);
		this.openAi.options((options) -> options.model("gpt-realtime"))
			.observer(StreamingObserver
				.composite(List.of(new MicrometerStreamingObserver(this.meters.registry(), PRICES), traces)))
			.toolsByHand()
			.tool(tool)
			.conn((conn) -> conn.heartbeatInterval(HEARTBEAT))
			.session((session) -> session.responseChannelSize(CHANNEL_SIZE)
				.readAhead(DataSize.ofBytes(0))
				.sendWhileReconnecting(OutagePolicy.DROP)
				.maxTokens(ALL_TOKENS)
				.listener(new SessionListener() {

					@Override
					public void onTurn(Session own, Turn turn) {
						OpenAiOperationsTests.this.turns.add(turn);
					}

					@Override
					public void onToolCall(Session own, ToolExecution tool) {
						OpenAiOperationsTests.this.tools.add(tool);
					}

				}));
		return Observation.createNotStarted("request", this.observations).observeChecked(() -> this.openAi.open());
	}

	@Test
	void conversationIsMeasured() throws Exception {
		Session session = start(false, new FailingTool());
		pinged();
		answered();
		interrupted();
		failedTool();
		takenTooSlowly(session);
		lost(session);
		limited(session);
		assertTurns();
		assertThat(session.usage()).isEqualTo(new Usage(210, 34, 244, 170, 40, 0, 34, 0, 0));
		assertMeters();
		assertSpans();
	}

	private void pinged() throws Exception {
		InMemoryPeer peer = this.openAi.transport().peer();
		peer.answerPings(false);
		pass(HEARTBEAT);
		pass(SECOND);
		peer.answerPings(true);
		peer.pong();
	}

	private void answered() throws Exception {
		spoken("i1");
		pass(Duration.ofSeconds(2));
		created("r1");
		pass(SECOND);
		audio("r1", "a1", 480);
		pass(Duration.ofMillis(500));
		text("r1", "Hello");
		pass(Duration.ofMillis(1500));
		done("r1", "completed", "", 100, 60, 40, 20);
		settle();
	}

	private void interrupted() throws Exception {
		spoken("i2");
		pass(SECOND);
		created("r2");
		audio("r2", "a2", 480);
		pass(SECOND);
		speechStarted("i3");
		done("r2", "cancelled", "turn_detected", 10, 10, 0, 5);
		pass(SECOND);
		speechStopped("i3");
		committed("i3");
	}

	private void failedTool() throws Exception {
		pass(SECOND);
		created("r3");
		callDone("r3", "c1", "completed", "{}");
		done("r3", "completed", "", 20, 20, 0, 2);
		settle();
		this.openAi.runTools();
		pass(SECOND);
		created("r4");
		text("r4", "Sorry");
		pass(SECOND);
		done("r4", "completed", "", 30, 30, 0, 3);
		settle();
	}

	private void takenTooSlowly(Session session) throws Exception {
		for (int i = 0; i < CHANNEL_SIZE; i++) {
			say("{'type':'rate_limits.updated','rate_limits':[]}");
		}
		this.openAi.awaitReading(false);
		assertThat(this.meters.gauge("streaming.queue.depth")).isEqualTo(CHANNEL_SIZE);
		assertThat(this.meters.gauge("streaming.queue.capacity")).isEqualTo(CHANNEL_SIZE);
		this.openAi.pass(Duration.ofSeconds(2));
		assertThat(session.response().discard((chunk) -> true)).isEqualTo(CHANNEL_SIZE);
		this.openAi.awaitReading(true);
	}

	private void lost(Session session) throws Exception {
		RealtimeClient client = RealtimeClient.of(session);
		client.sendText("Hello?");
		client.respond();
		pass(SECOND);
		InMemoryTransport transport = this.openAi.transport();
		InMemoryPeer first = transport.peer();
		transport.onDial((dial) -> {
		});
		first.drop();
		Dial refused = awaitDial(2);
		assertThat(this.meters.gauge("streaming.sessions.active", "state", "open")).isZero();
		assertThat(this.meters.gauge("streaming.sessions.active", "state", "reconnecting")).isEqualTo(1);
		session.sendRaw("{}");
		this.openAi.pass(Duration.ofSeconds(2));
		refused.refuse(503);
		Dial accepted = awaitDial(3);
		this.openAi.pass(Duration.ofSeconds(3));
		this.openAi.accept(accepted);
		this.openAi.awaitReconnects(1);
		assertThat(this.meters.gauge("streaming.sessions.active", "state", "open")).isEqualTo(1);
		client.respond();
		created("r5");
		text("r5", "Again");
	}

	/** Let the back-off pass, which is 5 ms at the most. */
	private Dial awaitDial(int number) {
		List<Dial> dials = new ArrayList<>();
		TestRuntime.eventually(() -> {
			this.openAi.pass(Duration.ofNanos(100_000));
			dials.clear();
			dials.addAll(this.openAi.transport().dials());
			assertThat(dials).hasSizeGreaterThanOrEqualTo(number);
		});
		return dials.get(number - 1);
	}

	private void limited(Session session) throws Exception {
		done("r5", "completed", "", 50, 50, 0, 4);
		session.done().toCompletableFuture().get(10, TimeUnit.SECONDS);
		assertThat(session.error()).get().isInstanceOf(SessionLimitException.class);
	}

	private void assertTurns() {
		assertThat(this.turns).extracting(Turn::outcome)
			.containsExactly(TurnOutcome.COMPLETED, TurnOutcome.INTERRUPTED, TurnOutcome.COMPLETED, TurnOutcome.LOST,
					TurnOutcome.COMPLETED);
		assertThat(this.turns.get(0).firstAudio()).isEqualTo(Duration.ofSeconds(3));
		assertThat(this.turns.get(0).firstText()).isEqualTo(Duration.ofMillis(3500));
		assertThat(this.turns.get(2).firstText()).isEqualTo(Duration.ofSeconds(4));
		assertThat(this.tools)
			.containsExactly(new ToolExecution("pay", "c1", ToolOutcome.ERROR, Duration.ofSeconds(2)));
	}

	/**
	 * All that has a value, so that nothing is counted twice or with another tag.
	 */
	private void assertMeters() {
		List<InMemoryPeer> peers = List.of(peer(0), peer(2));
		long received = peers.stream().mapToLong((peer) -> peer.delivered().getCount()).sum();
		List<ReceivedMessage> sent = peers.stream().flatMap((peer) -> peer.received().stream()).toList();
		assertThat(this.meters.lines()).containsExactlyInAnyOrder(
				// Of the connection
				"streaming.connect{outcome=success, status=101}: 2 x, 3.0 s",
				"streaming.connect{outcome=refused, status=503}: 1 x, 2.0 s",
				"streaming.reconnect{outcome=success, planned=false}: 1 x, 5.0 s",
				"streaming.reconnect.attempts{outcome=dial_failed}: 1.0",
				"streaming.reconnect.attempts{outcome=success}: 1.0", "streaming.heartbeat{outcome=pong}: 1 x, 1.0 s",
				"streaming.messages{direction=received}: " + received,
				"streaming.bytes{direction=received}: "
						+ peers.stream().mapToLong((peer) -> peer.delivered().getSum()).sum(),
				"streaming.messages{direction=sent}: " + sent.size(),
				"streaming.bytes{direction=sent}: "
						+ sent.stream().mapToLong((message) -> message.bytes().length).sum(),
				// Of the session
				"streaming.session.duration{end=limit}: 1 x, 82.0 s",
				"streaming.sessions.limited{limit=max-tokens}: 1.0", "streaming.queue.wait{}: 2.0 s",
				"streaming.handler{outcome=success}: " + (received - MESSAGES_OF_SETUPS) + " x",
				"streaming.sends.dropped{}: 1.0", "streaming.chunks.discarded{}: " + CHANNEL_SIZE + ".0",
				// Of the conversation
				"streaming.turn{outcome=completed}: 3 x, 10.0 s", "streaming.turn{outcome=interrupted}: 1 x, 2.0 s",
				"streaming.turn{outcome=lost}: 1 x, 1.0 s", "streaming.turn.first.audio{}: 2 x, 4.0 s",
				"streaming.turn.first.text{}: 3 x, 7.5 s", "streaming.tool{outcome=error, tool=pay}: 1 x, 2.0 s",
				"gen_ai.client.operation.duration{error.type=none}: 5 x, 10.0 s",
				"gen_ai.client.operation.duration{error.type=connection_lost}: 1 x, 1.0 s",
				tokens("input", "text", false, "4 x, 120.0"), tokens("input", "text", true, "1 x, 50.0"),
				tokens("input", "audio", false, "1 x, 40.0"), tokens("output", "text", false, "5 x, 34.0"),
				"streaming.cost{currency=EUR}: " + (170 * 4 + 40 * 32 + 34 * 16) / 1e6);
		this.meters.assertComplete();
	}

	private InMemoryPeer peer(int dial) {
		return this.openAi.transport().dials().get(dial).peer();
	}

	private void assertSpans() {
		assertDials();
		List<Observation.Context> turnSpans = named("streaming.conversation.turn");
		assertThat(turnSpans).extracting((span) -> span.getLowCardinalityKeyValue("outcome").getValue())
			.containsExactly("completed", "interrupted", "completed", "lost", "completed");
		assertThat(turnSpans).allSatisfy((span) -> {
			assertThat(parent(span).getName()).isEqualTo("request");
			assertThat(span.getContextualName()).isEqualTo("chat gpt-realtime");
			assertThat(low(span)).containsEntry("connection", "assistant")
				.containsEntry("gen_ai.provider.name", "openai")
				.containsEntry("gen_ai.request.model", "gpt-realtime")
				.containsEntry("gen_ai.operation.name", "chat")
				.hasSize(5);
		});
		assertThat(turnSpans).extracting(OpenAiOperationsTests::high)
			.containsExactly(Map.of("streaming.first_audio_ms", "3000", "streaming.first_text_ms", "3500"),
					Map.of("streaming.first_audio_ms", "1000"), Map.of("streaming.first_text_ms", "4000"), Map.of(),
					Map.of("streaming.first_text_ms", "0"));
		assertThat(named("streaming.conversation.tool")).singleElement().satisfies((tool) -> {
			assertThat(tool.getContextualName()).isEqualTo("execute_tool pay");
			assertThat(parent(tool)).isSameAs(turnSpans.get(2));
			assertThat(low(tool)).containsExactlyInAnyOrderEntriesOf(Map.of("connection", "assistant", "outcome",
					"error", "gen_ai.provider.name", "openai", "gen_ai.operation.name", "execute_tool",
					"gen_ai.tool.name", "pay", "gen_ai.tool.type", "function"));
			assertThat(high(tool)).containsExactly(Map.entry("gen_ai.tool.call.id", "c1"));
			assertThat(tool.getError()).isNotNull().hasMessageNotContaining("4711");
		});
	}

	private void assertDials() {
		assertThat(named("streaming.outage")).singleElement().satisfies((outage) -> {
			assertThat(parent(outage).getName()).isEqualTo("request");
			assertThat(low(outage)).containsExactlyInAnyOrderEntriesOf(
					Map.of("connection", "assistant", "outcome", "success", "planned", "false"));
		});
		List<Observation.Context> dials = named("streaming.dial");
		assertThat(dials).extracting((dial) -> parent(dial).getName())
			.containsExactly("request", "streaming.outage", "streaming.outage");
		assertThat(dials).extracting((dial) -> low(dial).get("status")).containsExactly("101", "503", "101");
		assertThat(dials).extracting((dial) -> low(dial).get("outcome"))
			.containsExactly("success", "refused", "success");
	}

	private static ContextView parent(Observation.Context span) {
		ObservationView parent = span.getParentObservation();
		assertThat(parent).isNotNull();
		return parent.getContextView();
	}

	private static Map<String, String> low(Observation.Context span) {
		return map(span.getLowCardinalityKeyValues());
	}

	private static Map<String, String> high(Observation.Context span) {
		return map(span.getHighCardinalityKeyValues());
	}

	private static Map<String, String> map(KeyValues values) {
		return values.stream().collect(Collectors.toMap(KeyValue::getKey, KeyValue::getValue));
	}

	private List<Observation.Context> named(String name) {
		List<Observation.Context> found = new ArrayList<>();
		this.spans.stream().filter((span) -> name.equals(span.getName())).forEach(found::add);
		return found;
	}

	@Test
	void contentsAreRecordedOnlyOnRequestAndRedacted() throws Exception {
		Session session = start(true, RealtimeTool.of("pay", "Pays", (arguments) -> "Paid from 4711"));
		spoken("i1");
		transcript("i1", "My number is 4711");
		created("r1");
		callDone("r1", "c1", "completed", "{\\\"account\\\":4711}");
		done("r1");
		settle();
		this.openAi.runTools();
		created("r2");
		text("r2", "So it is 4711");
		done("r2");
		settle();
		session.close();
		assertThat(high(named("streaming.conversation.turn").get(0)))
			.containsEntry("gen_ai.input.messages", "My number is ***")
			.containsEntry("gen_ai.output.messages", "So it is ***");
		assertThat(high(named("streaming.conversation.tool").get(0)))
			.containsEntry("gen_ai.tool.call.arguments", "{\"account\":***}")
			.containsEntry("gen_ai.tool.call.result", "\"Paid from ***\"");
	}

	@Test
	void conversationBeginsWithTexts() throws Exception {
		Session session = this.openAi.open((spec) -> spec.attribute(RealtimeAttributes.HISTORY,
				List.of(new Item("memory_0", Role.USER, "I am Ann"), new Item("memory_1", Role.ASSISTANT, "Hello"))));
		assertThat(texts(this.openAi.transport().peer())).containsExactly("I am Ann", "Hello");
		answer("r1", "Yes");
		settle();
		assertThat(session.unwrap(RealtimeProtocol.class).orElseThrow().history()).extracting(Item::text)
			.containsExactly("I am Ann", "Hello", "Yes");
		this.openAi.transport().peer().drop();
		TestRuntime.eventually(() -> {
			this.openAi.pass(Duration.ofMillis(5));
			assertThat(this.openAi.reconnects()).hasSize(1);
		});
		assertThat(texts(this.openAi.transport().peer())).containsExactly("I am Ann", "Hello", "Yes");
	}

	@Test
	void namesOfModelsAreBounded() {
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		MicrometerStreamingObserver observer = new MicrometerStreamingObserver(registry);
		for (int i = 0; i < 150; i++) {
			observer.connection("assistant").responded(new ModelInfo("openai", "chat", "model-" + i), SECOND, "none");
		}
		assertThat(registry.get("gen_ai.client.operation.duration").timers()).hasSize(101);
		assertThat(
				registry.get("gen_ai.client.operation.duration").tag("gen_ai.request.model", "other").timer().count())
			.isEqualTo(50);
	}

	private void done(String id, String status, String reason, int input, int text, int audio, int output) {
		say("{'type':'response.done','response':{'id':'" + id + "','conversation_id':'conv','status':'" + status
				+ "','status_details':{'type':'" + status + "','reason':'" + reason
				+ "'},'output':[],'usage':{'input_tokens':" + input + ",'output_tokens':" + output + ",'total_tokens':"
				+ (input + output) + ",'input_token_details':{'text_tokens':" + text + ",'audio_tokens':" + audio
				+ ",'cached_tokens':0},'output_token_details':{'text_tokens':" + output + ",'audio_tokens':0}}}}");
	}

	/**
	 * A tool that works for two seconds and then fails.
	 */
	private final class FailingTool implements RealtimeTool {

		@Override
		public String name() {
			return "pay";
		}

		@Override
		public String description() {
			return "Pays";
		}

		@Override
		public String inputSchema() {
			return "{\"type\":\"object\"}";
		}

		@Override
		public String call(String arguments) {
			OpenAiOperationsTests.this.openAi.pass(Duration.ofSeconds(2));
			throw new IllegalStateException("No money on 4711");
		}

	}

}
