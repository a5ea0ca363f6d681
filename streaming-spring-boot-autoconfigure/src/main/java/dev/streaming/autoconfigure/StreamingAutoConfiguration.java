package dev.streaming.autoconfigure;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

import dev.streaming.Conn;
import dev.streaming.ConnConfigCustomizer;
import dev.streaming.ConnFactory;
import dev.streaming.ConnectionDefinition;
import dev.streaming.ErrorClassifier;
import dev.streaming.HandshakeCustomizer;
import dev.streaming.SessionFactory;
import dev.streaming.SessionInterceptor;
import dev.streaming.SessionListener;
import dev.streaming.TransportType;
import dev.streaming.internal.concurrent.DecoratingExecutor;
import dev.streaming.internal.concurrent.FallbackExecutor;
import dev.streaming.internal.concurrent.KeepAlive;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.concurrent.ThreadScheduler;
import dev.streaming.internal.connection.DefaultConnFactory;
import dev.streaming.internal.connection.StreamingRuntime;
import dev.streaming.internal.session.DefaultSessionFactory;
import dev.streaming.internal.transport.SelectingTransport;
import dev.streaming.internal.transport.Transport;
import dev.streaming.internal.transport.netty.NettyTransport;
import dev.streaming.internal.transport.websocket.WebSocketClientTransport;
import dev.streaming.observation.StreamingObserver;
import dev.streaming.realtime.AccessTokenProvider;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import io.netty.handler.proxy.ProxyConnectException;
import io.netty.resolver.dns.DnsNameResolverException;
import jakarta.websocket.WebSocketContainer;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.BoundConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.core.env.Environment;
import org.springframework.core.task.TaskDecorator;
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
@Import(StreamingExecutorConfiguration.class)
@ImportRuntimeHints(StreamingRuntimeHints.class)
public final class StreamingAutoConfiguration {

	/** Name of the {@link WebSocketClient} bean for connections. */
	static final String WEB_SOCKET_CLIENT_BEAN_NAME = "streamingWebSocketClient";

	/** Name of the {@link WebSocketContainer} bean that replaces Tomcat's. */
	static final String WEB_SOCKET_CONTAINER_BEAN_NAME = "streamingWebSocketContainer";

	@Bean
	ThreadScheduler streamingScheduler() {
		return new ThreadScheduler("streaming-timer");
	}

	@Bean
	CredentialsAdvice streamingCredentialsAdvice(StreamingProperties properties, StreamingProviders providers,
			ObjectProvider<HandshakeCustomizer> handshakes, ObjectProvider<AccessTokenProvider> tokens,
			Environment environment) {
		return new CredentialsAdvice(properties, providers, handshakes, tokens, environment);
	}

	@Bean
	StreamingRuntime streamingRuntime(Transport transport, Scheduler scheduler,
			@Qualifier(StreamingExecutorConfiguration.TASK_EXECUTOR_BEAN_NAME) Executor tasks,
			@Qualifier(StreamingExecutorConfiguration.DIAL_EXECUTOR_BEAN_NAME) Executor dials,
			ObjectProvider<TaskDecorator> decorators, ObjectProvider<StreamingObserver> observers,
			CredentialsAdvice credentials) {
		List<TaskDecorator> ordered = decorators.orderedStream().toList();
		return new StreamingRuntime(transport, DecoratingExecutor.of(tolerant(tasks), ordered),
				DecoratingExecutor.of(dials, ordered), scheduler,
				StreamingObserver.composite(observers.orderedStream().toList()), new Random(), credentials::advice);
	}

