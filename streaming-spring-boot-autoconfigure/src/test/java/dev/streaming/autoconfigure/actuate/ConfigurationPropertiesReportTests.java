package dev.streaming.autoconfigure.actuate;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.streaming.MessageHandler;
import dev.streaming.autoconfigure.StreamingAutoConfiguration;
import dev.streaming.autoconfigure.openai.OpenAiRealtimeAutoConfiguration;
import dev.streaming.autoconfigure.realtime.RealtimeToolsAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.actuate.autoconfigure.context.properties.ConfigurationPropertiesReportEndpointAutoConfiguration;
import org.springframework.boot.actuate.context.properties.ConfigurationPropertiesReportEndpoint;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Content of the endpoint {@code configprops} for connections.
 */
class ConfigurationPropertiesReportTests {

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(StreamingAutoConfiguration.class, RealtimeToolsAutoConfiguration.class,
				OpenAiRealtimeAutoConfiguration.class, StreamingSanitizingAutoConfiguration.class,
				ConfigurationPropertiesReportEndpointAutoConfiguration.class))
		.withBean(MessageHandler.class, () -> (message) -> List.of())
		.withPropertyValues("management.endpoints.web.exposure.include=configprops",
				"management.endpoint.configprops.show-values=always",
				"streaming.conn.url=wss://user:s3cret@example.com:8443/live?key=s3cret",
				"streaming.conn.proxy.host=proxy.example.com", "streaming.conn.proxy.port=3128",
				"streaming.conn.proxy.username=s3cret", "streaming.conn.proxy.password=s3cret",
				"streaming.conn.headers.X-Any=s3cret", "streaming.connections.a.provider=openai-realtime",
				"streaming.connections.a.openai.api-key=s3cret", "streaming.connections.a.conn.dial-timeout=7s",
				"streaming.connections.a.conn.headers.Authorization=Bearer s3cret",
				"streaming.connections.a.conn.url=wss://a.example.com/live?token=s3cret");

	@Test
	void connectionsAreShownWithoutSecrets() {
		this.runner.run((context) -> {
			String shown = properties(context).toString();
			assertThat(shown).contains("connections={a={")
				.contains("provider=openai-realtime")
				.contains("dialTimeout=PT7S")
				.contains("url=wss://example.com:8443/live}")
				.contains("url=wss://a.example.com/live}")
				.contains("headers={X-Any=******}")
				.contains("host=proxy.example.com")
				.contains("headers={Authorization=******}")
				.doesNotContain("s3cret");
		});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			streaming.connections.a.openai.api-key | ******
			STREAMING_CONNECTIONS_A_OPENAI_API_KEY | ******
			streaming.connections[a.b].conn.headers[X-Any] | ******
			STREAMING_CONN_HEADERS_AUTHORIZATION | ******
			streaming.connections.a.openai.session.tools[0].authorization | ******
			streaming.conn.proxy.password | ******
			streaming.connections.a.conn.proxy.username | ******
			STREAMING_CONN_PROXY_USERNAME | ******
			streaming.connections.a.conn.url | wss://host/path
			STREAMING_CONN_URL | wss://host/path
			streaming.connections.a.openai.model | wss://host/path?key=s3cret
			streaming.connections.a.openai.max-output-tokens | wss://host/path?key=s3cret
			other.api-key | wss://host/path?key=s3cret
			""")
	void keysHeadersAndPartsOfUrlsAreMasked(String key, String shown) {
		assertThat(sanitized(key, "wss://host/path?key=s3cret")).isEqualTo(shown);
	}

	@Test
	void urlThatIsNoneIsMaskedAsAWhole() {
		assertThat(sanitized("streaming.conn.url", "wss://${host}/path?key=s3cret")).isEqualTo("******");
		assertThat(sanitized("streaming.conn.url", "s3cret")).isEqualTo("******");
		assertThat(sanitized("streaming.conn.url", "")).isEqualTo("");
		assertThat(sanitized("streaming.conn.url", null)).isNull();
	}

	@Test
	void withoutActuatorThereIsNothingToDo() {
		this.runner.withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate.endpoint"))
			.run((context) -> assertThat(context).doesNotHaveBean(StreamingSanitizingAutoConfiguration.class));
	}

	private static Object sanitized(String key, Object value) {
		return new StreamingSanitizingFunction().apply(new SanitizableData(null, key, value)).getValue();
	}

	private static Map<String, Object> properties(ApplicationContext context) {
		return context.getBean(ConfigurationPropertiesReportEndpoint.class)
			.configurationProperties()
			.getContexts()
			.values()
			.stream()
			.flatMap((shown) -> Stream
				.ofNullable(shown.getBeans().get("streaming-dev.streaming.autoconfigure.StreamingProperties")))
			.findFirst()
			.orElseThrow()
			.getProperties();
	}

}
