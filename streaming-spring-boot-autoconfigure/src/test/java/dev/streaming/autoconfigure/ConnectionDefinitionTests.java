package dev.streaming.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import dev.streaming.ConnConfig;
import dev.streaming.ConnFactory;
import dev.streaming.ConnectFailedException;
import dev.streaming.ConnectionDefinition;
import dev.streaming.Handshake;
import dev.streaming.HandshakeCustomizer;
import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.actuate.StreamingEndpoint;
import dev.streaming.actuate.StreamingEndpoint.SessionDescriptor;
import dev.streaming.autoconfigure.actuate.StreamingEndpointAutoConfiguration;
import dev.streaming.autoconfigure.gemini.GeminiLiveAutoConfiguration;
import dev.streaming.autoconfigure.health.StreamingHealthContributorAutoConfiguration;
import dev.streaming.autoconfigure.metrics.StreamingMetricsAutoConfiguration;
import dev.streaming.autoconfigure.openai.OpenAiRealtimeAutoConfiguration;
import dev.streaming.autoconfigure.realtime.RealtimeToolsAutoConfiguration;
import dev.streaming.health.StreamingHealthIndicator;
import dev.streaming.realtime.RealtimeAttributes;
import dev.streaming.testsupport.InMemoryTransport;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Connections that are defined in code are the equals of those in YAML.
 */
class ConnectionDefinitionTests {