	// The default executor is closed last. Another one may be closed before the sessions
	// are
	private static Executor tolerant(Executor executor) {
		return (executor instanceof BoundedTaskExecutor) ? executor : new FallbackExecutor(executor);
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
	ConfigurationKeyCheck streamingConfigurationKeyCheck(Environment environment, StreamingProperties properties,
			StreamingProviders providers, ApplicationContext context) {
		BoundConfigurationProperties bound = BoundConfigurationProperties.get(context);
		return new ConfigurationKeyCheck(environment, properties, providers,
				(bound != null) ? bound.getAll().keySet() : Set.of(), context.getClassLoader());
	}

	@Bean
	SessionHandlers streamingSessionHandlers(StreamingProperties properties,
			ConfigurableListableBeanFactory beanFactory, StreamingProviders providers) {
		return new SessionHandlers(properties, new HandlerBeans(beanFactory), providers);
	}

	@Bean
	PropertiesConnectionDefinitions streamingConnectionDefinitions(ConfigurationKeyCheck keys,
			StreamingProperties properties, SessionHandlers handlers, StreamingProviders providers,
			ObjectProvider<SslBundles> sslBundles, ObjectProvider<ConnConfigCustomizer> customizers,
			ObjectProvider<HandshakeCustomizer> handshakes, ObjectProvider<SessionListener> listeners,
			ObjectProvider<SessionInterceptor> interceptors) {
		keys.check();
		return new PropertiesConnectionDefinitions(properties, handlers, providers, new SslContexts(sslBundles),
				customizers, handshakes, listeners, interceptors);
	}

	@Bean
	CodeConnectionDefinitions streamingCodeConnectionDefinitions(PropertiesConnectionDefinitions configured,
			ObjectProvider<ConnectionDefinition> beans) {
		return CodeConnectionDefinitions.of(configured, beans.orderedStream().toList());
	}

	@Bean
	KeepAlive streamingKeepAlive(StreamingProperties properties) {
		return properties.isKeepAlive() ? new KeepAlive() : KeepAlive.none();
	}

	@Bean
	StreamingStartupCheck streamingStartupCheck(SessionHandlers handlers, CodeConnectionDefinitions definitions,
			ConfigurableListableBeanFactory beanFactory) {
		return new StreamingStartupCheck(handlers, definitions.names(), beanFactory);
	}

	@Bean
	@ConditionalOnMissingBean(ConnFactory.class)
	DefaultConnFactory streamingConnFactory(StreamingRuntime runtime, CodeConnectionDefinitions definitions) {
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
	DefaultSessionFactory streamingSessionFactory(ConnFactory connFactory, CodeConnectionDefinitions definitions,
			KeepAlive keepAlive, ObjectProvider<StreamingObserver> observers) {
		return new DefaultSessionFactory(connFactory, definitions, keepAlive,
				StreamingObserver.composite(observers.orderedStream().toList()));
	}

	@Bean
	StreamingLifecycle streamingLifecycle(ObjectProvider<DefaultSessionFactory> sessions,
			ObjectProvider<DefaultConnFactory> conns, Scheduler scheduler) {
		return new StreamingLifecycle(sessions.getIfUnique(), conns.getIfUnique(), scheduler);
	}

	/**
	 * Available transport, for {@link SelectingTransport}.
	 *
	 * @param type its type
	 * @param transport creates the transport on first use
	 * @param onClose called to release the resources of the transport; may block for two
	 * seconds
	 */
	record AvailableTransport(TransportType type, Supplier<Transport> transport,
			Runnable onClose) implements AutoCloseable {

		@Override
		public void close() {
			this.onClose.run();
		}

	}

	/**
	 * Configuration of the transports, unless the application has its own one. The
	 * condition is here for all of them because to look for beans of a type takes time.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingBean(Transport.class)
	static class TransportConfiguration {

		@Bean
		SelectingTransport streamingTransport(ObjectProvider<AvailableTransport> transports) {
			Map<TransportType, Supplier<Transport>> available = new EnumMap<>(TransportType.class);
			for (AvailableTransport transport : transports) {
				available.put(transport.type(), transport.transport());
			}
			if (available.isEmpty()) {
				throw new StreamingConfigurationException("There is no WebSocket client on the class path.",
						"Add the dependency 'dev.streaming:streaming-spring-boot-starter' for a servlet application, or"
								+ " 'dev.streaming:streaming-spring-boot-starter-netty' for any other. Without a starter, add"
								+ " 'org.springframework.boot:spring-boot-starter-websocket', or"
								+ " 'org.apache.tomcat.embed:tomcat-embed-websocket' for a client without a web server.");
			}
			return new SelectingTransport(available);
		}

		/**
		 * Configuration of the transport on the container's WebSocket client.
		 */
		@Configuration(proxyBeanMethods = false)
		@ConditionalOnClass(WebSocketContainer.class)
		static class WebSocketClientConfiguration {

			@Bean
			@ConditionalOnMissingBean(name = WEB_SOCKET_CLIENT_BEAN_NAME)
			DefaultWebSocketClient streamingDefaultWebSocketClient(
					@Qualifier(WEB_SOCKET_CONTAINER_BEAN_NAME) ObjectProvider<WebSocketContainer> container) {
				return new DefaultWebSocketClient(container.getIfAvailable());
			}

			@Bean(name = WEB_SOCKET_CLIENT_BEAN_NAME, autowireCandidate = false)
			@Lazy
			@ConditionalOnMissingBean(name = WEB_SOCKET_CLIENT_BEAN_NAME)
			WebSocketClient streamingWebSocketClient(DefaultWebSocketClient client) {
				return client.get();
			}

			@Bean
			AvailableTransport streamingStandardTransport(ConfigurableBeanFactory beanFactory,
					ObjectProvider<DefaultWebSocketClient> defaultClient, Scheduler scheduler,
					@Qualifier(StreamingExecutorConfiguration.SEND_EXECUTOR_BEAN_NAME) Executor sends) {
				DefaultWebSocketClient client = defaultClient.getIfAvailable();
				Supplier<WebSocketClient> clients = (client != null) ? client::get : ownClient(beanFactory);
				Executor executor = tolerant(sends);
				return new AvailableTransport(TransportType.STANDARD,
						() -> new WebSocketClientTransport(clients.get(), executor, scheduler), () -> {
						});
			}

			private static Supplier<WebSocketClient> ownClient(ConfigurableBeanFactory beanFactory) {
				WebSocketClient client = beanFactory.getBean(WEB_SOCKET_CLIENT_BEAN_NAME, WebSocketClient.class);
				// So that it is closed after the connections
				beanFactory.registerDependentBean(WEB_SOCKET_CLIENT_BEAN_NAME, "streamingStandardTransport");
				return () -> client;
			}

		}

		/**
		 * Configuration of the transport on Netty, which has no threads before it is
		 * used. The condition names small classes of the jars of its WebSocket codec, its
		 * proxies and its resolver: it loads them, with all their superclasses.
		 */
		@Configuration(proxyBeanMethods = false)
		@ConditionalOnClass({ WebSocketVersion.class, ProxyConnectException.class, DnsNameResolverException.class })
		static class NettyConfiguration {

			@Bean
			AvailableTransport streamingNettyTransport(
					@Qualifier(StreamingExecutorConfiguration.SEND_EXECUTOR_BEAN_NAME) Executor sends) {
				NettyTransport netty = new NettyTransport(tolerant(sends));
				return new AvailableTransport(TransportType.NETTY, () -> netty, netty::close);
			}

		}

	}

}
