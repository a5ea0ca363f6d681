package dev.streaming.autoconfigure.relay;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Executor;

import dev.streaming.ConnectionDefinition;
import dev.streaming.SessionFactory;
import dev.streaming.autoconfigure.StreamingAutoConfiguration;
import dev.streaming.autoconfigure.StreamingConfigurationException;
import dev.streaming.autoconfigure.StreamingProperties;
import dev.streaming.autoconfigure.relay.RelayStartupMessage.Guard;
import dev.streaming.internal.concurrent.BoundedExecutor;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.relay.RelayHandshakeInterceptor;
import dev.streaming.internal.relay.RelaySettings;
import dev.streaming.internal.relay.RelayWebSocketHandler;
import dev.streaming.internal.relay.Relays;
import dev.streaming.relay.RelayCustomizer;
import dev.streaming.relay.RelayObserver;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.task.SimpleAsyncTaskExecutorBuilder;
import org.springframework.boot.thread.Threading;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.socket.server.support.DefaultHandshakeHandler;
import org.springframework.web.socket.server.support.WebSocketHandlerMapping;
import org.springframework.web.socket.server.support.WebSocketHttpRequestHandler;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the relay.
 *
 * @since 1.0.0
 */
@AutoConfiguration(after = StreamingAutoConfiguration.class,
		afterName = "dev.streaming.autoconfigure.metrics.StreamingMetricsAutoConfiguration")
@ConditionalOnBooleanProperty(name = "streaming.relay.enabled")
@EnableConfigurationProperties(StreamingRelayProperties.class)
public final class StreamingRelayAutoConfiguration {

	/**
	 * Configuration of the relay in a servlet application.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = Type.SERVLET)
	@ConditionalOnClass(DispatcherServlet.class)
	@ConditionalOnBean({ SessionFactory.class, Scheduler.class })
	static class ServletConfiguration {

		/**
		 * Name of the executor bean for calls that may block: writes to browsers and to
		 * providers.
		 */
		static final String EXECUTOR_BEAN_NAME = "streamingRelayTaskExecutor";

		// Spring Security is not a dependency
		private static final String FILTER_CHAIN = "org.springframework.security.web.SecurityFilterChain";

		@Bean
		RelaySettings streamingRelaySettings(StreamingRelayProperties properties, StreamingProperties streaming,
				ObjectProvider<ConnectionDefinition> definitions) {
			Collection<String> connections = new TreeSet<>(streaming.connections().keySet());
			definitions.forEach((definition) -> connections.add(definition.name()));
			return RelaySettingsFactory.of(properties, connections);
		}

		@Bean(name = EXECUTOR_BEAN_NAME, defaultCandidate = false)
		@ConditionalOnMissingBean(name = EXECUTOR_BEAN_NAME)
		Executor streamingRelayTaskExecutor(StreamingRelayProperties properties, Environment environment) {
			if (!Threading.VIRTUAL.isActive(environment)) {
				return new BoundedExecutor("streaming-relay-", properties.getThreads(), "streaming.relay.threads");
			}
			return new SimpleAsyncTaskExecutorBuilder().threadNamePrefix("streaming-relay-")
				.virtualThreads(true)
				.cancelRemainingTasksOnClose(true)
				.build();
		}

		@Bean
		Relays streamingRelays(ObjectProvider<SessionFactory> sessions, RelaySettings settings,
				ObjectProvider<RelayCustomizer> customizers, Scheduler scheduler,
				@Qualifier(EXECUTOR_BEAN_NAME) Executor executor, ObjectProvider<RelayObserver> observers) {
			return new Relays(sessions::getObject, settings, customizers.orderedStream().toList(), scheduler, executor,
					new CompositeRelayObserver(observers.orderedStream().toList()));
		}

		@Bean
		WebSocketHandlerMapping streamingRelayHandlerMapping(Relays relays, StreamingRelayProperties properties) {
			WebSocketHttpRequestHandler handler = new WebSocketHttpRequestHandler(new RelayWebSocketHandler(relays),
					new DefaultHandshakeHandler());
			handler.setHandshakeInterceptors(
					List.of(new RelayHandshakeInterceptor(relays, properties.getAllowedOrigins())));
			WebSocketHandlerMapping mapping = new WebSocketHandlerMapping();
			mapping.setUrlMap(Map.of(properties.getPath(), handler));
			// As the mappings of @EnableWebSocket, before static resources
			mapping.setOrder(1);
			return mapping;
		}

		@Bean
		RelayLifecycle streamingRelayLifecycle(Relays relays, RelaySettings settings,
				StreamingRelayProperties properties, ListableBeanFactory beanFactory) {
			return new RelayLifecycle(relays, new RelayStartupMessage(properties.getPath(), settings.connection(),
					properties.getAllowedOrigins(), guard(beanFactory)));
		}

		private static Guard guard(ListableBeanFactory beanFactory) {
			Class<?> filterChain = filterChain(beanFactory.getClass().getClassLoader());
			if (filterChain != null && beanFactory.getBeanNamesForType(filterChain, true, false).length > 0) {
				return Guard.SECURITY;
			}
			return (beanFactory.getBeanNamesForType(RelayCustomizer.class).length > 0) ? Guard.CUSTOMIZER : Guard.NONE;
		}

		private static @Nullable Class<?> filterChain(@Nullable ClassLoader classLoader) {
			return ClassUtils.isPresent(FILTER_CHAIN, classLoader)
					? ClassUtils.resolveClassName(FILTER_CHAIN, classLoader) : null;
		}

	}

	/**
	 * Configuration that fails the start of a reactive application, which does not
	 * support the relay.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = Type.REACTIVE)
	static class ReactiveConfiguration {

		ReactiveConfiguration() {
			throw new StreamingConfigurationException("streaming.relay.enabled", true,
					"The relay needs a servlet web application, and this one is reactive.",
					"Use spring-boot-starter-webmvc, or remove the setting.");
		}

	}

}