	private final InMemoryTransport transport = new InMemoryTransport();

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(StreamingAutoConfiguration.class, RealtimeToolsAutoConfiguration.class,
				OpenAiRealtimeAutoConfiguration.class, GeminiLiveAutoConfiguration.class,
				StreamingEndpointAutoConfiguration.class, StreamingHealthContributorAutoConfiguration.class,
				StreamingMetricsAutoConfiguration.class))
		.withBean(InMemoryTransport.class, () -> this.transport)
		.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
		.withPropertyValues("management.endpoints.web.exposure.include=streaming", "streaming.conn.write-wait=3s",
				"streaming.session.response-channel-size=33", "streaming.connections.a.provider=openai-realtime",
				"streaming.connections.a.openai.api-key=configured", "streaming.connections.a.conn.dial-timeout=4s",
				"streaming.connections.a.session.tool-rounds=5");

	@Test
	void definitionOfACallIsOperatedAsAConfiguredConnection() {
		ConnectionDefinition tenant = ConnectionDefinition.builder("tenant")
			.handler(() -> new TestHandler("mine"))
			.conn((conn) -> conn.url("ws://tenant.test/live"))
			.session((session) -> session.readAhead(DataSize.ofKilobytes(3)))
			.attribute("user", "ann")
			.build();
		this.runner.run((context) -> {
			SessionFactory sessions = context.getBean(SessionFactory.class);
			Session session = sessions.open(tenant, (spec) -> spec.attribute("call", "1"));
			assertThat(session.connectionName()).isEqualTo("tenant");
			assertThat(session.response().capacity()).isEqualTo(33);
			assertThat(session.unwrap(TestHandler.class)).isPresent();
			assertThat(sessions.sessions()).containsExactly(session);
			assertThat(this.transport.awaitDial(1).request().uri()).hasHost("tenant.test");
			assertThat(context.getBean(StreamingEndpoint.class).sessions().sessions()).singleElement()
				.extracting(SessionDescriptor::connection)
				.isEqualTo("tenant");
			assertThat(context.getBean(StreamingHealthIndicator.class).health().getDetails())
				.extractingByKey("connections", InstanceOfAssertFactories.map(String.class, Object.class))
				.containsOnlyKeys("tenant");
			assertThat(context.getBean(MeterRegistry.class)
				.get("streaming.connect")
				.tag("connection", "tenant")
				.timer()
				.count()).isOne();
			context.close();
			assertThat(session.isClosed()).isTrue();
		});
	}

	@Test
	void definitionOfACallIsOpenedWithoutBlocking() {
		ConnectionDefinition tenant = ConnectionDefinition.builder("tenant")
			.handler(() -> new TestHandler("mine"))
			.conn((conn) -> conn.url("ws://tenant.test/live"))
			.build();
		this.runner.run((context) -> {
			SessionFactory sessions = context.getBean(SessionFactory.class);
			CompletableFuture<Session> opening = sessions
				.openAsync(tenant, (spec) -> spec.session((config) -> config.responseChannelSize(7)))
				.toCompletableFuture();
			Session session = opening.get(10, TimeUnit.SECONDS);
			assertThat(session.connectionName()).isEqualTo("tenant");
			assertThat(session.response().capacity()).isEqualTo(7);
			assertThat(this.transport.awaitDial(1).request().uri()).hasHost("tenant.test");
			assertThat(sessions.openAsync(tenant).toCompletableFuture().get(10, TimeUnit.SECONDS).response().capacity())
				.isEqualTo(33);
			assertThat(sessions.sessions()).hasSize(2);
		});
	}

	@Test
	void definitionBasedOnNoConnectionFailsTheFuture() {
		ConnectionDefinition tenant = ConnectionDefinition.builder("tenant").basedOn("nope").build();
		this.runner.run((context) -> assertThat(context.getBean(SessionFactory.class).openAsync(tenant))
			.failsWithin(Duration.ofSeconds(10))
			.withThrowableThat()
			.havingCause()
			.isInstanceOf(IllegalArgumentException.class)
			.withMessageContaining("nope"));
	}

	@Test
	void beanIsOpenedByItsName() {
		bean("tenant", (builder) -> builder.basedOn("a").attribute("user", "ann")).run((context) -> {
			Session session = context.getBean(SessionFactory.class)
				.open("tenant", (spec) -> spec.handler(new TestHandler("any")));
			assertThat(session.connectionName()).isEqualTo("tenant");
			ConnConfig conn = context.getBean(CodeConnectionDefinitions.class).conn("tenant").build();
			assertThat(conn.url()).isEqualTo("wss://api.openai.com/v1/realtime?model=gpt-realtime-2.1");
			assertThat(conn.dialTimeout()).isEqualTo(Duration.ofSeconds(4));
			assertThat(conn.writeWait()).isEqualTo(Duration.ofSeconds(3));
			assertThat(conn.heartbeatInterval()).isEqualTo(Duration.ofSeconds(20));
			assertThat(conn.attributes()).isEqualTo(Map.of("user", "ann"));
			assertThat(context.getBean(ConnFactory.class).create("tenant").isConnected()).isFalse();
			assertThatIllegalArgumentException().isThrownBy(() -> context.getBean(SessionFactory.class).open("tennant"))
				.withMessageContaining("did you mean 'tenant'? The known ones are [a, tenant]");
		});
	}

	@Test
	void definitionThatIsABeanCanBeGivenToACall() {
		bean("tenant", (builder) -> builder.basedOn("a"))
			.run((context) -> assertThat(context.getBean(SessionFactory.class)
				.open(context.getBean(ConnectionDefinition.class), (spec) -> spec.handler(new TestHandler("any")))
				.connectionName()).isEqualTo("tenant"));
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			openai-realtime, Authorization, Bearer tenant-key
			gemini-live, x-goog-api-key, tenant-key
			""")
	void keyOfTheSessionIsSentInPlaceOfTheConfiguredOne(String provider, String header, String value) {
		String group = provider.substring(0, provider.indexOf('-'));
		this.runner
			.withPropertyValues("streaming.connections.b.provider=" + provider,
					"streaming.connections.b." + group + ".api-key=configured")
			.run((context) -> {
				SessionFactory sessions = context.getBean(SessionFactory.class);
				sessions.open(ConnectionDefinition.builder("tenant")
					.basedOn("b")
					.attribute(RealtimeAttributes.API_KEY, " tenant-key\n")
					.build(), (spec) -> spec.handler(new TestHandler("any")));
				assertThat(this.transport.awaitDial(1).request().headers().get(header)).containsExactly(value);
				sessions.open("b", (spec) -> spec.handler(new TestHandler("any")));
				assertThat(this.transport.awaitDial(2).request().headers().get(header).toString())
					.contains("configured");
			});
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			wss://mine.openai.azure.com/openai/v1/realtime, '', api-key, tenant-key
			wss://mine.openai.azure.com/openai/v1/realtime, api-key, api-key, tenant-key
			wss://proxy.test/realtime, Api-Key, api-key, tenant-key
			wss://mine.openai.azure.com/openai/v1/realtime, Authorization, Authorization, Bearer tenant-key
			""")
	void keyOfTheSessionIsSentAsTheConfiguredOneIs(String url, String given, String header, String value) {
		this.runner
			.withPropertyValues("streaming.connections.b.provider=openai-realtime",
					"streaming.connections.b.conn.url=" + url,
					given.isEmpty() ? "other=" : "streaming.connections.b.conn.headers." + given + "=configured")
			.run((context) -> {
				context.getBean(SessionFactory.class)
					.open("b", (spec) -> spec.handler(new TestHandler("any"))
						.attribute(RealtimeAttributes.API_KEY, "tenant-key"));
				Map<String, List<String>> headers = this.transport.awaitDial(1).request().headers();
				assertThat(headers.get(header)).containsExactly(value);
				assertThat(headers.toString()).doesNotContain("configured");
			});
	}

	@Test
	void emptyKeyOfTheSessionIsRefusedAtOnce() {
		this.runner.run((context) -> {
			assertThatExceptionOfType(ConnectFailedException.class)
				.isThrownBy(() -> context.getBean(SessionFactory.class)
					.open("a", (spec) -> spec.attribute(RealtimeAttributes.API_KEY, " ")))
				.satisfies((failure) -> assertThat(failure.attempts()).isOne())
				.havingRootCause()
				.withMessageContaining("The attribute 'api-key' of the session must be a text that is not empty");
			assertThat(this.transport.dials()).isEmpty();
		});
	}

	@Test
	void customizersOfEitherNameChangeItOnce() {
		bean("tenant", (builder) -> builder.basedOn("a")).withBean("trail", HandshakeCustomizer.class, Trail::new)
			.withBean("base", HandshakeCustomizer.class, Base::new)
			.run((context) -> {
				context.getBean(SessionFactory.class).open("tenant", (spec) -> spec.handler(new TestHandler("any")));
				assertThat(this.transport.awaitDial(1).request().headers().get("X-Trail")).containsExactly("+");
				assertThat(this.transport.dials().get(0).request().headers()).containsKey("X-Base");
			});
	}

	@Test
	void nameThatIsTakenIsRefused() {
		bean("a", (builder) -> builder.basedOn("a")).run((context) -> assertThat(context).getFailure()
			.rootCause()
			.hasMessageContaining("The connection 'a' is already defined, under 'streaming.connections'"));
		ConnectionDefinition other = ConnectionDefinition.builder("a").basedOn("a").build();
		this.runner.run((context) -> assertThatIllegalArgumentException()
			.isThrownBy(() -> context.getBean(SessionFactory.class).open(other))
			.withMessageContaining("already defined"));
	}

	@Test
	void unknownBaseIsRefused() {
		bean("tenant", (builder) -> builder.basedOn("aa")).run((context) -> assertThat(context).getFailure()
			.hasStackTraceContaining("The connection 'tenant' is based on 'aa'. There is no connection 'aa' under"
					+ " 'streaming.connections'; did you mean 'a'?"));
	}

	@Test
	void definitionReportsMissingProperties() {
		assertThatIllegalArgumentException().isThrownBy(() -> ConnectionDefinition.builder("tenant").build())
			.withMessageContaining("needs a handler, or a connection that it is based on");
		assertThatIllegalArgumentException().isThrownBy(() -> ConnectionDefinition.builder("Default"))
			.withMessageContaining("streaming.conn");
	}

	@Test
	void handlerThatIsNullIsReported() {
		ConnectionDefinition tenant = ConnectionDefinition.builder("tenant")
			.handler(() -> null)
			.conn((conn) -> conn.url("ws://tenant.test"))
			.build();
		this.runner.run((context) -> assertThatIllegalStateException()
			.isThrownBy(() -> context.getBean(SessionFactory.class).open(tenant))
			.withMessageContaining("The handler of the connection 'tenant' must not be null"));
	}

	@Test
	void secretsOfADefinitionAreNotShown() {
		assertThat(ConnectionDefinition.builder("tenant").basedOn("a").attribute("api-key", "s3cret").build())
			.hasToString("ConnectionDefinition 'tenant' based on 'a'");
	}

	private WebApplicationContextRunner bean(String name, Consumer<ConnectionDefinition.Builder> changes) {
		ConnectionDefinition.Builder builder = ConnectionDefinition.builder(name);
		changes.accept(builder);
		return this.runner.withBean(ConnectionDefinition.class, builder::build);
	}

	private static final class Trail implements HandshakeCustomizer {

		@Override
		public void customize(Handshake handshake) {
			List<String> before = handshake.headers().getOrDefault("X-Trail", List.of(""));
			handshake.header("X-Trail", before.get(0) + "+");
		}

		@Override
		public boolean supports(String connectionName) {
			return true;
		}

	}

	private static final class Base implements HandshakeCustomizer {

		@Override
		public void customize(Handshake handshake) {
			handshake.header("X-Base", "1");
		}

		@Override
		public boolean supports(String connectionName) {
			return connectionName.equals("a");
		}

	}

}
