package dev.streaming.autoconfigure.realtime;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.SessionSpec;
import dev.streaming.autoconfigure.StreamingAutoConfiguration;
import dev.streaming.autoconfigure.gemini.GeminiLiveAutoConfiguration;
import dev.streaming.autoconfigure.openai.OpenAiRealtimeAutoConfiguration;
import dev.streaming.internal.transport.DialRequest;
import dev.streaming.openai.DelegationHandler;
import dev.streaming.realtime.AccessTokenProvider;
import dev.streaming.realtime.RealtimeAttributes;
import dev.streaming.testsupport.AcceptedSetup;
import dev.streaming.testsupport.InMemoryTransport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Providers on Azure and Vertex AI, and tokens that expire.
 */
@Timeout(60)
class RealtimeHostingTests {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private static final String PREFIX = "streaming.connections.assistant.";

	private final ApplicationContextRunner bare = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(StreamingAutoConfiguration.class, RealtimeToolsAutoConfiguration.class,
				OpenAiRealtimeAutoConfiguration.class, GeminiLiveAutoConfiguration.class))
		.withBean(InMemoryTransport.class, AcceptedSetup::transport);

	private final ApplicationContextRunner azure = this.bare.withPropertyValues(PREFIX + "provider=openai-realtime",
			PREFIX + "openai.azure.resource=my-resource", PREFIX + "openai.azure.deployment=voice");

	private final ApplicationContextRunner vertex = this.bare.withPropertyValues(PREFIX + "provider=gemini-live",
			PREFIX + "gemini.model=gemini-x", PREFIX + "gemini.vertex.project=my-project",
			PREFIX + "gemini.vertex.location=europe-west4");

	private static ContextConsumer<AssertableApplicationContext> opened(Check check) {
		return opened((spec) -> {
		}, check);
	}

	private static ContextConsumer<AssertableApplicationContext> opened(Consumer<SessionSpec> spec, Check check) {
		return (context) -> {
			assertThat(context).hasNotFailed();
			InMemoryTransport transport = context.getBean(InMemoryTransport.class);
			try (Session session = context.getBean(SessionFactory.class).open("assistant", spec)) {
				assertThat(session.isClosed()).isFalse();
				check.check(transport.dials().get(0).request(), JSON.readTree(transport.peer().texts().get(0)));
			}
		};
	}

	private static AccessTokenProvider counting() {
		AtomicInteger count = new AtomicInteger();
		return (connectionName) -> connectionName + "-" + count.incrementAndGet();
	}

	@Test
	void azureIsAResourceADeploymentAndAKey() {
		this.azure.withPropertyValues(PREFIX + "openai.azure.api-key=az-s3cret").run(opened((request, setup) -> {
			assertThat(request.uri()).hasToString("wss://my-resource.openai.azure.com/openai/v1/realtime?model=voice");
			assertThat(request.headers().get("api-key")).containsExactly("az-s3cret");
			assertThat(request.headers().toString()).doesNotContain("Bearer");
		}));
	}

	@Test
	void transcriptionOnAzure() {
		this.azure
			.withPropertyValues(PREFIX + "provider=openai-transcription", PREFIX + "openai.azure.api-key=az-s3cret")
			.run(opened((request, setup) -> {
				assertThat(request.uri())
					.hasToString("wss://my-resource.openai.azure.com/openai/v1/realtime?intent=transcription");
				assertThat(setup.at("/session/type").asString()).isEqualTo("transcription");
				assertThat(setup.at("/session/audio/input/transcription/model").asString()).isEqualTo("voice");
			}));
	}

	@Test
	void transcriptionIsOneLineOfYaml() {
		this.bare.withPropertyValues(PREFIX + "provider=openai-transcription", PREFIX + "openai.api-key=sk-s3cret")
			.run(opened((request, setup) -> {
				assertThat(request.uri()).hasToString("wss://api.openai.com/v1/realtime?intent=transcription");
				assertThat(setup.at("/session/audio/input/transcription/model").asString())
					.isEqualTo("gpt-realtime-whisper");
			}));
	}

	@ParameterizedTest
	@CsvSource({ "voice=marin,voice must not be set", "model=gpt-x,model must not be set",
			"azure.resource=a_b,azure.resource must be the name",
			"azure.resource=ok,azure.deployment must not be empty" })
	void settingThatMakesNoSenseFailsTheStart(String setting, String reason) {
		this.bare
			.withPropertyValues(PREFIX + "provider=openai-transcription", PREFIX + "openai.api-key=sk-s3cret",
					PREFIX + "openai." + setting)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageStartingWith(reason)
				.hasMessageNotContaining("s3cret"));
	}

	@Test
	void gptLiveIsAProvider() {
		ApplicationContextRunner gptLive = this.bare.withPropertyValues(PREFIX + "provider=openai-live",
				PREFIX + "openai.api-key=sk-s3cret");
		gptLive
			.withPropertyValues(PREFIX + "openai.voice=marin", PREFIX + "openai.delegation.model=gpt-work",
					PREFIX + "openai.session.store=false")
			.run(opened((request, setup) -> {
				assertThat(request.uri()).hasToString("wss://api.openai.com/v1/live/sessions");
				assertThat(request.headers().get("Authorization")).containsExactly("Bearer sk-s3cret");
				assertThat(setup.at("/session/audio/output/voice").asString()).isEqualTo("marin");
				assertThat(setup.at("/session/delegation/responses/model").asString()).isEqualTo("gpt-work");
				assertThat(setup.at("/session/store").asBoolean(true)).isFalse();
			}));
		gptLive.withBean(DelegationHandler.class, () -> (delegation) -> delegation.say("Done"))
			.run(opened((request, setup) -> assertThat(setup.at("/session/delegation/type").asString())
				.isEqualTo("client")));
		gptLive.withPropertyValues(PREFIX + "openai.delegation.type=client")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("openai.delegation.type")
				.hasStackTraceContaining("DelegationHandler"));
		gptLive.withPropertyValues(PREFIX + "openai.speed=1.1")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageStartingWith("speed must not be set"));
	}

	@Test
	void gptLiveOnAzure() {
		this.azure.withPropertyValues(PREFIX + "provider=openai-live", PREFIX + "openai.azure.api-key=az-s3cret")
			.run(opened((request, setup) -> {
				assertThat(request.uri()).hasToString("wss://my-resource.openai.azure.com/openai/v1/live/sessions");
				assertThat(request.headers().get("api-key")).containsExactly("az-s3cret");
				assertThat(setup.at("/session/model").asString()).isEqualTo("voice");
			}));
	}

	@Test
	void eachDialHasAFreshToken() {
		this.azure.withBean(AccessTokenProvider.class, RealtimeHostingTests::counting).run((context) -> {
			InMemoryTransport transport = context.getBean(InMemoryTransport.class);
			SessionFactory sessions = context.getBean(SessionFactory.class);
			sessions.open("assistant").close();
			sessions.open("assistant").close();
			assertThat(transport.dials()).extracting((dial) -> dial.request().headers().get("Authorization").get(0))
				.containsExactly("Bearer assistant-1", "Bearer assistant-2");
		});
	}

	@Test
	void keyGoesBeforeAToken() {
		this.azure.withBean(AccessTokenProvider.class, RealtimeHostingTests::counting)
			.withPropertyValues(PREFIX + "openai.azure.api-key=az-s3cret")
			.run(opened((request, setup) -> assertThat(request.headers().toString()).doesNotContain("Bearer")));
		this.vertex.withBean(AccessTokenProvider.class, RealtimeHostingTests::counting)
			.run(opened((spec) -> spec.attribute(RealtimeAttributes.API_KEY, "own"), (request, setup) -> {
				assertThat(request.headers().get("x-goog-api-key")).containsExactly("own");
				assertThat(request.headers().toString()).doesNotContain("Bearer");
			}));
	}

	@Test
	void tokenOfAnotherConnectionIsNotAskedFor() {
		this.azure.withBean(AccessTokenProvider.class, () -> new AccessTokenProvider() {

			@Override
			public String token(String connectionName) {
				throw new AssertionError("Asked for " + connectionName);
			}

			@Override
			public boolean supports(String connectionName) {
				return connectionName.equals("other");
			}

		}).run(opened((request, setup) -> assertThat(request.headers().toString()).doesNotContain("Bearer")));
	}

	@Test
	void emptyTokenFailsTheDial() {
		this.azure.withBean(AccessTokenProvider.class, () -> (connectionName) -> " ")
			.run((context) -> assertThat(catchThrowable(() -> context.getBean(SessionFactory.class).open("assistant")))
				.hasStackTraceContaining("has returned no token for the connection 'assistant'"));
	}

	@Test
	void vertexIsAProjectALocationAndAToken() {
		this.vertex.withBean(AccessTokenProvider.class, RealtimeHostingTests::counting).run(opened((request, setup) -> {
			assertThat(request.uri()).hasToString("wss://europe-west4-aiplatform.googleapis.com/ws/"
					+ "google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent");
			assertThat(request.headers().get("Authorization")).containsExactly("Bearer assistant-1");
			assertThat(setup.at("/setup/model").asString())
				.isEqualTo("projects/my-project/locations/europe-west4/publishers/google/models/gemini-x");
		}));
	}

	@Test
	void globalLocationHasAHostWithoutAPrefix() {
		this.vertex.withPropertyValues(PREFIX + "gemini.vertex.location=global")
			.run(opened((request, setup) -> assertThat(request.uri()).hasHost("aiplatform.googleapis.com")));
	}

	@ParameterizedTest
	@CsvSource({ "project=A B,vertex.project must be the id", "location=evil.example.com/,vertex.location must be" })
	void partOfAHostThatIsNoneFailsTheStart(String setting, String reason) {
		this.vertex.withPropertyValues(PREFIX + "gemini.vertex." + setting)
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageStartingWith(reason));
	}

	@Test
	void ephemeralTokenGoesToAMethodOfItsOwn() {
		String url = "wss://generativelanguage.googleapis.com/ws/google.ai.generativelanguage.v1alpha."
				+ "GenerativeService.BidiGenerateContentConstrained?access_token=auth_tokens%2Fabc";
		ApplicationContextRunner gemini = this.bare.withPropertyValues(PREFIX + "provider=gemini-live");
		Check ofToken = (request, setup) -> {
			assertThat(request.uri()).hasToString(url);
			assertThat(request.headers().toString()).doesNotContain("abc");
		};
		gemini.withPropertyValues(PREFIX + "gemini.api-key=auth_tokens/abc").run(opened(ofToken));
		gemini.run(opened((spec) -> spec.attribute(RealtimeAttributes.API_KEY, "auth_tokens/abc"), ofToken));
		gemini.withBean(AccessTokenProvider.class, () -> (connectionName) -> "auth_tokens/abc").run(opened(ofToken));
	}

	@FunctionalInterface
	private interface Check {

		void check(DialRequest request, JsonNode setup) throws Exception;

	}

}
