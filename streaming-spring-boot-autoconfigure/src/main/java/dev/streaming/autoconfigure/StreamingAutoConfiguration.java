package dev.streaming.autoconfigure;

import java.util.Random;

import dev.streaming.Conn;
import dev.streaming.ConnConfigCustomizer;
import dev.streaming.ConnFactory;
import dev.streaming.ErrorClassifier;
import dev.streaming.HandshakeCustomizer;
import dev.streaming.SessionFactory;
import dev.streaming.SessionListener;
import dev.streaming.internal.connection.DefaultConnFactory;
import dev.streaming.internal.connection.StreamingRuntime;
import dev.streaming.internal.session.DefaultSessionFactory;
import dev.streaming.internal.transport.Transport;
import dev.streaming.internal.transport.websocket.StreamingWebSocketClient;
import dev.streaming.internal.transport.websocket.WebSocketClientTransport;
import dev.streaming.observation.StreamingObserver;
import jakarta.websocket.WebSocketContainer;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.thread.Threading;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Scope;
import org.springframework.core.env.Environment;
import org.springframework.web.socket.client.WebSocketClient;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for streaming connections and
 * sessions.
 *
 * @since 1.0.0
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "streaming.enabled", matchIfMissing = true)
@EnableConfigurationProperties(StreamingProperties.class)
@ImportRuntimeHints(StreamingRuntimeHints.class)
public final class StreamingAutoConfiguration {

	/** Name of the {@link WebSocketClient} bean that connections are made with. */
	static final String WEB_SOCKET_CLIENT_BEAN_NAME = "streamingWebSocketClient";

	@Bean
	@ConditionalOnMissingBean
	StreamingThreads streamingThreads(Environment environment) {
		return new StreamingThreads(Threading.VIRTUAL.isActive(environment));
	}

	@Bean
	@ConditionalOnMissingBean
	StreamingRuntime streamingRuntime(Transport transport, StreamingThreads threads,
			ObjectProvider<StreamingObserver> observers) {
		return new StreamingRuntime(transport, threads.workers(), threads.dialers(), threads.timer(),
				StreamingObserver.composite(observers.orderedStream().toList()), new Random());
	}

	@Bean
	@ConditionalOnMissingBean
	ErrorClassifier streamingErrorClassifier() {
		return ErrorClassifier.transientErrors();
	}

	@Bean
	StreamingProviders streamingProviders(StreamingProperties properties,
			ObjectProvider<StreamingProvider<?>> providers, Environment environment) {
		return new StreamingProviders(properties, providers, environment);
	}

	@Bean
	SessionHandlers streamingSessionHandlers(StreamingProperties properties,
			ConfigurableListableBeanFactory beanFactory, StreamingProviders providers) {
		return new SessionHandlers(properties, new HandlerBeans(beanFactory), providers);
	}

	@Bean
	PropertiesConnectionDefinitions streamingConnectionDefinitions(StreamingProperties properties,
			SessionHandlers handlers, StreamingProviders providers, ObjectProvider<SslBundles> sslBundles,
			ObjectProvider<ConnConfigCustomizer> customizers, ObjectProvider<HandshakeCustomizer> handshakes,
			ObjectProvider<SessionListener> listeners) {
		return new PropertiesConnectionDefinitions(properties, handlers, providers, new SslContexts(sslBundles),
				customizers, handshakes, listeners);
	}

	@Bean
	StreamingStartupCheck streamingStartupCheck(SessionHandlers handlers, PropertiesConnectionDefinitions definitions,
			ConfigurableListableBeanFactory beanFactory) {
		return new StreamingStartupCheck(handlers, definitions.names(), beanFactory);
	}

	@Bean
	@ConditionalOnMissingBean(ConnFactory.class)
	DefaultConnFactory streamingConnFactory(StreamingRuntime runtime, PropertiesConnectionDefinitions definitions) {
		return new DefaultConnFactory(runtime, definitions::conn);
	}

	@Bean
	@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
	@ConditionalOnMissingBean
	Conn streamingConn(ConnFactory factory) {
		return factory.create();
	}

	@Bean
	@ConditionalOnMissingBean(SessionFactory.class)
	DefaultSessionFactory streamingSessionFactory(ConnFactory connFactory,
			PropertiesConnectionDefinitions definitions) {
		return new DefaultSessionFactory(connFactory, definitions);
	}

	@Bean
	StreamingLifecycle streamingLifecycle(ObjectProvider<DefaultSessionFactory> sessions,
			ObjectProvider<DefaultConnFactory> conns, StreamingThreads threads) {
		return new StreamingLifecycle(sessions.getIfUnique(), conns.getIfUnique(), threads.timer());
	}

	/**
	 * The transport on the container's WebSocket client.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(WebSocketContainer.class)
	@ConditionalOnMissingBean(Transport.class)
	static class WebSocketClientConfiguration {

		@Bean(name = WEB_SOCKET_CLIENT_BEAN_NAME, autowireCandidate = false)
		@ConditionalOnMissingBean(name = WEB_SOCKET_CLIENT_BEAN_NAME)
		StreamingWebSocketClient streamingWebSocketClient() {
			return new StreamingWebSocketClient();
		}

		@Bean
		@DependsOn(WEB_SOCKET_CLIENT_BEAN_NAME)
		WebSocketClientTransport streamingTransport(BeanFactory beanFactory, StreamingThreads threads) {
			WebSocketClient client = beanFactory.getBean(WEB_SOCKET_CLIENT_BEAN_NAME, WebSocketClient.class);
			return new WebSocketClientTransport(client, threads.io(), threads.timer());
		}

	}

}
