package dev.streaming.autoconfigure;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import dev.streaming.MessageHandler;
import dev.streaming.testsupport.InMemoryTransport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.configurationprocessor.ConfigurationMetadataAnnotationProcessor;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application that defines a provider gets metadata of its settings from Spring Boot's
 * annotation processor, as documented.
 */
class ThirdProviderMetadataTests {

	private static final String SETTINGS = """
			package com.example;

			import java.time.Duration;
			import java.util.List;

			public class DeepgramProperties {

				/**
				 * Model of the transcription.
				 */
				private String model = "nova-3";

				/**
				 * Time between two keep-alive messages.
				 */
				private Duration keepAlive = Duration.ofSeconds(5);

				private final Listen listen = new Listen();

				public String getModel() {
					return this.model;
				}

				public void setModel(String model) {
					this.model = model;
				}

				public Duration getKeepAlive() {
					return this.keepAlive;
				}

				public void setKeepAlive(Duration keepAlive) {
					this.keepAlive = keepAlive;
				}

				public Listen getListen() {
					return this.listen;
				}

				public static class Listen {

					/**
					 * Languages that are expected.
					 */
					private List<String> languages = List.of();

					public List<String> getLanguages() {
						return this.languages;
					}

					public void setLanguages(List<String> languages) {
						this.languages = languages;
					}

				}

			}
			""";

	private static final String METADATA = """
			package com.example;

			import org.springframework.boot.context.properties.ConfigurationProperties;

			@ConfigurationProperties("streaming.connections.*.deepgram")
			final class DeepgramMetadata extends DeepgramProperties {

			}
			""";

	@TempDir
	static Path classes;

	@BeforeAll
	static void compile() throws IOException {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		StringWriter problems = new StringWriter();
		List<String> options = List.of("-d", classes.toString(), "-classpath", System.getProperty("java.class.path"));
		try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
			JavaCompiler.CompilationTask task = compiler.getTask(problems, files, null, options, null,
					List.of(new Source("DeepgramProperties", SETTINGS), new Source("DeepgramMetadata", METADATA)));
			task.setProcessors(List.of(new ConfigurationMetadataAnnotationProcessor()));
			assertThat(task.call()).as("%s", problems).isTrue();
		}
	}

	private static Map<String, JsonNode> properties() {
		JsonNode metadata = JsonMapper.shared()
			.readTree(classes.resolve("META-INF/spring-configuration-metadata.json").toFile());
		Map<String, JsonNode> properties = new TreeMap<>();
		metadata.get("properties")
			.forEach((property) -> properties
				.put(property.get("name").asString().replace("streaming.connections.*.deepgram.", ""), property));
		return properties;
	}

	@Test
	void processorDescribesTheSettingsBelowAConnection() {
		Map<String, JsonNode> properties = properties();
		assertThat(properties).containsOnlyKeys("keep-alive", "listen.languages", "model");
		assertSetting(properties.get("model"), "java.lang.String", "Model of the transcription.", "nova-3");
		assertSetting(properties.get("keep-alive"), "java.time.Duration", "Time between two keep-alive messages.",
				"5s");
		assertSetting(properties.get("listen.languages"), "java.util.List<java.lang.String>",
				"Languages that are expected.", null);
	}

	private static void assertSetting(JsonNode property, String type, String description,
			@Nullable String defaultValue) {
		assertThat(property.get("type").asString()).isEqualTo(type);
		assertThat(property.get("description").asString()).isEqualTo(description);
		assertThat(property.path("defaultValue").asString(null)).isEqualTo(defaultValue);
	}

	@Test
	void keysInTheMetadataAreKnown() throws IOException {
		run("deepgram.keep-alive=3s", true, (context) -> assertThat(context).hasNotFailed());
		run("deepgram.keep-alive=3s", false,
				(context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("is not known"));
	}

	@Test
	void keyThatTheMetadataDoNotHaveIsRefusedWithTheNearestOne() throws IOException {
		run("deepgram.listen.language=en", true,
				(context) -> assertThat(context).getFailure()
					.rootCause()
					.hasMessageContaining("Did you mean 'streaming.connections.calls.deepgram.listen.languages'?"));
	}

	private static void run(String setting, boolean described, Consumer<AssertableApplicationContext> check)
			throws IOException {
		URL[] added = described ? new URL[] { classes.toUri().toURL() } : new URL[0];
		try (URLClassLoader loader = new URLClassLoader(added, ThirdProviderMetadataTests.class.getClassLoader())) {
			new ApplicationContextRunner().withClassLoader(loader)
				.withConfiguration(AutoConfigurations.of(StreamingAutoConfiguration.class))
				.withBean(InMemoryTransport.class, InMemoryTransport::new)
				.withBean("plain", MessageHandler.class, () -> (message) -> List.of())
				.withPropertyValues("streaming.connections.calls.handler=plain",
						"streaming.connections.calls." + setting)
				.run(check::accept);
		}
	}

	private static final class Source extends SimpleJavaFileObject {

		private final String code;

		Source(String name, String code) {
			super(URI.create("string:///com/example/" + name + ".java"), JavaFileObject.Kind.SOURCE);
			this.code = code;
		}

		@Override
		public CharSequence getCharContent(boolean ignoreEncodingErrors) {
			return this.code;
		}

	}

}
