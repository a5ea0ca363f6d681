package dev.streaming.autoconfigure;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

import dev.streaming.Conn;
import dev.streaming.ConnConfig;
import dev.streaming.ConnFactory;
import dev.streaming.ErrorClassifier;
import dev.streaming.MessageHandler;
import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.StreamChunk;
import dev.streaming.internal.connection.DefaultConnFactory;
import dev.streaming.internal.connection.StreamingRuntime;
import dev.streaming.internal.session.DefaultSessionFactory;
import dev.streaming.internal.transport.SelectingTransport;
import dev.streaming.internal.transport.Transport;
import dev.streaming.internal.transport.websocket.StreamingWebSocketClient;
import dev.streaming.observation.ConnectionObserver;
import dev.streaming.observation.StreamingObserver;
import dev.streaming.testsupport.InMemoryTransport;
import dev.streaming.testsupport.RawWebSocketServer;
import jakarta.websocket.WebSocketContainer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.BeanNotOfRequiredTypeException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.task.TaskExecutor;
import org.springframework.http.HttpHeaders;
import org.springframework.web.socket.WebSocketExtension;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.client.WebSocketClient;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;

class StreamingAutoConfigurationTests {

	private final InMemoryTransport transport = new InMemoryTransport();

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(StreamingAutoConfiguration.class));

	@Test
	void withoutPropertiesTheBeansAreThere() {
		this.contextRunner.run((context) -> assertThat(context).hasNotFailed()
			.hasSingleBean(DefaultConnFactory.class)
			.hasSingleBean(DefaultSessionFactory.class)
			.hasSingleBean(ErrorClassifier.class)
			.hasSingleBean(SelectingTransport.class)
			.hasBean("streamingWebSocketClient"));
	}

	@Test
	void whenDisabledThereAreNone() {
		this.contextRunner.withPropertyValues("streaming.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(ConnFactory.class)
				.doesNotHaveBean(SessionFactory.class)
				.doesNotHaveBean(StreamingRuntime.class)
				.doesNotHaveBean(StreamingProperties.class)
				.doesNotHaveBean("streamingWebSocketClient"));
	}

	@Test
	void defaultConnectionWithoutUrlNamesTheMissingProperty() {
		this.contextRunner.withBean(MessageHandler.class, () -> (message) -> List.of()).run((context) -> {
			assertThatIllegalArgumentException().isThrownBy(() -> context.getBean(ConnFactory.class).create())
				.withMessageContaining("url is required")
				.withMessageContaining("streaming.conn.url");
			assertThatIllegalArgumentException().isThrownBy(() -> context.getBean(SessionFactory.class).open())
				.withMessageContaining("streaming.conn.url");
		});
	}

	@Test
	void namedConnectionWithoutUrlNamesTheMissingProperty() {
		this.contextRunner.withBean(MessageHandler.class, () -> (message) -> List.of())
			.withPropertyValues("streaming.connections.echo.conn.dial-timeout=1s")
			.run((context) -> assertThatIllegalArgumentException()
				.isThrownBy(() -> context.getBean(SessionFactory.class).open("echo"))
				.withMessageContaining("streaming.connections.echo.conn.url"));
	}

	@Test
	void missingUrlMayComeFromTheCall() {
		inMemory().withBean(MessageHandler.class, () -> (message) -> List.of()).run((context) -> {
			context.getBean(SessionFactory.class)
				.open("default", (spec) -> spec.conn((conn) -> conn.url("ws://call.example.com")));
			assertThat(this.transport.awaitDial(1).request().uri()).hasHost("call.example.com");
		});
	}

	@Test
	void unknownConnectionNamesTheKnownOnes() {
		this.contextRunner.withBean(MessageHandler.class, () -> (message) -> List.of())
			.withPropertyValues("streaming.connections.openai.conn.url=ws://localhost",
					"streaming.connections.gemini.conn.url=ws://localhost")
			.run((context) -> {
				assertThatIllegalArgumentException()
					.isThrownBy(() -> context.getBean(SessionFactory.class).open("openia"))
					.withMessage("There is no connection 'openia' under 'streaming.connections'; did you mean 'openai'?"
							+ " The known ones are [gemini, openai]");
				assertThatIllegalArgumentException()
					.isThrownBy(() -> context.getBean(ConnFactory.class).create("other"))
					.withMessage("There is no connection 'other' under 'streaming.connections'; the known ones are"
							+ " [gemini, openai]");
			});
	}

	@Test
	void defaultConnectionIsAKnownOneIfItHasAUrl() {
		this.contextRunner.withPropertyValues("streaming.conn.url=ws://localhost")
			.run((context) -> assertThatIllegalArgumentException()
				.isThrownBy(() -> context.getBean(SessionFactory.class).open("defualt"))
				.withMessageContaining("did you mean 'default'? The known ones are [default]"));
	}

	@Test
	void clientThatIsMissingIsNamedWithItsDependency() {
		this.contextRunner.withClassLoader(new FilteredClassLoader("jakarta.websocket", "io.netty.handler.proxy"))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(StreamingConfigurationException.class)
				.hasMessageContaining("There is no WebSocket client on the class path.")
				.hasMessageContaining("'dev.streaming:streaming-spring-boot-starter-netty'")
				.hasMessageContaining("'org.springframework.boot:spring-boot-starter-websocket'"));
	}

	@Test
	void sessionIsOpenedFromProperties() {
		inMemory().withBean(MessageHandler.class, () -> (message) -> List.of(StreamChunk.delta(message.text())))
			.withPropertyValues("streaming.conn.url=ws://localhost/chat")
			.run((context) -> {
				Session session = context.getBean(SessionFactory.class).open();
				this.transport.peer().text("hello");
				assertThat(session.response().take()).map(StreamChunk::delta).contains("hello");
				assertThat(session.connectionName()).isEqualTo("default");
				assertThat(context.getBean(SessionFactory.class).sessions()).containsExactly(session);
			});
	}

	@Test
	void connBeanIsNewEachTime() {
		inMemory().withPropertyValues("streaming.conn.url=ws://localhost/chat").run((context) -> {
			ObjectProvider<Conn> conns = context.getBeanProvider(Conn.class);
			Conn conn = conns.getObject();
			assertThat(conn).isNotSameAs(conns.getObject());
			conn.connect();
			assertThat(this.transport.dials()).hasSize(1);
			assertThat(this.transport.dials().get(0).request().uri()).hasToString("ws://localhost/chat");
		});
	}

	@Test
	void nothingConnectsAtStartUp() {
		inMemory().withBean(MessageHandler.class, () -> (message) -> List.of())
			.withPropertyValues("streaming.conn.url=ws://localhost", "streaming.connections.a.conn.url=ws://localhost")
			.run((context) -> assertThat(this.transport.dials()).isEmpty());
	}

	@Test
	void connFactoryIsReplaceable() {
		ConnFactory own = mock();
		Conn conn = mock();
		given(own.create()).willReturn(conn);
		this.contextRunner.withBean(ConnFactory.class, () -> own).run((context) -> {
			assertThat(context).hasSingleBean(ConnFactory.class);
			assertThat(context.getBean(Conn.class)).isSameAs(conn);
		});
	}

	@Test
	void connFactoryThatDelegatesIsUsedForSessions() {
		inMemory().withUserConfiguration(DelegatingConnFactory.class)
			.withBean(MessageHandler.class, () -> (message) -> List.of())
			.withPropertyValues("streaming.conn.url=ws://localhost")
			.run((context) -> {
				context.getBean(SessionFactory.class).open();
				assertThat(context.getBean(DelegatingConnFactory.class).configs).singleElement()
					.extracting(ConnConfig::url)
					.isEqualTo("ws://localhost");
			});
	}

	@Test
	void connIsReplaceable() {
		Conn own = mock();
		this.contextRunner.withBean(Conn.class, () -> own)
			.run((context) -> assertThat(context).getBean(Conn.class).isSameAs(own));
	}

	@Test
	void sessionFactoryIsReplaceable() {
		SessionFactory own = mock();
		this.contextRunner.withBean(SessionFactory.class, () -> own)
			.run((context) -> assertThat(context).getBean(SessionFactory.class).isSameAs(own));
	}

	@Test
	void errorClassifierIsReplaceable() {
		ErrorClassifier own = (error) -> false;
		this.contextRunner.withBean(ErrorClassifier.class, () -> own)
			.run((context) -> assertThat(context).getBean(ErrorClassifier.class).isSameAs(own));
	}

	@Test
	void webSocketClientIsNoCandidateForInjection() {
		this.contextRunner.withUserConfiguration(WebSocketClientUser.class).run((context) -> {
			assertThat(context.getBean("streamingWebSocketClient")).isInstanceOf(StreamingWebSocketClient.class);
			assertThat(context.getBean(WebSocketClientUser.class).byType).isNull();
			assertThat(context.getBean(WebSocketClientUser.class).all).isEmpty();
			assertThat(context.getBean(WebSocketClientUser.class).byName).isEmpty();
		});
	}

	@Test
	void webSocketClientIsCreatedForTheFirstDial() {
		this.contextRunner.run((context) -> {
			DefaultWebSocketClient client = context.getBean(DefaultWebSocketClient.class);
			assertThat(client.isCreated()).isFalse();
			assertThat(context.getBean("streamingWebSocketClient")).isSameAs(client.get());
			assertThat(client.isCreated()).isTrue();
		});
	}

	@Test
	void webSocketClientOnAContainerOfTheApplicationIsCreatedAtStartUp() {
		WebSocketContainer container = mock();
		this.contextRunner.withBean("streamingWebSocketContainer", WebSocketContainer.class, () -> container)
			.run((context) -> assertThat(context.getBean(DefaultWebSocketClient.class).isCreated()).isTrue());
	}

	@Test
	void beanThatIsNoWebSocketClientFailsTheStart() {
		this.contextRunner.withBean("streamingWebSocketClient", String.class, () -> "none")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(BeanNotOfRequiredTypeException.class));
	}

	@Test
	void webSocketClientOfTheApplicationIsClosedAfterTheTransport() {
		this.contextRunner.withBean("streamingWebSocketClient", WebSocketClient.class, CountingClient::new)
			.run((context) -> assertThat(((ConfigurableBeanFactory) context.getAutowireCapableBeanFactory())
				.getDependenciesForBean("streamingStandardTransport")).contains("streamingWebSocketClient"));
	}

	@Test
	void webSocketClientDoesNotKeepAnotherAutoConfigurationFromItsOwn() {
		this.contextRunner.withConfiguration(AutoConfigurations.of(OtherAutoConfiguration.class))
			.run((context) -> assertThat(context).hasBean("otherClient"));
	}

	@Test
	@Tag("socket")
	void webSocketClientOfTheApplicationIsNotUsedAndNotInTheWay() throws Exception {
		WebSocketClient own = mock();
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.upgrade();
			connection.awaitEnd();
		})) {
			this.contextRunner.withBean("own", WebSocketClient.class, () -> own)
				.withUserConfiguration(WebSocketClientUser.class)
				.withPropertyValues("streaming.conn.url=" + server.uri())
				.run((context) -> {
					context.getBean(Conn.class).connect();
					assertThat(server.connections()).isOne();
					assertThat(context.getBean(WebSocketClientUser.class).byType).isSameAs(own);
					assertThat(context.getBean(WebSocketClient.class)).isSameAs(own);
				});
			then(own).shouldHaveNoInteractions();
		}
	}

	@Test
	@Tag("socket")
	void webSocketClientIsReplaceableByName() throws Exception {
		CountingClient own = new CountingClient();
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.upgrade();
			connection.awaitEnd();
		})) {
			this.contextRunner.withBean("streamingWebSocketClient", WebSocketClient.class, () -> own)
				.withPropertyValues("streaming.conn.url=" + server.uri())
				.run((context) -> {
					assertThat(context).doesNotHaveBean(StreamingWebSocketClient.class)
						.doesNotHaveBean(DefaultWebSocketClient.class);
					context.getBean(Conn.class).connect();
					assertThat(server.connections()).isOne();
				});
			assertThat(own.calls).hasValue(1);
		}
	}

	@Test
	void anotherTransportNeedsNoWebSocketClient() {
		inMemory().run((context) -> assertThat(context).doesNotHaveBean("streamingWebSocketClient")
			.hasSingleBean(Transport.class));
	}

	@Test
	void anotherTransportNeedsNoWebSocketContainer() {
		inMemory().withClassLoader(new FilteredClassLoader("jakarta.websocket"))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(SessionFactory.class));
	}

	@Test
	void executorsOfTheApplicationStayItsOwn() {
		this.contextRunner.withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class))
			.run((context) -> {
				// As @Async and Spring MVC look it up
				Object expected = context.getBean("applicationTaskExecutor");
				assertThat(context.getBean(TaskExecutor.class)).isSameAs(expected);
				assertThat(context.getBeanProvider(Executor.class).getIfUnique()).isSameAs(expected);
			});
	}

	@Test
	void everyObserverObserves() {
		inMemory().withUserConfiguration(Observers.class)
			.withPropertyValues("streaming.conn.url=ws://localhost")
			.run((context) -> {
				context.getBean(Conn.class).connect();
				assertThat(context.getBean(Observers.class).heard).containsExactly("first default", "second default");
			});
	}

	private ApplicationContextRunner inMemory() {
		return this.contextRunner.withBean(Transport.class, () -> this.transport);
	}

	private static final class CountingClient extends StandardWebSocketClient {

		private final AtomicInteger calls = new AtomicInteger();

		@Override
		public CompletableFuture<WebSocketSession> executeInternal(WebSocketHandler handler, HttpHeaders headers,
				URI uri, List<String> protocols, List<WebSocketExtension> extensions, Map<String, Object> attributes) {
			this.calls.incrementAndGet();
			return super.executeInternal(handler, headers, uri, protocols, extensions, attributes);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class DelegatingConnFactory {

		final List<ConnConfig> configs = new ArrayList<>();

		@Bean
		ConnFactory connFactory(StreamingRuntime runtime, PropertiesConnectionDefinitions definitions) {
			DefaultConnFactory delegate = new DefaultConnFactory(runtime, definitions::conn);
			return new ConnFactory() {

				@Override
				public Conn create() {
					return delegate.create();
				}

				@Override
				public Conn create(String name) {
					return delegate.create(name);
				}

				@Override
				public Conn create(ConnConfig config) {
					DelegatingConnFactory.this.configs.add(config);
					return delegate.create(config);
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class WebSocketClientUser {

		final WebSocketClient byType;

		final List<WebSocketClient> all;

		final Map<String, WebSocketClient> byName;

		WebSocketClientUser(ObjectProvider<WebSocketClient> byType, ObjectProvider<List<WebSocketClient>> all,
				ObjectProvider<Map<String, WebSocketClient>> byName) {
			this.byType = byType.getIfAvailable();
			this.all = all.getIfAvailable(List::of);
			this.byName = byName.getIfAvailable(Map::of);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OtherAutoConfiguration {

		@Bean
		@ConditionalOnMissingBean
		WebSocketClient otherClient() {
			return mock();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Observers {

		final List<String> heard = new ArrayList<>();

		@Bean
		@Order(2)
		StreamingObserver second() {
			return (name) -> {
				this.heard.add("second " + name);
				return ConnectionObserver.NONE;
			};
		}

		@Bean
		@Order(1)
		StreamingObserver first() {
			return (name) -> {
				this.heard.add("first " + name);
				return ConnectionObserver.NONE;
			};
		}

	}

}
