package dev.streaming.autoconfigure;

import java.io.IOException;
import java.net.URL;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import dev.streaming.MessageHandler;
import dev.streaming.SessionFactory;
import dev.streaming.autoconfigure.gemini.GeminiLiveAutoConfiguration;
import dev.streaming.autoconfigure.openai.OpenAiRealtimeAutoConfiguration;
import dev.streaming.autoconfigure.realtime.RealtimeToolsAutoConfiguration;
import dev.streaming.testsupport.InMemoryTransport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.ClassPathResource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

@ExtendWith(OutputCaptureExtension.class)
class ConfigurationKeyCheckTests {

	private static final String WARNING = "Environment variables that name no property are ignored: ";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(StreamingAutoConfiguration.class, RealtimeToolsAutoConfiguration.class,
				OpenAiRealtimeAutoConfiguration.class, GeminiLiveAutoConfiguration.class))
		.withBean(InMemoryTransport.class, InMemoryTransport::new)
		.withBean("plain", MessageHandler.class, () -> (message) -> List.of())
		.withPropertyValues("streaming.connections.a.provider=openai-realtime",
				"streaming.connections.b.provider=gemini-live", "streaming.connections.c.handler=plain");

	@ParameterizedTest
	@CsvSource(textBlock = """
			streaming.session.max-reconnect-atempts, streaming.session.max-reconnect-attempts
			streaming.session.maxReconnectAtempts, streaming.session.max-reconnect-attempts
			streaming.conn.heartbeet-interval, streaming.conn.heartbeat-interval
			streaming.session.heartbeat-interval, streaming.conn.heartbeat-interval
			streaming.conn.max-connection-age, streaming.session.max-connection-age
			streaming.enbled, streaming.enabled
			streaming.healt.outage-threshold, streaming.health.outage-threshold
			streaming.conection.a.conn.write-wait, streaming.connections.a.conn.write-wait
			streaming.connections.a.url, streaming.connections.a.conn.url
			streaming.connections.a.openai.url, streaming.connections.a.conn.url
			streaming.connections.a.api-key, streaming.connections.a.openai.api-key
			streaming.connections.b.api-key, streaming.connections.b.gemini.api-key
			streaming.connections.a.openai.instrutions, streaming.connections.a.openai.instructions
			streaming.connections.a.openai.turn-detection.typ, streaming.connections.a.openai.turn-detection.type
			streaming.connections.a.headers.Authorization, ''
			streaming.connections.a.max-reconnect-attempts, streaming.connections.a.session.max-reconnect-attempts
			streaming.connections.[x.y].url, streaming.connections.x.y.conn.url
			streaming.api-key, streaming.connections.<name>.gemini.api-key
			""")
	void unknownKeyIsRefusedWithTheNearest(String key, String nearest) {
		this.runner.withPropertyValues(key + "=7").run((context) -> {
			assertThat(context).hasFailed();
			assertThat(context.getStartupFailure()).rootCause()
				.isInstanceOf(StreamingConfigurationException.class)
				.hasMessageContaining("is not known.");
			if (!nearest.isEmpty()) {
				assertThat(context.getStartupFailure()).rootCause()
					.hasMessageContaining("Did you mean '" + nearest + "'?");
			}
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "streaming.conn.headers.X-Any.Thing", "streaming.conn.headers[any.thing]",
			"streaming.connections.a.conn.headers.X-Key", "streaming.connections.a.conn.maxRetries",
			"streaming.connections.a.conn.MAX_RETRIES", "streaming.connections.a.conn.subprotocols[0]",
			"streaming.connections.a.openai.session.anything.at[0].all",
			"streaming.connections.b.gemini.setup.anything", "streaming.health.outage-threshold", "other.key" })
	void keyThatSomethingReadsIsTaken(String key) {
		this.runner.withPropertyValues(key + "=7").run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			a.gemini.model | connection 'a' has the provider 'openai-realtime'.
			b.openai.session.x | connection 'b' has the provider 'gemini-live'.
			c.openai.api-key | connection 'c' has no provider.
			""")
	void keyOfAnotherProviderIsRefused(String key, String reason) {
		this.runner.withPropertyValues("streaming.connections." + key + "=s3cret")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("The configuration property 'streaming.connections." + key + "'")
				.hasMessageContaining(" is a setting of the provider '")
				.hasMessageContaining("', but " + reason)
				.hasMessageNotContaining("s3cret"));
	}

	@Test
	void everyUnknownKeyIsNamedWithItsPlaceInYaml() {
		yaml("""
				streaming:
				  connections:
				    a:
				      url: wss://example.com?key=s3cret
				      openai:
				        instrutions: s3cret
				""").run((context) -> assertThat(context).getFailure()
			.rootCause()
			.hasMessageContaining("'streaming.connections.a.url' (originating from 'class path resource")
			.hasMessageContaining("4:12")
			.hasMessageContaining("'streaming.connections.a.openai.instrutions' (originating from")
			.hasMessageContaining("6:22")
			.hasMessageEndingWith("Correct the keys, or remove them.")
			.hasMessageNotContaining("s3cret"));
	}

	@Test
	void emptyGroupOfYamlIsNoUnknownKey() {
		yaml("streaming: {connections: {a: {openai: , conn: {url: ''}}}}")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void keyOnTheCommandLineIsReported(CapturedOutput output) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		Throwable failure = catchThrowable(() -> application.run("--streaming.sesion.read-ahead=1MB"));
		assertThat(failure).isNotNull();
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("The configuration property 'streaming.sesion.read-ahead' (originating from"
					+ " '\"streaming.sesion.read-ahead\" from property source \"commandLineArgs\"') is not known."
					+ " Did you mean 'streaming.session.read-ahead'?")
			.contains("Correct the key, or remove it.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "STREAMING_SERVICE_HOST", "STREAMING_PORT_80_TCP_ADDR",
			"STREAMING_CONNECTIONS_NO_BODY_PROVIDER", "STREAMING_CONNECTIONS_A_GEMINI_API_KEY",
			"STREAMING_CONN_DIAL_TIMEOUTS" })
	void variableThatNamesNoPropertyIsOnlyWarnedOf(String variable, CapturedOutput output) {
		environment(Map.of(variable, "s3cret")).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output).containsOnlyOnce(WARNING + variable).doesNotContain("s3cret");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "STREAMING_CONN_DIALTIMEOUT", "STREAMING_CONN_DIAL_TIMEOUT",
			"STREAMING_CONNECTIONS_A_OPENAI_API_KEY", "STREAMING_CONNECTIONS_MY_BOT_OPENAI_APIKEY",
			"STREAMING_CONNECTIONS_MYBOT_OPENAI_APIKEY", "STREAMING_CONN_HEADERS_X_ANY",
			"STREAMING_CONNECTIONS_A_OPENAI_SESSION_AUDIO_INPUT_TYPE", "STREAMINGS_HOST", "STREAMING" })
	void variableOfAPropertyIsNotWarnedOf(String variable, CapturedOutput output) {
		environment(Map.of(variable, "7")).withPropertyValues("streaming.connections.my-bot.provider=openai-realtime")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(output).doesNotContain(WARNING);
			});
	}

	@Test
	void nothingIsCheckedWithoutMetadata() {
		this.runner
			.withClassLoader(
					new FilteredClassLoader(new ClassPathResource("META-INF/spring-configuration-metadata.json"),
							new ClassPathResource("META-INF/additional-spring-configuration-metadata.json")))
			.withPropertyValues("streaming.sesion.read-ahead=1MB")
			.run((context) -> assertThat(context).hasSingleBean(SessionFactory.class));
	}

	@Test
	void metadataIsReadOnlyIfAKeyWasNotBound() {
		AtomicInteger reads = new AtomicInteger();
		ApplicationContextRunner counting = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(StreamingAutoConfiguration.class))
			.withBean(InMemoryTransport.class, InMemoryTransport::new)
			.withClassLoader(new ClassLoader(getClass().getClassLoader()) {
				@Override
				public Enumeration<URL> getResources(String name) throws IOException {
					if (name.endsWith("spring-configuration-metadata.json")) {
						reads.incrementAndGet();
					}
					return super.getResources(name);
				}
			})
			.withPropertyValues("streaming.conn.url=ws://provider.test/", "streaming.conn.headers.X-Any=7",
					"streaming.conn.maxRetries=7", "streaming.conn.subprotocols[0]=a", "streamings.key=7");
		counting.run((context) -> assertThat(context).hasNotFailed());
		assertThat(reads).hasValue(0);
		counting.withPropertyValues("streaming.conn.max-retrys=7").run((context) -> assertThat(context).hasFailed());
		assertThat(reads.get()).isPositive();
	}

	@Test
	void nothingIsCheckedWhenDisabled() {
		this.runner.withPropertyValues("streaming.enabled=false", "streaming.sesion.read-ahead=1MB")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	private ApplicationContextRunner environment(Map<String, Object> variables) {
		return this.runner.withInitializer((context) -> context.getEnvironment()
			.getPropertySources()
			.replace("systemEnvironment",
					new SystemEnvironmentPropertySource("systemEnvironment", new LinkedHashMap<>(variables))));
	}

	private ApplicationContextRunner yaml(String text) {
		return this.runner.withInitializer((context) -> {
			try {
				new YamlPropertySourceLoader().load("test", new ByteArrayResource(text.getBytes(), "application.yml") {
					@Override
					public String getDescription() {
						return "class path resource [application.yml]";
					}
				}).forEach(context.getEnvironment().getPropertySources()::addFirst);
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
