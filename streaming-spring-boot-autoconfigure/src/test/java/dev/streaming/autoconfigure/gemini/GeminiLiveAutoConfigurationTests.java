package dev.streaming.autoconfigure.gemini;

import java.util.List;
import java.util.Map;

import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.autoconfigure.FreshTokenConfiguration;
import dev.streaming.autoconfigure.StreamingAutoConfiguration;
import dev.streaming.autoconfigure.StreamingConfigurationException;
import dev.streaming.autoconfigure.gemini.GeminiLiveProperties.ActivityDetectionProperties;
import dev.streaming.autoconfigure.gemini.GeminiLiveProperties.ContextCompressionProperties;
import dev.streaming.autoconfigure.realtime.RealtimeToolsAutoConfiguration;
import dev.streaming.gemini.GeminiLiveHandler;
import dev.streaming.internal.transport.DialRequest;
import dev.streaming.realtime.RealtimeAttributes;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.testsupport.AcceptedSetup;
import dev.streaming.testsupport.InMemoryTransport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link GeminiLiveAutoConfiguration}.
 */
@Timeout(60)
class GeminiLiveAutoConfigurationTests {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private static final String PREFIX = "streaming.connections.assistant.";

	private final ApplicationContextRunner bare = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(StreamingAutoConfiguration.class, RealtimeToolsAutoConfiguration.class,
				GeminiLiveAutoConfiguration.class))
		.withBean(InMemoryTransport.class, AcceptedSetup::transport)
		.withPropertyValues(PREFIX + "provider=gemini-live");

	private final ApplicationContextRunner runner = this.bare.withPropertyValues(PREFIX + "gemini.api-key=AIza-s3cret");

	private static ContextConsumer<AssertableApplicationContext> opened(OpenCheck check) {
		return (context) -> {
			assertThat(context).hasNotFailed();
			try (Session session = context.getBean(SessionFactory.class).open("assistant")) {
				InMemoryTransport transport = context.getBean(InMemoryTransport.class);
				JsonNode first = JSON.readTree(transport.peer().texts().get(0));
				check.check(session, transport.dials().get(0).request(), first.path("setup"));
			}
		};
	}

	@Test
	void yamlIsEnough() {
		this.runner.run(opened((session, request, setup) -> {
			assertThat(request.uri()).hasToString("wss://generativelanguage.googleapis.com/ws/"
					+ "google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent");
			assertThat(request.headers().get("x-goog-api-key")).containsExactly("AIza-s3cret");
			assertThat(setup.path("model").asString()).isEqualTo("models/gemini-3.8-live");
			assertThat(session.unwrap(GeminiLiveHandler.class)).isPresent();
			assertThat(RealtimeClient.of(session)).isNotNull();
		}));
	}

	@Test
	void settingsReachTheProvider() {
		this.runner
			.withPropertyValues(PREFIX + "gemini.model=gemini-x", PREFIX + "gemini.instructions=Be brief",
					PREFIX + "gemini.response-modalities[0]=text", PREFIX + "gemini.voice=Kore",
					PREFIX + "gemini.activity-detection.disabled=true",
					PREFIX + "gemini.context-compression.trigger-tokens=20000",
					PREFIX + "gemini.setup.proactivity.proactiveAudio=true")
			.run(opened((session, request, setup) -> {
				assertThat(setup.path("model").asString()).isEqualTo("models/gemini-x");
				assertThat(setup.at("/systemInstruction/parts/0/text").asString()).isEqualTo("Be brief");
				assertThat(setup.at("/generationConfig/responseModalities/0").asString()).isEqualTo("TEXT");
				assertThat(setup.at("/realtimeInputConfig/automaticActivityDetection/disabled").asBoolean()).isTrue();
				assertThat(setup.at("/contextWindowCompression/triggerTokens").asString()).isEqualTo("20000");
				assertThat(setup.at("/proactivity/proactiveAudio").isBoolean()).isTrue();
				assertThat(setup.at("/proactivity/proactiveAudio").asBoolean()).isTrue();
			}));
	}

	@Test
	void vertexAiIsAnUrlAndAToken() {
		this.bare.withUserConfiguration(FreshTokenConfiguration.class)
			.withPropertyValues(PREFIX + "conn.url=wss://us-central1-aiplatform.googleapis.com/ws/x",
					PREFIX + "gemini.model=projects/p/locations/l/publishers/google/models/gemini-x")
			.run(opened((session, request, setup) -> {
				assertThat(request.uri()).hasHost("us-central1-aiplatform.googleapis.com");
				assertThat(request.headers().toString()).contains("Bearer fresh").doesNotContain("x-goog-api-key");
				assertThat(setup.path("model").asString())
					.isEqualTo("projects/p/locations/l/publishers/google/models/gemini-x");
			}));
	}

	@Test
	void everySessionHasAHandlerOfItsOwn() {
		this.runner.run((context) -> {
			SessionFactory sessions = context.getBean(SessionFactory.class);
			try (Session first = sessions.open("assistant"); Session second = sessions.open("assistant")) {
				assertThat(first.unwrap(GeminiLiveHandler.class).orElseThrow())
					.isNotSameAs(second.unwrap(GeminiLiveHandler.class).orElseThrow());
			}
		});
	}

	@Test
	void toolsOfTheApplicationAreOffered() {
		this.runner.withUserConfiguration(ToolConfiguration.class)
			.run(opened(
					(session, request, setup) -> assertThat(setup.at("/tools/0/functionDeclarations/0/name").asString())
						.isEqualTo("lookup")));
		this.runner.withUserConfiguration(ToolConfiguration.class)
			.withPropertyValues(PREFIX + "gemini.tools=")
			.run(opened((session, request, setup) -> assertThat(setup.has("tools")).isFalse()));
	}

	@Test
	void builtInToolsAreAddedToFunctions() {
		this.runner.withUserConfiguration(ToolConfiguration.class)
			.withPropertyValues(PREFIX + "gemini.tools=lookup", PREFIX + "gemini.setup.tools[0].googleSearch=",
					PREFIX + "gemini.setup.generationConfig.stopSequences=END")
			.run(opened((session, request, setup) -> {
				assertThat(setup.path("tools")).hasSize(2);
				assertThat(setup.at("/tools/0/functionDeclarations/0/name").asString()).isEqualTo("lookup");
				assertThat(setup.at("/tools/1")).isEqualTo(JSON.readTree("{\"googleSearch\":{}}"));
				assertThat(setup.at("/generationConfig/stopSequences")).isEqualTo(JSON.readTree("[\"END\"]"));
			}));
	}

	@Test
	void builtInToolsOfASessionAreAddedToo() {
		this.runner.withUserConfiguration(ToolConfiguration.class)
			.withPropertyValues(PREFIX + "gemini.tools=lookup", PREFIX + "gemini.setup.tools[0].googleSearch=")
			.run((context) -> {
				context.getBean(SessionFactory.class)
					.open("assistant", (spec) -> spec.attribute(RealtimeAttributes.SETUP, Map.of("tools",
							List.of(Map.of("codeExecution", Map.of()), Map.of("googleSearch", Map.of())))));
				InMemoryTransport transport = context.getBean(InMemoryTransport.class);
				assertThat(JSON.readTree(transport.peer().texts().get(0)).at("/setup/tools"))
					.extracting((tool) -> tool.propertyNames().iterator().next())
					.containsExactly("functionDeclarations", "codeExecution", "googleSearch");
			});
	}

	@Test
	void toolThatIsNotThereFailsTheStart() {
		this.runner.withUserConfiguration(ToolConfiguration.class)
			.withPropertyValues(PREFIX + "gemini.tools=other")
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(StreamingConfigurationException.class)
				.hasMessageContaining(PREFIX + "gemini.tools")
				.hasMessageContaining("'other'")
				.hasMessageContaining("lookup"));
	}

	@Test
	void refusedSettingIsNamed() {
		this.runner.withPropertyValues(PREFIX + "gemini.response-modalities=text,audio")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("streaming.connections.assistant.gemini")
				.rootCause()
				.hasMessageContaining("exactly one"));
		this.runner.withPropertyValues(PREFIX + "gemini.text-input=telepathy")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("gemini.text-input")
				.hasStackTraceContaining("telepathy"));
	}

	@Test
	void nativeImageCanBindTheSettings() throws NoSuchMethodException {
		RuntimeHints hints = new RuntimeHints();
		new GeminiLiveRuntimeHints().registerHints(hints, null);
		assertThat(RuntimeHintsPredicates.reflection()
			.onConstructorInvocation(GeminiLiveProperties.class.getDeclaredConstructor())).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection()
			.onMethodInvocation(GeminiLiveProperties.class.getMethod("setLanguage", String.class))).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection()
			.onMethodInvocation(ActivityDetectionProperties.class.getMethod("setDisabled", boolean.class)))
			.accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection()
			.onMethodInvocation(ContextCompressionProperties.class.getMethod("setEnabled", boolean.class)))
			.accepts(hints);
	}

	@Test
	void nothingWhenStreamingIsOff() {
		this.runner.withPropertyValues("streaming.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean("geminiLiveProvider"));
	}

	@Test
	void noProviderIsCreatedWithoutAConnectionThatHasOne() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(StreamingAutoConfiguration.class,
					RealtimeToolsAutoConfiguration.class, GeminiLiveAutoConfiguration.class))
			.run((context) -> {
				assertThat(context.containsBean("geminiLiveProvider")).isTrue();
				assertThat(context.getBeanFactory().containsSingleton("geminiLiveProvider")).isFalse();
			});
	}

	@FunctionalInterface
	private interface OpenCheck {

		void check(Session session, DialRequest request, JsonNode setup) throws Exception;

	}

	@Configuration(proxyBeanMethods = false)
	static class ToolConfiguration {

		@Bean
		RealtimeTool lookup() {
			return RealtimeTool.of("lookup", "Look it up", Map.class, (input) -> input);
		}

	}

}
