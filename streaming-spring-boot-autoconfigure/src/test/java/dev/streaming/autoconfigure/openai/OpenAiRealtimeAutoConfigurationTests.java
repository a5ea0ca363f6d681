package dev.streaming.autoconfigure.openai;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import dev.streaming.ConnectionLostException;
import dev.streaming.ErrorClassifier;
import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.autoconfigure.FreshTokenConfiguration;
import dev.streaming.autoconfigure.StreamingAutoConfiguration;
import dev.streaming.autoconfigure.StreamingConfigurationException;
import dev.streaming.autoconfigure.openai.OpenAiRealtimeProperties.TranscriptionProperties;
import dev.streaming.autoconfigure.openai.OpenAiRealtimeProperties.TurnDetectionProperties;
import dev.streaming.autoconfigure.realtime.RealtimeProviderProperties;
import dev.streaming.autoconfigure.realtime.RealtimeToolsAutoConfiguration;
import dev.streaming.internal.transport.DialRequest;
import dev.streaming.openai.OpenAiRealtimeHandler;
import dev.streaming.openai.OpenAiRealtimeOptions;
import dev.streaming.realtime.RealtimeAttributes;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.realtime.ToolApproval;
import dev.streaming.testsupport.AcceptedSetup;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.InMemoryTransport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.ToolCallbackProvider;
import org.springframework.ai.tool.definition.ToolDefinition;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of {@link OpenAiRealtimeAutoConfiguration} and
 * {@link RealtimeToolsAutoConfiguration}.
 */
