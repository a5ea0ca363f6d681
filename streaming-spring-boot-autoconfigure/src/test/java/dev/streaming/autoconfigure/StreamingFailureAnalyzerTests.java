package dev.streaming.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.streaming.ConnFactory;
import dev.streaming.MessageHandler;
import dev.streaming.StreamChunk;
import dev.streaming.autoconfigure.gemini.GeminiLiveAutoConfiguration;
import dev.streaming.autoconfigure.openai.OpenAiRealtimeAutoConfiguration;
import dev.streaming.autoconfigure.realtime.RealtimeToolsAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

@ExtendWith(OutputCaptureExtension.class)
class StreamingFailureAnalyzerTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(StreamingAutoConfiguration.class, SslAutoConfiguration.class))
		.withUserConfiguration(Handler.class);

	@ParameterizedTest
	@CsvSource(textBlock = """
			conn.dial-timeout, 0s, It must be greater than zero.
			conn.dial-timeout, -1s, It must be greater than zero.
			conn.dial-timeout, 36501d, It must be at most 36500 days.
			conn.write-wait, 0s, It must be greater than zero.
			conn.max-message-size, 0B, It must be greater than zero and less than 2GB.
			conn.max-message-size, 2GB, It must be greater than zero and less than 2GB.
			conn.max-retries, 0, It must be greater than zero.
			conn.retry-backoff-base, -1ms, It must not be negative.
			conn.retry-backoff-max, -1ms, It must not be negative.
			conn.close-grace-period, -1ms, It must not be negative.
			conn.heartbeat-interval, -1ms, It must not be negative.
			conn.pong-timeout, 0s, It must be greater than zero.
			session.response-channel-size, 0, It must be greater than zero.
			session.read-ahead, -1B, It must not be negative.
			session.max-reconnect-attempts, -1, It must not be negative.
			session.reconnect-stable-after, -1ms, It must not be negative.
			session.reconnect-hook-timeout, 0s, It must be greater than zero.
			session.send-buffer-size, -1B, It must not be negative.
			session.max-connection-age, -1ms, It must not be negative.
			session.planned-change-max-wait, -1ms, It must not be negative.
			session.planned-change-max-wait, 36501d, It must be at most 36500 days.
			session.tool-timeout, 0s, It must be greater than zero.
			session.tool-concurrency, 0, It must be greater than zero.
			session.tool-rounds, 0, It must be greater than zero.
			session.tool-result-size, 0B, It must be greater than zero and less than 2GB.
			""")
	void valueOutOfRangeIsReported(String setting, String value, String reason) {
		for (String prefix : List.of("streaming.", "streaming.connections.echo.")) {
			FailureAnalysis analysis = analyze(prefix + setting + "=" + value);
			assertThat(analysis.getDescription()).contains("Invalid value '" + value + "'")
				.contains("configuration property '" + prefix + setting + "'")
				.contains("originating from")
				.endsWith("    " + reason);
			assertThat(analysis.getAction())
				.isEqualTo("Change '" + prefix + setting + "', or remove it for the default.");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "conn.retry-backoff-base=0s", "conn.retry-backoff-max=0s", "conn.close-grace-period=0s",
			"conn.heartbeat-interval=0s", "conn.pong-timeout=36500d", "conn.max-message-size=2147483647B",
			"session.read-ahead=0B", "session.max-reconnect-attempts=0", "session.reconnect-stable-after=0s",
			"session.send-buffer-size=0B", "session.max-connection-age=0s", "session.planned-change-max-wait=0s" })
	void valueThatIsAllowedStarts(String property) {
		this.contextRunner
			.withPropertyValues("streaming." + property, "streaming.connections.echo." + property,
					"streaming.conn.url=ws://localhost", "streaming.connections.echo.conn.url=ws://localhost")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				// The builders allow the same values as the properties
				PropertiesConnectionDefinitions definitions = context.getBean(PropertiesConnectionDefinitions.class);
				definitions.conn("default").build();
				definitions.session("default")
					.conn(context.getBean(ConnFactory.class).create())
					.onMessage((message) -> List.of())
					.build();
			});
	}

	@Test
	void relaxedNameIsFound() {
		FailureAnalysis analysis = analyze("streaming.conn.dialTimeout=0s");
		assertThat(analysis.getDescription()).contains("Invalid value '0s'").contains("originating from");
	}

	@Test
	void placeholderIsNotShownAsValue() {
		FailureAnalysis analysis = analyze("streaming.conn.dial-timeout=${timeout}", "timeout=-5s");
		assertThat(analysis.getDescription()).contains("Invalid value 'PT-5S'");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			http://user:secret@example.com/path?key=secret | http://example.com/path | its scheme is 'http'
			wss://user:secret@example.com:8443/path?key=secret#part | wss://example.com:8443/path | no fragment
			wss:///path?key=secret | | no valid host
			wss://example.com:port/path?key=secret | | no valid port
			wss://example.com:65536/path?key=secret | wss://example.com:65536/path | a port of at most 65535
			wss://exa mple.com/?key=secret | | URL is malformed at index
			example.com/secret | | its scheme is ''
			""")
	void badUrlIsReportedWithoutItsSecrets(String url, String shown, String reason) {
		for (String prefix : List.of("streaming.conn", "streaming.connections.echo.conn")) {
			FailureAnalysis analysis = analyze(prefix + ".url=" + url);
			assertThat(analysis.getDescription()).contains("'" + prefix + ".url'")
				.contains(reason)
				.contains("Invalid value " + ((shown != null) ? "'" + shown + "' for" : "for"))
				.doesNotContain("secret");
			assertThat(analysis.getAction()).contains("ws:// or wss:// URL");
			assertThat(analysis.getCause()).hasMessageNotContaining("secret");
		}
	}

	@Test
	void blankUrlIsNone() {
		this.contextRunner
			.withPropertyValues("streaming.conn.url=", "streaming.connections.echo.handler=handler",
					"streaming.connections.echo.conn.url=")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThatIllegalArgumentException().isThrownBy(() -> context.getBean(ConnFactory.class).create("echo"))
					.withMessageContaining("url is required");
			});
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			streaming.conn.url, wss://${NO_SUCH}/path?key=secret
			streaming.conn.headers.Authorization, Bearer secret ${NO_SUCH}
			streaming.connections.echo.conn.url, wss://example.com/path?key=secret${NO_SUCH}
			streaming.connections.echo.conn.headers.x-key, secret-${NO_SUCH}
			""")
	void unresolvedPlaceholderIsReported(String property, String value) {
		FailureAnalysis analysis = analyze(property + "=" + value);
		assertThat(analysis.getDescription()).startsWith("Invalid value for configuration property '" + property)
			.contains("originating from")
			.endsWith("    The placeholder ${NO_SUCH} cannot be resolved.");
		assertThat(analysis.getAction()).isEqualTo("Define the environment variable or property 'NO_SUCH'.");
		assertThat(analysis.getDescription() + analysis.getCause()).doesNotContain("secret");
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			openai-realtime, openai
			gemini-live, gemini
			""")
	void keyThatIsNotDefinedIsReported(String provider, String group, CapturedOutput output) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		Throwable failure = catchThrowable(() -> application.run("--streaming.connections.echo.provider=" + provider,
				"--streaming.connections.echo." + group + ".api-key=secret-${NO_SUCH_KEY}"));
		assertThat(failure).isNotNull();
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("for configuration property 'streaming.connections.echo." + group + ".api-key' (originating from")
			.contains("The placeholder ${NO_SUCH_KEY} cannot be resolved.")
			.contains("Define the environment variable or property 'NO_SUCH_KEY'.")
			.doesNotContain("secret");
	}

	@ParameterizedTest
	@CsvSource({ "openai-realtime, openai.api-key", "openai-realtime, openai.organization",
			"openai-realtime, openai.project", "openai-realtime, openai.model", "gemini-live, gemini.api-key",
			"gemini-live, gemini.model" })
	void valueOfTwoLinesIsReportedAndNotShown(String provider, String setting) {
		String property = "streaming.connections.echo." + setting;
		FailureAnalysis analysis = analyze(
				providerRunner(Map.of("streaming.connections.echo.provider", provider, property, "secret\nsecond")));
		assertThat(analysis.getDescription()).startsWith("Invalid value for configuration property '" + property)
			.endsWith("    It has a line break or another character that cannot be sent.");
		assertThat(analysis.getDescription() + analysis.getAction() + analysis.getCause()).doesNotContain("secret");
	}

	@Test
	void lineBreakBehindAKeyIsLeftOut() {
		providerRunner(Map.of("streaming.connections.echo.provider", "openai-realtime",
				"streaming.connections.echo.openai.api-key", "secret\n"))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	private ApplicationContextRunner providerRunner(Map<String, Object> properties) {
		return this.contextRunner
			.withConfiguration(AutoConfigurations.of(RealtimeToolsAutoConfiguration.class,
					OpenAiRealtimeAutoConfiguration.class, GeminiLiveAutoConfiguration.class))
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("test", properties)));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					openai.history-size | -1 | It must not be negative.
					openai.max-output-tokens | 0 | It must be positive.
					openai.speed | 0 | It must be between 0.25 and 1.5.
					openai.speed | 1.6 | It must be between 0.25 and 1.5.
					openai.output-modalities | txt | It must be exactly one, audio or text, but is [txt]
					openai.output-modalities | audio, text | It must be exactly one, audio or text, but is [audio, text]
					openai.noise-reduction | middle_field | It must be near_field or far_field, but is middle_field.
					openai.turn-detection.eagerness | keen | It must be one of low, medium, high and auto.
					openai.turn-detection.eagerness | low | It is a setting of semantic-vad, but turn-detection.type is server-vad.
					openai.temperature | -0.5 | It must not be negative.
					openai.turn-detection.threshold | 2 | It must be between 0 and 1.
					openai.turn-detection.prefix-padding | -1ms | It must not be negative.
					openai.turn-detection.silence-duration | -1ms | It must not be negative.
					openai.turn-detection.idle-timeout | -1ms | It must not be negative.
					gemini.history-size | -1 | It must not be negative.
					gemini.input-sample-rate | 0 | It must be positive.
					gemini.temperature | -1 | It must not be negative.
					gemini.activity-detection.prefix-padding | -1ms | It must not be negative.
					gemini.context-compression.trigger-tokens | 0 | It must be positive.
					gemini.response-modalities | text, audio | It must be exactly one, text or audio
					""")
	void invalidSettingOfAProviderIsReported(String setting, String value, String reason, CapturedOutput output) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		String name = "streaming.connections.echo." + setting;
		catchThrowable(() -> application.run("--" + name + "=" + value,
				"--streaming.connections.echo.provider=" + provider(setting),
				"--streaming.connections.echo." + group(setting) + ".api-key=secret"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("Invalid value '" + value + "' for configuration property '" + name + "'")
			.contains("    " + reason)
			.contains("Change '" + name + "', or remove it for the default.")
			.doesNotContain("secret");
	}

	private static String group(String setting) {
		return setting.substring(0, setting.indexOf('.'));
	}

	private static String provider(String setting) {
		return group(setting).equals("openai") ? "openai-realtime" : "gemini-live";
	}

	@Test
	void settingOfAProviderIsNamedHoweverItIsWritten(CapturedOutput output) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		catchThrowable(() -> application.run("--streaming.connections.echo.provider=gemini-live",
				"--streaming.connections.echo.gemini.responseModalities[0]=text",
				"--streaming.connections.echo.gemini.responseModalities[1]=audio"));
		assertThat(output).contains("Invalid value 'text, audio' for configuration property "
				+ "'streaming.connections.echo.gemini.response-modalities'");
	}

	@Test
	void valueThatIsNotOfItsTypeIsLeftToSpringBoot(CapturedOutput output) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		catchThrowable(() -> application.run("--streaming.connections.echo.provider=gemini-live",
				"--streaming.connections.echo.gemini.text-input=telepathy"));
		assertThat(output).contains("Property: streaming.connections.echo.gemini.text-input")
			.contains("Value: \"telepathy\"")
			.contains("Origin: \"streaming.connections.echo.gemini.text-input\"")
			.contains("AUTO");
	}

	@Test
	void badHeaderIsReportedWithoutItsValue() {
		FailureAnalysis analysis = analyze(Map.of("streaming.conn.headers.Authorization", "Bearer secret\r\nX: y"));
		assertThat(analysis.getDescription()).contains("'streaming.conn.headers.Authorization'")
			.contains("line break")
			.doesNotContain("secret");
		assertThat(analysis.getCause()).hasMessageNotContaining("secret");
	}

	@Test
	void badSubprotocolIsReported() {
		FailureAnalysis analysis = analyze("streaming.conn.subprotocols=ok,not ok");
		assertThat(analysis.getDescription()).contains("Invalid value 'not ok'")
			.contains("'streaming.conn.subprotocols'");
	}

	@Test
	void unknownSslBundleIsReported() {
		FailureAnalysis analysis = analyze("streaming.connections.echo.conn.ssl-bundle=mine");
		assertThat(analysis.getDescription()).contains("Invalid value 'mine'")
			.contains("'streaming.connections.echo.conn.ssl-bundle'")
			.contains("SSL bundle name 'mine' cannot be found.");
		assertThat(analysis.getAction()).contains("'spring.ssl.bundle'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "default", "Default" })
	void reservedNameIsReported(String name) {
		FailureAnalysis analysis = analyze("streaming.connections." + name + ".conn.url=ws://localhost");
		assertThat(analysis.getDescription()).contains("'streaming.connections." + name + "' is reserved");
		assertThat(analysis.getAction()).contains("'streaming.conn'");
	}

	@Test
	void unknownHandlerIsReported() {
		FailureAnalysis analysis = analyze("streaming.connections.echo.handler=nobody");
		assertThat(analysis.getDescription()).contains("Invalid value 'nobody'")
			.contains("'streaming.connections.echo.handler'")
			.contains("There is no bean of that name.");
		assertThat(analysis.getAction()).contains("such as handler.");
	}

	@Test
	void handlerOfAnotherTypeIsReported() {
		FailureAnalysis analysis = analyze("streaming.connections.echo.handler=text");
		assertThat(analysis.getDescription()).contains("neither a SessionHandler nor a MessageHandler.");
	}

	@Test
	void unknownProviderIsReported() {
		FailureAnalysis analysis = analyze("streaming.connections.echo.provider=nobody");
		assertThat(analysis.getDescription()).contains("Invalid value 'nobody'")
			.contains("'streaming.connections.echo.provider'")
			.contains("There is no such provider.");
		assertThat(analysis.getAction()).isNotEmpty();
	}

	@Test
	void nameThatNeedsBracketsIsReported() {
		FailureAnalysis analysis = analyze("streaming.connections[my.name].conn.dial-timeout=0s");
		assertThat(analysis.getDescription()).contains("'streaming.connections[my.name].conn.dial-timeout'")
			.contains("originating from");
	}

	@Test
	void failureWithoutPropertyIsReported() {
		FailureAnalysis analysis = new StreamingFailureAnalyzer(null)
			.analyze(new IllegalStateException(new StreamingConfigurationException("It is wrong.", "Mend it.")));
		assertThat(analysis.getDescription()).isEqualTo("It is wrong.");
		assertThat(analysis.getAction()).isEqualTo("Mend it.");
	}

	@Test
	void otherFailuresAreNotReported() {
		assertThat(new StreamingFailureAnalyzer(null).analyze(new IllegalStateException("Other"))).isNull();
	}

	@Test
	void springBootPrintsTheReport(CapturedOutput output) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		Throwable failure = catchThrowable(
				() -> application.run("--streaming.conn.url=https://example.com/?key=secret"));
		assertThat(failure).isNotNull();
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("for configuration property 'streaming.conn.url' (originating from '\"streaming.conn.url\" from"
					+ " property source \"commandLineArgs\"')")
			.contains("Set it to a ws:// or wss:// URL, such as wss://host/path.")
			.doesNotContain("secret");
	}

	@Test
	void handlerThatIsMissingIsReported(CapturedOutput output) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		catchThrowable(() -> application.run("--streaming.connections.echo.conn.url=ws://localhost"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("Connection 'echo' has no handler")
			.contains("@StreamingHandler(\"echo\")");
	}

	@Test
	void lazyInitializationDoesNotPutItOff(CapturedOutput output) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		application.setLazyInitialization(true);
		catchThrowable(() -> application.run("--streaming.connections.echo.conn.url=ws://localhost"));
		assertThat(output).contains("APPLICATION FAILED TO START").contains("Connection 'echo' has no handler");
	}

	private FailureAnalysis analyze(String... properties) {
		return analyze(this.contextRunner.withPropertyValues(properties));
	}

	private FailureAnalysis analyze(Map<String, Object> properties) {
		return analyze(this.contextRunner.withInitializer((context) -> context.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource("test", properties))));
	}

	private static FailureAnalysis analyze(ApplicationContextRunner runner) {
		List<Environment> environments = new ArrayList<>();
		List<FailureAnalysis> analyses = new ArrayList<>();
		runner.withInitializer((context) -> environments.add(context.getEnvironment())).run((context) -> {
			assertThat(context).hasFailed();
			analyses.add(new StreamingFailureAnalyzer(environments.get(0)).analyze(context.getStartupFailure()));
			assertThat(analyses).as("%s", context.getStartupFailure()).doesNotContainNull();
		});
		return analyses.get(0);
	}

	@Configuration(proxyBeanMethods = false)
	static class Handler {

		@Bean
		MessageHandler handler() {
			return (message) -> List.of(StreamChunk.delta(message.text()));
		}

		@Bean
		String text() {
			return "text";
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
