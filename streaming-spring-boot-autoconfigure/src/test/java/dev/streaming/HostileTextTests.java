package dev.streaming;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import dev.streaming.actuate.StreamingEndpoint;
import dev.streaming.event.StreamingEventPublisher;
import dev.streaming.gemini.GeminiLiveHandler;
import dev.streaming.gemini.GeminiLiveOptions;
import dev.streaming.health.LastDials;
import dev.streaming.health.StreamingHealthIndicator;
import dev.streaming.internal.session.SessionSnapshots;
import dev.streaming.metrics.MicrometerStreamingObserver;
import dev.streaming.observation.StreamingObserver;
import dev.streaming.openai.OpenAiRealtimeHandler;
import dev.streaming.openai.OpenAiRealtimeOptions;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.InMemorySessions;
import dev.streaming.testsupport.Rule;
import dev.streaming.tracing.ObservationStreamingObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.health.contributor.Status;
import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Hostile texts of a peer through every way in, and every way out looked at: logs,
 * exceptions, endpoint, health, meters, traces and events.
 */
@Rule("B4")
@Timeout(60)
class HostileTextTests {

	private static final String MARK = "MARKER";

	private static final String HOSTILE = MARK + " Bearer header-s3cret query-s3cret sk-proj-abcdef123456 "
			+ "AIzaSyA1234567890abcdefg\r\n2026 ERROR forged\u001b[31m\u202e \u2028 \ud83d \u0085 \u009b1m"
			+ "x".repeat(20_000);

