package dev.streaming.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

import dev.streaming.ConnConfig;
import dev.streaming.MessageHandler;
import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.SessionHandler;
import dev.streaming.testsupport.InMemoryTransport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * A provider that an application defines is the equal of the built-in ones.
 */
@ExtendWith(OutputCaptureExtension.class)
class ThirdProviderTests {

	private static final String PREFIX = "streaming.connections.calls.";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(StreamingAutoConfiguration.class))
		.withBean(InMemoryTransport.class, InMemoryTransport::new)
		.withUserConfiguration(DeepgramConfiguration.class)
		.withPropertyValues(PREFIX + "provider=deepgram");

	@Test
	void settingsAreBoundForEachConnection() {
		this.runner
			.withPropertyValues(PREFIX + "deepgram.api-key=s3cret", PREFIX + "deepgram.keepAlive=3s",
					PREFIX + "deepgram.listen.languages[0]=en", PREFIX + "deepgram.listen.languages[1]=no",
					"streaming.connections.[other.one].provider=deepgram",
					"streaming.connections.[other.one].deepgram.model=nova-2")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				PropertiesConnectionDefinitions definitions = context.getBean(PropertiesConnectionDefinitions.class);
				ConnConfig config = definitions.conn("calls").build();
				assertThat(config.url()).isEqualTo("wss://deepgram.test/v1/listen?model=nova-3");
				assertThat(config.headers()).containsEntry("Authorization", "Token s3cret");
				assertThat(definitions.conn("other.one").build().url()).endsWith("model=nova-2");
				try (Session session = context.getBean(SessionFactory.class).open("calls")) {
					DeepgramHandler handler = session.unwrap(DeepgramHandler.class).orElseThrow();
					assertThat(handler.settings.getKeepAlive()).isEqualTo(Duration.ofSeconds(3));
					assertThat(handler.settings.getListen().getLanguages()).containsExactly("en", "no");
				}
			});
	}

	@Test
	void beansAreCheckedOnceTheyAreAllThere() {
		this.runner.withPropertyValues(PREFIX + "deepgram.model=retired")
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(StreamingConfigurationException.class)
				.hasMessageContaining("'" + PREFIX + "deepgram.model'")
				.hasMessageContaining("It is retired."));
	}

	@Test
	void settingThatIsRefusedIsReportedWithItsOrigin(CapturedOutput output) {
		start("--" + PREFIX + "deepgram.keepAlive=0s");
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("Invalid value '0s' for configuration property '" + PREFIX + "deepgram.keep-alive'"
					+ " (originating from '\"" + PREFIX + "deepgram.keepAlive\"")
			.contains("    It must be positive.")
			.contains("Change '" + PREFIX + "deepgram.keep-alive', or remove it for the default.");
	}

	@Test
	void settingThatIsNotOfItsTypeIsReported(CapturedOutput output) {
		start("--" + PREFIX + "deepgram.keep-alive=soon");
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("Property: " + PREFIX + "deepgram.keep-alive")
			.contains("Value: \"soon\"");
	}

	@Test
	void settingsThatDoNotFitAreReportedTogether(CapturedOutput output) {
		start("--" + PREFIX + "deepgram.model=old", "--" + PREFIX + "deepgram.listen.languages=en");
		assertThat(output).contains("Invalid value for configuration property '" + PREFIX + "deepgram'")
			.contains("    Old models have no languages.")
			.contains("Change the settings under '" + PREFIX + "deepgram'");
	}

	@Test
	void keyThatIsEmptyOrNotDefinedIsReported(CapturedOutput output) {
		start("--" + PREFIX + "deepgram.api-key=");
		assertThat(output).contains("Invalid value for configuration property '" + PREFIX + "deepgram.api-key'")
			.contains("    The API key is empty.");
		start("--" + PREFIX + "deepgram.api-key=s3cret-${NO_SUCH_KEY}");
		assertThat(output).contains("The placeholder ${NO_SUCH_KEY} cannot be resolved.").doesNotContain("s3cret");
	}

	@Test
	void settingOfAConnectionWithoutTheProviderIsRefused() {
		this.runner
			.withPropertyValues("streaming.connections.other.handler=plain",
					"streaming.connections.other.deepgram.keep-alive=soon")
			.withBean("plain", MessageHandler.class, () -> (message) -> List.of())
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("'streaming.connections.other.deepgram.keep-alive'")
				.hasMessageContaining(
						"is a setting of the provider 'deepgram', but connection 'other' has no provider."));
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			deepgram.keep-alife, deepgram.keep-alive
			deepgram.listen.language, deepgram.listen.languages
			api-key, deepgram.api-key
			""")
	void settingThatItDoesNotHaveIsRefused(String setting, String nearest) {
		this.runner.withPropertyValues(PREFIX + setting + "=s3cret")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("'" + PREFIX + setting + "'")
				.hasMessageContaining("Did you mean '" + PREFIX + nearest + "'?")
				.hasMessageNotContaining("s3cret"));
	}

	@Test
	void documentationShowsThisProvider() throws IOException {
		String source = Files
			.readString(Path.of("src", "test", "java").resolve(getClass().getName().replace('.', '/') + ".java"));
		int start = source.indexOf("\tstatic class DeepgramProvider");
		String shown = source.substring(start, source.indexOf("\n\t}\n", start) + 3)
			.replaceFirst("static ", "")
			.replaceAll("(?m)^\t", "")
			.replace("\t", "    ");
		assertThat(Files.readString(Path.of("..", "docs", "how-to", "own-provider.md"))).contains(shown);
	}

	private static void start(String... arguments) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		String[] all = Arrays.copyOf(arguments, arguments.length + 1);
		all[arguments.length] = "--" + PREFIX + "provider=deepgram";
		assertThat(catchThrowable(() -> application.run(all))).isNotNull();
	}

	@Configuration(proxyBeanMethods = false)
	static class DeepgramConfiguration {

		@Bean
		DeepgramProvider deepgram() {
			return new DeepgramProvider() {

				@Override
				public void check(ProviderConnection<DeepgramProperties> connection) {
					if (connection.settings().getModel().equals("retired")) {
						throw new StreamingConfigurationException(connection.property("model"), "retired",
								"It is retired.", "Set it to nova-3.");
					}
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application extends DeepgramConfiguration {

	}

	static class DeepgramProvider implements StreamingProvider<DeepgramProperties> {

		@Override
		public String name() {
			return "deepgram";
		}

		@Override
		public ProviderSettings<DeepgramProperties> settings() {
			return ProviderSettings.of("deepgram", DeepgramProperties.class, DeepgramProperties::checked)
				.withApiKeys("api-key");
		}

		@Override
		public void configure(ProviderConnection<DeepgramProperties> connection, ConnConfig.Builder conn) {
			DeepgramProperties settings = connection.settings();
			conn.url("wss://deepgram.test/v1/listen?model=" + settings.getModel());
			if (settings.getApiKey() != null) {
				conn.header("Authorization", "Token " + settings.getApiKey());
			}
		}

		@Override
		public SessionHandler createHandler(ProviderConnection<DeepgramProperties> connection) {
			return new DeepgramHandler(connection.settings());
		}

	}

	static class DeepgramHandler extends TestHandler {

		private final DeepgramProperties settings;

		DeepgramHandler(DeepgramProperties settings) {
			super("deepgram");
			this.settings = settings;
		}

	}

	static class DeepgramProperties {

		private @Nullable String apiKey;

		private String model = "nova-3";

		private Duration keepAlive = Duration.ofSeconds(5);

		private final Listen listen = new Listen();

		@Nullable String getApiKey() {
			return this.apiKey;
		}

		void setApiKey(@Nullable String apiKey) {
			this.apiKey = apiKey;
		}

		String getModel() {
			return this.model;
		}

		void setModel(String model) {
			this.model = model;
		}

		Duration getKeepAlive() {
			return this.keepAlive;
		}

		void setKeepAlive(Duration keepAlive) {
			this.keepAlive = keepAlive;
		}

		Listen getListen() {
			return this.listen;
		}

		DeepgramProperties checked() {
			if (this.keepAlive.isNegative() || this.keepAlive.isZero()) {
				throw new IllegalArgumentException("keep-alive must be positive");
			}
			if (this.model.equals("old") && !this.listen.languages.isEmpty()) {
				throw new IllegalArgumentException("old models have no languages");
			}
			return this;
		}

	}

	static class Listen {

		private List<String> languages = List.of();

		List<String> getLanguages() {
			return this.languages;
		}

		void setLanguages(List<String> languages) {
			this.languages = languages;
		}

	}

}
