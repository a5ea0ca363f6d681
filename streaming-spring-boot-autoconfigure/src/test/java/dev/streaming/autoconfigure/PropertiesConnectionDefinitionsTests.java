package dev.streaming.autoconfigure;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import javax.net.ssl.SSLContext;

import dev.streaming.AnswerTimeoutAction;
import dev.streaming.ConnConfig;
import dev.streaming.ConnConfigCustomizer;
import dev.streaming.ConnFactory;
import dev.streaming.Handshake;
import dev.streaming.HandshakeCustomizer;
import dev.streaming.MessageHandler;
import dev.streaming.OutagePolicy;
import dev.streaming.Session;
import dev.streaming.SessionConfig;
import dev.streaming.SessionFactory;
import dev.streaming.SessionHandler;
import dev.streaming.SessionInterceptor;
import dev.streaming.SessionListener;
import dev.streaming.StreamingHandler;
import dev.streaming.internal.session.ConnectionDefinitions;
import dev.streaming.internal.transport.DialRequest;
import dev.streaming.internal.transport.Transport;
import dev.streaming.testsupport.InMemoryTransport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

@ExtendWith(OutputCaptureExtension.class)
class PropertiesConnectionDefinitionsTests {

	private final InMemoryTransport transport = new InMemoryTransport();