	private static final Pattern UNFIT = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}]");

	private static final List<String> SECRETS = List.of("s3cret", "abcdef123456", "1234567890abcdefg",
			"xxxxxxxxxx".repeat(40));

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private final List<String> out = new ArrayList<>();

	private final Logs logs = new Logs();

	private final Traces traces = new Traces();

	private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	private final LastDials lastDials = new LastDials();

	private final ConcurrentLinkedQueue<Object> events = new ConcurrentLinkedQueue<>();

	private final Logger logger = (Logger) LoggerFactory.getLogger("dev.streaming");

	private InMemorySessions sessions;

	@BeforeEach
	void start() {
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler(this.traces);
		this.sessions = new InMemorySessions(
				StreamingObserver.composite(List.of(new MicrometerStreamingObserver(this.meters), this.lastDials,
						new ObservationStreamingObserver(registry, null, null, false))),
				new StreamingEventPublisher(this.events::add));
		this.logs.start();
		this.logger.addAppender(this.logs);
		this.logger.setLevel(Level.TRACE);
	}

	@AfterEach
	void stop() {
		this.logger.detachAppender(this.logs);
		this.logger.setLevel(null);
		this.sessions.close();
	}

	@ParameterizedTest
	@EnumSource
	void nothingOfItGetsOutAsItIs(Way way) throws Exception {
		Session session = null;
		this.sessions.transport().onDial((dial) -> dial.accept((peer) -> script(peer, way)));
		try {
			session = this.sessions.factory().open("plain", (spec) -> {
				spec.session((builder) -> builder.maxReconnectAttempts(0));
				spec.conn((conn) -> conn.maxRetries(1));
				SessionHandler handler = way.handler();
				if (handler != null) {
					spec.handler(handler);
				}
			});
			way.hostile.accept(this.sessions.peer());
			this.sessions.peer().text("{\"type\":\"marker\"}");
			take(session);
			if (way.ends) {
				session.done().toCompletableFuture().get(10, TimeUnit.SECONDS);
			}
			lookAt(session);
		}
		catch (StreamingException ex) {
			exception(ex);
		}
		finally {
			if (session != null) {
				session.close();
				session.error().ifPresent(this::exception);
			}
		}
		lookAtTheRest();
		assertThat(this.out).isNotEmpty().allSatisfy(HostileTextTests::assertFit);
		boolean quoted = this.out.stream().anyMatch((text) -> text.contains(MARK));
		assertThat(quoted).as("the peer is quoted").isEqualTo(way.quoted);
	}

	private void script(InMemoryPeer peer, Way way) {
		if (way.provider == Provider.OPENAI) {
			peer.onMessage((message) -> {
				if (message.text().contains("session.update")) {
					if (way.inSetup) {
						way.hostile.accept(peer);
					}
					else {
						peer.text("{\"type\":\"session.updated\",\"session\":{}}");
					}
				}
			});
			peer.text("{\"type\":\"session.created\",\"session\":{\"type\":\"realtime\",\"model\":" + json() + "}}");
		}
		else if (way.provider == Provider.GEMINI) {
			peer.onMessage((message) -> {
				if (message.text().contains("\"setup\"")) {
					if (way.inSetup) {
						way.hostile.accept(peer);
					}
					else {
						peer.text("{\"setupComplete\":{}}");
					}
				}
			});
		}
	}

	private void take(Session session) throws InterruptedException {
		StreamChunk chunk = session.response().poll(Duration.ofMillis(300)).orElse(null);
		while (chunk != null) {
			if (chunk.error() != null) {
				exception(chunk.error());
			}
			chunk = session.response().poll(Duration.ofMillis(300)).orElse(null);
		}
	}

	private void lookAt(Session session) {
		session.error().ifPresent(this::exception);
		var factory = this.sessions.factory();
		this.out.add(new StreamingEndpoint(() -> SessionSnapshots.of(factory.sessions()), factory::sessions).sessions()
			.toString());
		this.out.add(Objects
			.requireNonNull(new StreamingHealthIndicator(() -> SessionSnapshots.of(factory.sessions()), this.lastDials,
					Duration.ofSeconds(1), Status.OUT_OF_SERVICE)
				.health())
			.getDetails()
			.toString());
		this.out.add(session.toString());
	}

	private void lookAtTheRest() {
		this.meters.getMeters().forEach((meter) -> this.out.add(meter.getId().toString()));
		this.out.addAll(this.traces.texts);
		this.traces.errors.forEach(this::exception);
		this.events.forEach((event) -> this.out.add(event.toString()));
		this.out.addAll(this.logs.texts);
	}

	private void exception(Throwable failure) {
		for (Throwable part = failure; part != null; part = part.getCause()) {
			this.out.add(String.valueOf(part.getMessage()));
			for (Throwable suppressed : part.getSuppressed()) {
				exception(suppressed);
			}
		}
	}

	private static void assertFit(String text) {
		assertThat(UNFIT.matcher(text).find()).as("control characters in %s", text).isFalse();
		SECRETS.forEach((secret) -> assertThat(text).doesNotContain(secret));
	}

	private static String json() {
		return MAPPER.writeValueAsString(HOSTILE);
	}

	private static Consumer<InMemoryPeer> says(String message) {
		return (peer) -> peer.text(message.replace('\'', '"').replace("%s", json()));
	}

	private enum Provider {

		NONE, OPENAI, GEMINI

	}

	/**
	 * The ways in.
	 */
	enum Way {

		CLOSE_REASON(Provider.NONE, (peer) -> peer.close(new CloseStatus(1011, HOSTILE)), true, false, true),

		CLOSE_REASON_OF_OPENAI(Provider.OPENAI, (peer) -> peer.close(new CloseStatus(1008, HOSTILE)), true, false,
				true),

		CLOSE_IN_THE_SETUP_OF_OPENAI(Provider.OPENAI, (peer) -> peer.close(new CloseStatus(1008, HOSTILE)), true, true,
				true),

		ERROR_IN_THE_SETUP_OF_OPENAI(Provider.OPENAI,
				says("{'type':'error','error':{'type':%s,'code':%s,'message':%s,'param':%s}}"), true, true, true),

		ERROR_OF_OPENAI(Provider.OPENAI, says("{'type':'error','error':{'type':%s,'code':%s,'message':%s}}"), false,
				false, true),

		FATAL_ERROR_OF_OPENAI(Provider.OPENAI,
				says("{'type':'error','error':{'type':'x','code':'insufficient_quota','message':%s}}"), true, false,
				true),

		ERROR_TEXT_OF_OPENAI(Provider.OPENAI, says("{'type':'error','error':%s}"), false, false, true),

		FAILED_RESPONSE_OF_OPENAI(Provider.OPENAI,
				says("{'type':'response.done','response':{'id':'r','status':'failed',"
						+ "'status_details':{'error':{'code':%s,'message':%s}}}}"),
				false, false, true),

		MCP_ERROR_OF_OPENAI(Provider.OPENAI,
				says("{'type':'response.output_item.done','response_id':'r',"
						+ "'item':{'type':'mcp_call','id':'i','name':'n','error':{'message':%s}}}"),
				false, false, true),

		FAILED_TRANSCRIPT_OF_OPENAI(Provider.OPENAI, says(
				"{'type':'conversation.item.input_audio_transcription.failed','item_id':'i','error':{'message':%s}}"),
				false, false, true),

		TRANSCRIPT_OF_OPENAI(Provider.OPENAI,
				says("{'type':'conversation.item.input_audio_transcription.completed',"
						+ "'item_id':'i','transcript':%s}"),
				false, false, false),

		EVENT_TYPE_OF_OPENAI(Provider.OPENAI, says("{'type':%s}"), false, false, true),

		TOOL_NAME_OF_OPENAI(Provider.OPENAI, (peer) -> {
			says("{'type':'response.created','response':{'id':'r'}}").accept(peer);
			says("{'type':'response.output_item.done','response_id':'r','item':{'type':'function_call','id':'i',"
					+ "'status':'completed','call_id':%s,'name':%s,'arguments':%s}}")
				.accept(peer);
			says("{'type':'response.output_item.done','response_id':'r','item':{'type':'function_call','id':'j',"
					+ "'status':'completed','call_id':%s,'name':'known','arguments':%s}}")
				.accept(peer);
			says("{'type':'response.done','response':{'id':'r','status':'completed'}}").accept(peer);
		}, false, false, false),

		ID_OF_OPENAI(Provider.OPENAI, says("{'type':'response.created','response':{'id':%s}}"), false, false, false),

		NO_JSON_FOR_OPENAI(Provider.OPENAI, (peer) -> peer.text(HOSTILE), false, false, false),

		CLOSE_IN_THE_SETUP_OF_GEMINI(Provider.GEMINI, (peer) -> peer.close(new CloseStatus(1008, HOSTILE)), true, true,
				true),

		ERROR_IN_THE_SETUP_OF_GEMINI(Provider.GEMINI,
				says("{'error':{'code':400,'status':%s,'message':%s,'details':[%s]}}"), true, true, true),

		ERROR_OF_GEMINI(Provider.GEMINI, says("{'error':{'code':400,'status':%s,'message':%s}}"), false, false, true),

		FIELD_OF_GEMINI(Provider.GEMINI, says("{%s:1,'serverContent':{'turnComplete':true,'turnCompleteReason':%s}}"),
				false, false, false),

		TOOL_NAME_OF_GEMINI(Provider.GEMINI,
				says("{'toolCall':{'functionCalls':[{'id':%s,'name':%s,'args':{'a':%s}},"
						+ "{'id':'k','name':'known','args':{'a':%s}}]}}"),
				false, false, false),

		TRANSCRIPT_OF_GEMINI(Provider.GEMINI,
				says("{'serverContent':{'inputTranscription':{'text':%s},'outputTranscription':{'text':%s}}}"), false,
				false, false),

		GO_AWAY_OF_GEMINI(Provider.GEMINI, says("{'goAway':{'timeLeft':%s}}"), false, false, false),

		NO_JSON_FOR_GEMINI(Provider.GEMINI, (peer) -> peer.text(HOSTILE), false, false, false);

		private final Provider provider;

		private final Consumer<InMemoryPeer> hostile;

		private final boolean ends;

		private final boolean inSetup;

		private final boolean quoted;

		Way(Provider provider, Consumer<InMemoryPeer> hostile, boolean ends, boolean inSetup, boolean quoted) {
			this.provider = provider;
			this.hostile = hostile;
			this.ends = ends;
			this.inSetup = inSetup;
			this.quoted = quoted;
		}

		private @Nullable SessionHandler handler() {
			RealtimeTool tool = RealtimeTool.of("known", "A tool that throws", (arguments) -> {
				throw new IllegalStateException("failed");
			});
			return switch (this.provider) {
				case NONE -> null;
				case OPENAI -> new OpenAiRealtimeHandler(
						OpenAiRealtimeOptions.builder().apiKey("sk-test-s3cret-key").build(), List.of(tool));
				case GEMINI -> new GeminiLiveHandler(GeminiLiveOptions.builder().apiKey("AIza-test-s3cret-key").build(),
						List.of(tool));
			};
		}

	}

	private static final class Logs extends AppenderBase<ILoggingEvent> {

		private final ConcurrentLinkedQueue<String> texts = new ConcurrentLinkedQueue<>();

		@Override
		protected void append(ILoggingEvent event) {
			this.texts.add(event.getFormattedMessage());
			if (event.getKeyValuePairs() != null) {
				event.getKeyValuePairs().forEach((pair) -> this.texts.add(pair.toString()));
			}
			throwable(event.getThrowableProxy());
		}

		private void throwable(@Nullable IThrowableProxy proxy) {
			for (IThrowableProxy part = proxy; part != null; part = part.getCause()) {
				this.texts.add(String.valueOf(part.getMessage()));
				for (IThrowableProxy suppressed : part.getSuppressed()) {
					throwable(suppressed);
				}
			}
		}

	}

	private static final class Traces implements ObservationHandler<Observation.Context> {

		private final ConcurrentLinkedQueue<String> texts = new ConcurrentLinkedQueue<>();

		private final ConcurrentLinkedQueue<Throwable> errors = new ConcurrentLinkedQueue<>();

		@Override
		public void onStop(Observation.Context context) {
			this.texts.add(context.getName() + context.getContextualName() + context.getAllKeyValues());
			if (context.getError() != null) {
				this.errors.add(context.getError());
			}
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

	}

}