@Timeout(60)
class OpenAiRealtimeAutoConfigurationTests {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private static final String PREFIX = "streaming.connections.assistant.";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(StreamingAutoConfiguration.class, RealtimeToolsAutoConfiguration.class,
				OpenAiRealtimeAutoConfiguration.class))
		.withBean(InMemoryTransport.class, AcceptedSetup::transport)
		.withPropertyValues(PREFIX + "provider=openai-realtime", PREFIX + "openai.api-key=sk-test-s3cret");

	private static ContextConsumer<AssertableApplicationContext> opened(OpenCheck check) {
		return (context) -> {
			assertThat(context).hasNotFailed();
			try (Session session = context.getBean(SessionFactory.class).open("assistant")) {
				InMemoryTransport transport = context.getBean(InMemoryTransport.class);
				JsonNode update = JSON.readTree(transport.peer().texts().get(0));
				check.check(session, transport.dials().get(0).request(), update.path("session"));
			}
		};
	}

	@Test
	void yamlIsEnough() {
		this.runner.run(opened((session, request, setup) -> {
			assertThat(request.uri()).hasToString("wss://api.openai.com/v1/realtime?model=gpt-realtime-2.1");
			assertThat(request.headers().toString()).contains("Bearer sk-test-s3cret");
			assertThat(setup.path("type").asString()).isEqualTo("realtime");
			assertThat(setup.size()).isEqualTo(1);
			assertThat(session.unwrap(OpenAiRealtimeHandler.class)).isPresent();
			assertThat(RealtimeClient.of(session)).isNotNull();
		}));
	}

	@Test
	void everySettingReachesTheProvider() {
		this.runner.withPropertyValues(PREFIX + "openai.model=gpt-realtime-2", PREFIX + "openai.organization=org",
				PREFIX + "openai.project=prj", PREFIX + "openai.instructions=Be brief",
				PREFIX + "openai.output-modalities=audio", PREFIX + "openai.voice=marin", PREFIX + "openai.speed=1.25",
				PREFIX + "openai.input-audio-format=pcm", PREFIX + "openai.output-audio-format=pcmu",
				PREFIX + "openai.noise-reduction=near_field", PREFIX + "openai.transcription.model=gpt-live-transcribe",
				PREFIX + "openai.transcription.language=en", PREFIX + "openai.turn-detection.type=server-vad",
				PREFIX + "openai.turn-detection.silence-duration=400ms",
				PREFIX + "openai.turn-detection.create-response=false", PREFIX + "openai.tool-choice=lookup",
				PREFIX + "openai.max-output-tokens=200", PREFIX + "openai.temperature=0.7",
				PREFIX + "openai.session.truncation=disabled",
				PREFIX + "openai.session.audio.input.turn_detection.threshold=0.25")
			.run(opened((session, request, setup) -> {
				assertThat(request.uri().getQuery()).isEqualTo("model=gpt-realtime-2");
				assertThat(request.headers().toString()).contains("OpenAI-Organization").contains("OpenAI-Project");
				assertThat(setup.path("instructions").asString()).isEqualTo("Be brief");
				assertThat(setup.at("/output_modalities/0").asString()).isEqualTo("audio");
				assertThat(setup.at("/audio/output/voice").asString()).isEqualTo("marin");
				assertThat(setup.at("/audio/output/speed").asDouble()).isEqualTo(1.25);
				assertThat(setup.at("/audio/input/format/type").asString()).isEqualTo("audio/pcm");
				assertThat(setup.at("/audio/input/format/rate").asInt()).isEqualTo(24000);
				assertThat(setup.at("/audio/output/format/type").asString()).isEqualTo("audio/pcmu");
				assertThat(setup.at("/audio/input/noise_reduction/type").asString()).isEqualTo("near_field");
				assertThat(setup.at("/audio/input/transcription/model").asString()).isEqualTo("gpt-live-transcribe");
				assertThat(setup.at("/audio/input/transcription/language").asString()).isEqualTo("en");
				assertThat(setup.at("/audio/input/turn_detection/type").asString()).isEqualTo("server_vad");
				assertThat(setup.at("/audio/input/turn_detection/silence_duration_ms").asInt()).isEqualTo(400);
				assertThat(setup.at("/audio/input/turn_detection/create_response").asBoolean(true)).isFalse();
				assertThat(setup.at("/audio/input/turn_detection/threshold").isNumber()).isTrue();
				assertThat(setup.at("/audio/input/turn_detection/threshold").asDouble()).isEqualTo(0.25);
				assertThat(setup.at("/tool_choice/name").asString()).isEqualTo("lookup");
				assertThat(setup.path("max_output_tokens").asInt()).isEqualTo(200);
				assertThat(setup.path("temperature").asDouble()).isEqualTo(0.7);
				assertThat(setup.path("truncation").asString()).isEqualTo("disabled");
			}));
	}

	@Test
	void shortFormsAreUnderstood() {
		this.runner
			.withPropertyValues(PREFIX + "openai.turn-detection=none",
					PREFIX + "openai.transcription=gpt-realtime-whisper")
			.run(opened((session, request, setup) -> {
				assertThat(setup.at("/audio/input").has("turn_detection")).isTrue();
				assertThat(setup.at("/audio/input/turn_detection").isNull()).isTrue();
				assertThat(setup.at("/audio/input/transcription/model").asString()).isEqualTo("gpt-realtime-whisper");
			}));
	}

	@Test
	void urlAndHeadersLeadElsewhere() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(StreamingAutoConfiguration.class,
					RealtimeToolsAutoConfiguration.class, OpenAiRealtimeAutoConfiguration.class))
			.withBean(InMemoryTransport.class, AcceptedSetup::transport)
			.withPropertyValues(PREFIX + "provider=openai-realtime",
					PREFIX + "conn.url=wss://my.openai.azure.com/openai/v1/realtime",
					PREFIX + "conn.headers.api-key=azure-s3cret", PREFIX + "openai.model=my-deployment")
			.run(opened((session, request, setup) -> {
				assertThat(request.uri())
					.hasToString("wss://my.openai.azure.com/openai/v1/realtime?model=my-deployment");
				assertThat(request.headers().toString()).contains("azure-s3cret").doesNotContain("Authorization");
			}));
	}

	@Test
	void tokenMayComeFromACustomizer() {
		this.runner.withUserConfiguration(FreshTokenConfiguration.class)
			.run(opened((session, request, setup) -> assertThat(request.headers().toString()).contains("Bearer fresh")
				.doesNotContain("sk-test")));
	}

	@Test
	void sessionChoosesModelAndInstructions() {
		this.runner.run((context) -> {
			context.getBean(SessionFactory.class)
				.open("assistant", (spec) -> spec.attribute(RealtimeAttributes.MODEL, "gpt-realtime-mini")
					.attribute(RealtimeAttributes.INSTRUCTIONS, "For Ann"));
			InMemoryTransport transport = context.getBean(InMemoryTransport.class);
			assertThat(transport.dials().get(0).request().uri().getQuery()).isEqualTo("model=gpt-realtime-mini");
			assertThat(transport.peer().texts().get(0)).contains("For Ann");
		});
	}

	@Test
	void everySessionHasAHandlerOfItsOwn() {
		this.runner.run((context) -> {
			SessionFactory sessions = context.getBean(SessionFactory.class);
			try (Session first = sessions.open("assistant"); Session second = sessions.open("assistant")) {
				assertThat(first.unwrap(OpenAiRealtimeHandler.class).orElseThrow())
					.isNotSameAs(second.unwrap(OpenAiRealtimeHandler.class).orElseThrow());
			}
		});
	}

	@Test
	void toolsOfTheApplicationAndOfSpringAiAreOffered() {
		this.runner.withUserConfiguration(ToolConfiguration.class)
			.run(opened((session, request, setup) -> assertThat(setup.path("tools"))
				.extracting((tool) -> tool.path("name").asString())
				.containsExactly("lookup", "callback", "provided")));
	}

	@Test
	void settingsChooseTools() {
		this.runner.withUserConfiguration(ToolConfiguration.class)
			.withPropertyValues(PREFIX + "openai.tools=callback")
			.run(opened((session, request, setup) -> assertThat(setup.path("tools"))
				.extracting((tool) -> tool.path("name").asString())
				.containsExactly("callback")));
		this.runner.withUserConfiguration(ToolConfiguration.class)
			.withPropertyValues(PREFIX + "openai.tools=")
			.run(opened((session, request, setup) -> assertThat(setup.has("tools")).isFalse()));
	}

	@Test
	void builtInToolsAreAddedToFunctions() {
		this.runner.withUserConfiguration(ToolConfiguration.class)
			.withPropertyValues(PREFIX + "openai.tools=lookup", PREFIX + "openai.session.tools[0].type=mcp",
					PREFIX + "openai.session.tools[0].server_label=docs",
					PREFIX + "openai.session.tools[0].allowed_tools=[]",
					PREFIX + "openai.session.tools[0].require_approval=never",
					PREFIX + "openai.session.parallel_tool_calls=false")
			.run(opened((session, request, setup) -> {
				assertThat(setup.path("tools").isArray()).isTrue();
				assertThat(setup.path("tools")).extracting((tool) -> tool.path("type").asString())
					.containsExactly("function", "mcp");
				assertThat(setup.at("/tools/1")).isEqualTo(JSON.readTree("""
						{"type":"mcp","server_label":"docs","allowed_tools":[],"require_approval":"never"}"""));
				assertThat(setup.path("parallel_tool_calls").isBoolean()).isTrue();
			}));
	}

	@Test
	void builtInToolsOfASessionAreAddedToo() {
		this.runner.withUserConfiguration(ToolConfiguration.class)
			.withPropertyValues(PREFIX + "openai.tools=lookup", PREFIX + "openai.session.tools[0].type=mcp",
					PREFIX + "openai.session.tools[0].server_label=docs")
			.run((context) -> {
				context.getBean(SessionFactory.class)
					.open("assistant",
							(spec) -> spec.attribute(RealtimeAttributes.SETUP,
									Map.of("tools", List.of(Map.of("type", "mcp", "server_label", "mail"),
											Map.of("type", "mcp", "server_label", "docs", "server_url", "u")))));
				InMemoryTransport transport = context.getBean(InMemoryTransport.class);
				JsonNode tools = JSON.readTree(transport.peer().texts().get(0)).at("/session/tools");
				assertThat(tools).extracting((tool) -> tool.path("server_label").asString(""))
					.containsExactly("", "mail", "docs");
				assertThat(tools.get(2).path("server_url").asString()).isEqualTo("u");
			});
	}

	@Test
	void emptyValueOfTheSessionThatIsNotKnownFailsTheStart() {
		this.runner.withPropertyValues(PREFIX + "openai.session.some_thing=")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(StreamingConfigurationException.class)
				.hasMessageContaining("'" + PREFIX + "openai.session.some_thing'")
				.hasMessageContaining("Write it as JSON"));
		this.runner.withPropertyValues(PREFIX + "openai.session.audio.input.turn_detection=")
			.run(opened((session, request, setup) -> assertThat(setup.at("/audio/input/turn_detection").isNull())
				.isTrue()));
	}

	@Test
	void toolThatIsNotThereFailsTheStart() {
		this.runner.withUserConfiguration(ToolConfiguration.class)
			.withPropertyValues(PREFIX + "openai.tools=lookup,other")
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(StreamingConfigurationException.class)
				.hasMessageContaining(PREFIX + "openai.tools")
				.hasMessageContaining("'other'")
				.hasMessageContaining("callback"));
	}

	@Test
	void callbackOfSpringAiIsCalled() {
		this.runner.withUserConfiguration(ToolConfiguration.class)
			.run(called((result) -> assertThat(result).contains("function_call_output")
				.contains("\\\"from\\\":\\\"callback\\\"")));
	}

	@Test
	void approvalDecidesOnCalls() {
		this.runner.withUserConfiguration(ToolConfiguration.class)
			.withBean("first", ToolApproval.class, () -> (call, context) -> true)
			.withBean("second", ToolApproval.class,
					() -> (call, context) -> !context.connectionName().equals("assistant"))
			.run(called((result) -> assertThat(result).contains("function_call_output").contains("not approved")));
	}

	private static ContextConsumer<AssertableApplicationContext> called(Consumer<String> result) {
		return (context) -> {
			try (Session session = context.getBean(SessionFactory.class).open("assistant")) {
				assertThat(session.isClosed()).isFalse();
				InMemoryPeer peer = context.getBean(InMemoryTransport.class).peer();
				int before = peer.received().size();
				peer.text("{\"type\":\"response.output_item.done\",\"response_id\":\"r\",\"item\":{\"id\":\"f\","
						+ "\"type\":\"function_call\",\"status\":\"completed\",\"call_id\":\"c\",\"name\":\"callback\","
						+ "\"arguments\":\"{}\"}}");
				result.accept(peer.awaitReceived(before + 1).get(before).text());
			}
		};
	}

	@Test
	void worksWithoutSpringAi() {
		this.runner.withClassLoader(new FilteredClassLoader("org.springframework.ai"))
			.run(opened((session, request, setup) -> assertThat(setup.has("tools")).isFalse()));
	}

	@Test
	void handlersErrorClassifierGoesBeforeABean() {
		this.runner.withBean(ErrorClassifier.class, () -> (error) -> false)
			.withPropertyValues(PREFIX + "session.max-reconnect-attempts=3", PREFIX + "conn.retry-backoff-base=1ms")
			.run((context) -> {
				SessionFactory sessions = context.getBean(SessionFactory.class);
				InMemoryTransport transport = context.getBean(InMemoryTransport.class);
				try (Session session = sessions.open("assistant")) {
					transport.peer().drop();
					await().until(() -> transport.dials().size() == 2 && session.state() == Session.State.OPEN);
				}
				OpenAiRealtimeHandler strict = new OpenAiRealtimeHandler(OpenAiRealtimeOptions.builder().build()) {

					@Override
					public ErrorClassifier errorClassifier() {
						return (error) -> false;
					}

				};
				try (Session session = sessions.open("assistant", (spec) -> spec.handler(strict))) {
					transport.peer().drop();
					session.done().toCompletableFuture().get(10, TimeUnit.SECONDS);
					assertThat(session.error()).containsInstanceOf(ConnectionLostException.class);
				}
			});
	}

	@Test
	void refusedSettingIsNamed() {
		this.runner.withPropertyValues(PREFIX + "openai.history-size=-1")
			.run((context) -> assertThat(context).getFailure()
				.hasMessageContaining("streaming.connections.assistant.openai.history-size")
				.hasRootCauseMessage("history-size must not be negative"));
		this.runner.withPropertyValues(PREFIX + "openai.output-audio-format=mp3")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("openai.output-audio-format")
				.hasStackTraceContaining("mp3"));
	}

	@Test
	void nativeImageCanBindTheSettings() throws NoSuchMethodException {
		RuntimeHints hints = new RuntimeHints();
		new OpenAiRealtimeRuntimeHints().registerHints(hints, null);
		assertThat(
				List.of(OpenAiRealtimeProperties.class, TurnDetectionProperties.class, TranscriptionProperties.class))
			.allSatisfy((type) -> assertThat(
					RuntimeHintsPredicates.reflection().onConstructorInvocation(type.getDeclaredConstructor()))
				.accepts(hints));
		assertThat(RuntimeHintsPredicates.reflection()
			.onMethodInvocation(RealtimeProviderProperties.class.getMethod("setApiKey", String.class))).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection()
			.onMethodInvocation(TurnDetectionProperties.class.getMethod("of", String.class))).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection()
			.onMethodInvocation(TranscriptionProperties.class.getMethod("of", String.class))).accepts(hints);
	}

	@Test
	void nothingWhenStreamingIsOff() {
		this.runner.withPropertyValues("streaming.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean("openAiRealtimeProvider"));
	}

	@Test
	void noProviderIsCreatedWithoutAConnectionThatHasOne() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(StreamingAutoConfiguration.class,
					RealtimeToolsAutoConfiguration.class, OpenAiRealtimeAutoConfiguration.class))
			.run((context) -> {
				for (String name : List.of("openAiRealtimeProvider", "openAiTranscriptionProvider",
						"openAiLiveProvider")) {
					assertThat(context.containsBean(name)).isTrue();
					assertThat(context.getBeanFactory().containsSingleton(name)).isFalse();
				}
			});
	}

	@FunctionalInterface
	private interface OpenCheck {

		void check(Session session, DialRequest request, JsonNode setup) throws Exception;

	}

	@Configuration(proxyBeanMethods = false)
	static class ToolConfiguration {

		@Bean
		RealtimeTool lookup(SessionFactory tooMayNeedSessions) {
			return RealtimeTool.of("lookup", "Look it up", Map.class, (input) -> input);
		}

		@Bean
		ToolCallback callback() {
			return new Callback("callback");
		}

		@Bean
		ToolCallbackProvider provider() {
			return () -> new ToolCallback[] { new Callback("provided") };
		}

	}

	private record Callback(String name) implements ToolCallback {

		@Override
		public ToolDefinition getToolDefinition() {
			return new Definition(this.name, "A callback", "{\"type\":\"object\",\"properties\":{}}");
		}

		@Override
		public String call(String input) {
			return "{\"from\":\"" + this.name + "\"}";
		}

	}

	private record Definition(String name, String description, String inputSchema) implements ToolDefinition {

	}

}