	private final DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry("mine", bundle());

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(StreamingAutoConfiguration.class))
		.withBean(Transport.class, () -> this.transport)
		.withBean(SslBundles.class, () -> this.bundles)
		.withBean(MessageHandler.class, () -> (message) -> List.of());

	@Test
	void missingSettingHasItsDefault() {
		run("streaming: {conn: {url: ws://localhost}, connections: {echo: {conn: {url: ws://localhost}}}}",
				(context) -> {
					ConnConfig expected = ConnConfig.builder("ws://localhost").build();
					assertThat(conn(context, "default")).usingRecursiveComparison().isEqualTo(expected);
					assertThat(conn(context, "echo")).usingRecursiveComparison()
						.isEqualTo(expected.toBuilder().name("echo").build());
					assertThat(session(context, "default")).usingRecursiveComparison()
						.ignoringFields("conn", "onMessage", "onError")
						.isEqualTo(SessionConfig.builder().conn(mock()).onMessage((message) -> List.of()).build());
				});
	}

	@Test
	void missingSettingsAreInheritedOneByOne() {
		run("""
				streaming:
				  conn:
				    dial-timeout: 1s
				    write-wait: 2s
				    max-message-size: 3MB
				    max-retries: 4
				    retry-backoff-base: 5s
				    retry-backoff-max: 6s
				    close-grace-period: 7s
				    heartbeat-interval: 8s
				    pong-timeout: 9s
				  session:
				    response-channel-size: 1
				    read-ahead: 2MB
				    max-reconnect-attempts: 3
				    reconnect-stable-after: 4s
				    reconnect-hook-timeout: 5s
				    send-while-reconnecting: drop
				    send-buffer-size: 6MB
				    planned-change-max-wait: 8s
				    tool-timeout: 9s
				    tool-concurrency: 10
				    tool-result-size: 12KB
				  connections:
				    echo:
				      conn:
				        url: ws://echo.example.com
				        write-wait: 22s
				      session:
				        read-ahead: 0B
				""", (context) -> {
			ConnConfig conn = conn(context, "echo");
			assertThat(conn.name()).isEqualTo("echo");
			assertThat(conn.dialTimeout()).isEqualTo(Duration.ofSeconds(1));
			assertThat(conn.writeWait()).isEqualTo(Duration.ofSeconds(22));
			assertThat(conn.maxMessageSize()).isEqualTo(DataSize.ofMegabytes(3));
			assertThat(conn.maxRetries()).isEqualTo(4);
			assertThat(conn.retryBackoffBase()).isEqualTo(Duration.ofSeconds(5));
			assertThat(conn.retryBackoffMax()).isEqualTo(Duration.ofSeconds(6));
			assertThat(conn.closeGracePeriod()).isEqualTo(Duration.ofSeconds(7));
			assertThat(conn.heartbeatInterval()).isEqualTo(Duration.ofSeconds(8));
			assertThat(conn.pongTimeout()).isEqualTo(Duration.ofSeconds(9));
			SessionConfig session = session(context, "echo");
			assertThat(session.responseChannelSize()).isOne();
			assertThat(session.readAhead()).isEqualTo(DataSize.ofBytes(0));
			assertThat(session.maxReconnectAttempts()).isEqualTo(3);
			assertThat(session.reconnectStableAfter()).isEqualTo(Duration.ofSeconds(4));
			assertThat(session.reconnectHookTimeout()).isEqualTo(Duration.ofSeconds(5));
			assertThat(session.sendWhileReconnecting()).isEqualTo(OutagePolicy.DROP);
			assertThat(session.sendBufferSize()).isEqualTo(DataSize.ofMegabytes(6));
			assertThat(session.plannedChangeMaxWait()).isEqualTo(Duration.ofSeconds(8));
			assertThat(session.toolTimeout()).isEqualTo(Duration.ofSeconds(9));
			assertThat(session.toolConcurrency()).isEqualTo(10);
			assertThat(session.toolResultSize()).isEqualTo(DataSize.ofKilobytes(12));
			assertThat(session(context, "default").readAhead()).isEqualTo(DataSize.ofMegabytes(2));
		});
	}

	@Test
	void maxSessionsAreOfAConnectionAndOfAll() {
		this.contextRunner.withUserConfiguration(PrototypeHandler.class)
			.withPropertyValues("streaming.max-sessions=3", "streaming.connections.mine.max-sessions=2",
					"streaming.connections.mine.conn.url=ws://localhost",
					"streaming.connections.other.conn.url=ws://localhost")
			.run((context) -> {
				ConnectionDefinitions definitions = context.getBean(CodeConnectionDefinitions.class);
				assertThat(definitions.maxSessions()).isEqualTo(3);
				assertThat(definitions.maxSessions("mine")).isEqualTo(2);
				assertThat(definitions.maxSessions("other")).isZero();
				assertThat(definitions.maxSessions("default")).isZero();
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "streaming.max-sessions", "streaming.connections.mine.max-sessions" })
	void maxSessionsAreNotNegative(String property) {
		this.contextRunner.withUserConfiguration(PrototypeHandler.class)
			.withPropertyValues("streaming.connections.mine.conn.url=ws://localhost", property + "=-1")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(StreamingConfigurationException.class)
				.hasMessageContaining("'" + property + "'"));
	}

	@Test
	void limitsAreInheritedOneByOne() {
		this.contextRunner.withUserConfiguration(PrototypeHandler.class)
			.withBean("first", SessionInterceptor.class, () -> new SessionInterceptor() {
			})
			.withPropertyValues("streaming.session.max-duration=1h", "streaming.session.idle-timeout=10m",
					"streaming.session.max-tokens=5000000000", "streaming.session.max-audio=20m",
					"streaming.session.answer-timeout=8s", "streaming.session.answer-timeout-action=reconnect",
					"streaming.session.goodbye=Bye", "streaming.connections.mine.session.max-duration=2h",
					"streaming.connections.mine.conn.url=ws://localhost")
			.run((context) -> {
				SessionConfig config = session(context, "mine");
				assertThat(config.maxDuration()).isEqualTo(Duration.ofHours(2));
				assertThat(config.idleTimeout()).isEqualTo(Duration.ofMinutes(10));
				assertThat(config.maxTokens()).isEqualTo(5_000_000_000L);
				assertThat(config.maxAudio()).isEqualTo(Duration.ofMinutes(20));
				assertThat(config.answerTimeout()).isEqualTo(Duration.ofSeconds(8));
				assertThat(config.answerTimeoutAction()).isEqualTo(AnswerTimeoutAction.RECONNECT);
				assertThat(config.goodbye()).isEqualTo("Bye");
				assertThat(config.interceptors()).containsExactly(context.getBean(SessionInterceptor.class));
			});
	}

	@Test
	void maxConnectionAgeIsInherited() {
		this.contextRunner.withUserConfiguration(PrototypeHandler.class)
			.withPropertyValues("streaming.session.max-connection-age=1h",
					"streaming.connections.mine.conn.url=ws://localhost")
			.run((context) -> assertThat(session(context, "mine").maxConnectionAge()).isEqualTo(Duration.ofHours(1)));
	}

	@Test
	void noKeyGoesToAnotherProvider() {
		run("""
				streaming:
				  conn:
				    url: wss://default.example.com?key=secret
				    headers:
				      Authorization: Bearer secret
				      X-Key: secret
				    subprotocols: secret-protocol
				    ssl-bundle: mine
				  connections:
				    first:
				      conn:
				        url: wss://first.example.com
				        headers:
				          X-Key: first
				    second:
				      conn:
				        url: wss://second.example.com
				""", (context) -> {
			ConnConfig first = conn(context, "first");
			assertThat(first.headers()).isEqualTo(Map.of("X-Key", "first"));
			assertThat(first.url()).isEqualTo("wss://first.example.com");
			assertThat(first.subprotocols()).isEmpty();
			assertThat(first.sslContext()).isNull();
			ConnConfig second = conn(context, "second");
			assertThat(second.headers()).isEmpty();
			assertThat(second.subprotocols()).isEmpty();
			assertThat(second.sslContext()).isNull();
			ConnConfig ofDefault = conn(context, "default");
			assertThat(ofDefault.headers()).containsKeys("Authorization", "X-Key");
			assertThat(ofDefault.subprotocols()).containsExactly("secret-protocol");
			assertThat(ofDefault.sslContext()).isNotNull();
		});
	}

	@Test
	void sslBundleBecomesOneContextUntilItIsReloaded() {
		this.contextRunner.withPropertyValues("streaming.conn.url=wss://localhost", "streaming.conn.ssl-bundle=mine")
			.run((context) -> {
				SSLContext before = conn(context, "default").sslContext();
				assertThat(before).isNotNull();
				assertThat(conn(context, "default").sslContext()).isSameAs(before);
				this.bundles.updateBundle("mine", bundle());
				assertThat(conn(context, "default").sslContext()).isNotNull().isNotSameAs(before);
			});
	}

	@Test
	void sslContextReachesTheDial() {
		this.contextRunner.withPropertyValues("streaming.conn.url=wss://localhost", "streaming.conn.ssl-bundle=mine")
			.run((context) -> {
				context.getBean(ConnFactory.class).create().connect();
				assertThat(this.transport.dials().get(0).request().sslContext()).isNotNull();
			});
	}

	@Test
	void connConfigCustomizersChangeTheConnectionsTheySupportInOrder() {
		this.contextRunner.withUserConfiguration(Customizers.class)
			.withPropertyValues("streaming.conn.url=ws://localhost", "streaming.conn.headers.X-Trail=properties",
					"streaming.connections.echo.conn.url=ws://localhost")
			.run((context) -> {
				assertThat(conn(context, "default").headers())
					.isEqualTo(Map.of("X-Trail", "first", "X-Last", "second"));
				assertThat(conn(context, "echo").headers()).isEqualTo(Map.of("X-Trail", "third", "X-Last", "second"));
			});
	}

	@Test
	void callOverridesCustomizers() {
		this.contextRunner.withUserConfiguration(Customizers.class)
			.withPropertyValues("streaming.conn.url=ws://localhost")
			.run((context) -> {
				context.getBean(SessionFactory.class)
					.open("default", (spec) -> spec.conn((conn) -> conn.header("X-Last", "call")));
				assertThat(request(1).headers()).containsEntry("X-Last", List.of("call"));
			});
	}

	@Test
	void handshakeCustomizersSeeTheConnectionsTheySupport(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(Handshakes.class)
			.withPropertyValues("streaming.conn.url=ws://default.example.com",
					"streaming.connections.echo.conn.url=ws://echo.example.com")
			.run((context) -> {
				context.getBean(SessionFactory.class).open("echo", (spec) -> spec.attribute("user", "me"));
				assertThat(request(1).headers()).containsEntry("X-Token", List.of("fresh"))
					.containsEntry("X-User", List.of("me"));
				context.getBean(SessionFactory.class).open();
				assertThat(request(2).headers()).doesNotContainKeys("X-Token", "X-User");
				assertThat(output).doesNotContain("is never called");
			});
	}

	@Test
	void handshakeCustomizerWithoutConnectionIsWarnedOf(CapturedOutput output) {
		this.contextRunner
			.withBean("lambda", HandshakeCustomizer.class, () -> (handshake) -> handshake.header("X-Token", "secret"))
			.withPropertyValues("streaming.conn.url=ws://localhost",
					"streaming.connections.echo.conn.url=ws://localhost")
			.run((context) -> {
				assertThat(output).contains("HandshakeCustomizer bean 'lambda' is never called")
					.contains("[default, echo]");
				context.getBean(SessionFactory.class).open();
				assertThat(request(1).headers()).doesNotContainKey("X-Token");
			});
	}

	@Test
	void listenersHearEverySessionInOrder() {
		this.contextRunner.withUserConfiguration(Listeners.class)
			.withPropertyValues("streaming.conn.url=ws://localhost",
					"streaming.connections.echo.conn.url=ws://localhost")
			.run((context) -> {
				context.getBean(SessionFactory.class).open();
				context.getBean(SessionFactory.class).open("echo");
				assertThat(context.getBean(Listeners.class).heard).containsExactly("first default", "second default",
						"first echo", "second echo");
			});
	}

	@Test
	void providerConfiguresBeforePropertiesDo() {
		this.contextRunner.withBean(StreamingProvider.class, TestProvider::new)
			.withPropertyValues("streaming.conn.headers.X-Default=secret", "streaming.connections.one.provider=test",
					"streaming.connections.two.provider=test",
					"streaming.connections.two.conn.url=ws://own.example.com",
					"streaming.connections.two.conn.headers.X-Key=own")
			.run((context) -> {
				assertThat(conn(context, "one").url()).isEqualTo("wss://provider.example.com/one");
				assertThat(conn(context, "one").headers()).isEqualTo(Map.of("X-Key", "provider"));
				assertThat(conn(context, "two").url()).isEqualTo("ws://own.example.com");
				assertThat(conn(context, "two").headers()).isEqualTo(Map.of("X-Key", "own"));
			});
	}

	private void run(String yaml, ContextConsumer<AssertableApplicationContext> consumer) {
		this.contextRunner.withInitializer((context) -> {
			try {
				new YamlPropertySourceLoader().load("test", new ByteArrayResource(yaml.getBytes()))
					.forEach(context.getEnvironment().getPropertySources()::addLast);
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}).run((context) -> {
			assertThat(context).hasNotFailed();
			consumer.accept(context);
		});
	}

	private DialRequest request(int number) throws InterruptedException {
		return this.transport.awaitDial(number).request();
	}

	private static ConnConfig conn(AssertableApplicationContext context, String name) {
		return context.getBean(PropertiesConnectionDefinitions.class).conn(name).build();
	}

	private static SessionConfig session(AssertableApplicationContext context, String name) {
		PropertiesConnectionDefinitions definitions = context.getBean(PropertiesConnectionDefinitions.class);
		SessionConfig.Builder builder = definitions.session(name);
		definitions.handler(name, builder);
		return builder.conn(mock()).build();
	}

	private static SslBundle bundle() {
		return SslBundle.of(SslStoreBundle.NONE);
	}

	static class TestProvider implements StreamingProvider<ProviderSettings.None> {

		@Override
		public String name() {
			return "test";
		}

		@Override
		public ProviderSettings<ProviderSettings.None> settings() {
			return ProviderSettings.none();
		}

		@Override
		public void configure(ProviderConnection<ProviderSettings.None> connection, ConnConfig.Builder conn) {
			conn.url("wss://provider.example.com/" + connection.name()).header("X-Key", "provider");
		}

		@Override
		public SessionHandler createHandler(ProviderConnection<ProviderSettings.None> connection) {
			return new TestHandler("provider");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PrototypeHandler {

		@Bean
		@StreamingHandler("mine")
		TestHandler handler() {
			return new TestHandler("mine");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Customizers {

		@Bean
		@Order(2)
		ConnConfigCustomizer second() {
			return (builder) -> builder.header("X-Last", "second");
		}

		@Bean
		@Order(1)
		ConnConfigCustomizer first() {
			return (builder) -> builder.header("X-Trail", "first").header("X-Last", "first");
		}

		@Bean
		@Order(3)
		ConnConfigCustomizer third() {
			return new ConnConfigCustomizer() {

				@Override
				public void customize(ConnConfig.Builder builder) {
					builder.header("X-Trail", "third");
				}

				@Override
				public boolean supports(String connectionName) {
					return connectionName.equals("echo");
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Handshakes {

		@Bean
		HandshakeCustomizer token() {
			return new ForEcho() {

				@Override
				public void customize(Handshake handshake) {
					handshake.header("X-Token", "fresh");
				}

			};
		}

		@Bean
		HandshakeCustomizer user() {
			return new ForEcho() {

				@Override
				public void customize(Handshake handshake) {
					handshake.header("X-User", String.valueOf(handshake.attributes().get("user")));
				}

			};
		}

		private abstract static class ForEcho implements HandshakeCustomizer {

			@Override
			public boolean supports(String connectionName) {
				return connectionName.equals("echo");
			}

		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Listeners {

		final List<String> heard = new ArrayList<>();

		@Bean
		@Order(2)
		SessionListener second() {
			return listener("second");
		}

		@Bean
		@Order(1)
		SessionListener first() {
			return listener("first");
		}

		private SessionListener listener(String name) {
			return new SessionListener() {

				@Override
				public void onOpened(Session session) {
					Listeners.this.heard.add(name + " " + session.connectionName());
				}

			};
		}

	}

}
