package dev.streaming.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

import dev.streaming.ConnConfig;
import dev.streaming.ErrorClassifier;
import dev.streaming.MessageHandler;
import dev.streaming.ReconnectHook;
import dev.streaming.SessionConfig;
import dev.streaming.SessionHandler;
import dev.streaming.autoconfigure.StreamingProperties.Connection;
import dev.streaming.autoconfigure.StreamingProviders.Bound;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.StringUtils;

/**
 * Selects the handler of a connection, in this order: the bean of its property
 * {@code handler}, its provider, the bean whose name or qualifier is that of the
 * connection, the only bean that is not intended for another connection.
 */
class SessionHandlers {

	private static final Logger logger = LoggerFactory.getLogger(SessionHandlers.class);

	private final StreamingProperties properties;

	private final HandlerBeans beans;

	private final StreamingProviders providers;

	private final Map<String, Handling> handlings = new ConcurrentHashMap<>();

	private final Map<String, Optional<String>> classifiers = new ConcurrentHashMap<>();

	SessionHandlers(StreamingProperties properties, HandlerBeans beans, StreamingProviders providers) {
		this.properties = properties;
		this.beans = beans;
		this.providers = providers;
	}

	/**
	 * Check that no handler is shared by sessions, and that each named connection has one
	 * that supports its settings.
	 * @throws StreamingConfigurationException if not
	 */
	void check() {
		this.beans.names(SessionHandler.class).forEach(this::requirePrototype);
		this.properties.getConnections().forEach((name, connection) -> {
			Handling handling = resolve(name);
			if (!handling.setsUpConnections()) {
				checkConnectionAge(name, connection);
				checkReconnectAttempts(name, connection);
			}
			classifier(name);
			Bound<?> provider = this.providers.get(name);
			if (provider != null) {
				provider.check();
			}
		});
	}

	private void requirePrototype(String name) {
		if (!this.beans.beanFactory().isPrototype(name)) {
			throw new StreamingConfigurationException("The SessionHandler bean '" + name
					+ "' does not have prototype scope: all sessions would share it and the state of one caller.",
					"Annotate its class or @Bean method with @StreamingHandler or @Scope(\"prototype\"), without a"
							+ " scoped proxy.");
		}
	}

	private void checkConnectionAge(String name, Connection connection) {
		Duration own = connection.getSession().getMaxConnectionAge();
		Duration age = (own != null) ? own : this.properties.getSession().getMaxConnectionAge();
		if (age != null && !age.isZero()) {
			String prefix = (own != null) ? PropertiesConnectionDefinitions.prefix(name) : "streaming";
			throw new StreamingConfigurationException(prefix + ".session.max-connection-age", age,
					"Connection '" + name + "' has neither a SessionHandler nor a ReconnectHook, so it cannot set"
							+ " up the next connection.",
					"Define a ReconnectHook bean named or qualified '" + name + "', or remove the property.");
		}
	}

	private void checkReconnectAttempts(String name, Connection connection) {
		Integer own = connection.getSession().getMaxReconnectAttempts();
		Integer attempts = (own != null) ? own : this.properties.getSession().getMaxReconnectAttempts();
		if (attempts != null && attempts > 0) {
			logger.atWarn()
				.addKeyValue("connection", name)
				.log("Sessions on connection '{}' will not reconnect, although max-reconnect-attempts is {}: there is"
						+ " neither a SessionHandler nor a ReconnectHook for it", name, attempts);
		}
	}

	/**
	 * Return the error classifier of a connection.
	 * @param connection the connection's name
	 * @return the classifier
	 */
	ErrorClassifier errorClassifier(String connection) {
		return classifier(connection).map((bean) -> this.beans.beanFactory().getBean(bean, ErrorClassifier.class))
			.orElseGet(ErrorClassifier::transientErrors);
	}

	private Optional<String> classifier(String connection) {
		return this.classifiers.computeIfAbsent(connection,
				(name) -> Optional.ofNullable(this.beans.find(name, connections(), ErrorClassifier.class)));
	}

	/**
	 * Set the handler of a session to that of its connection.
	 * @param connection the connection's name
	 * @param session the settings of the session
	 * @return a task that destroys the beans of this session
	 * @throws StreamingConfigurationException if there is no handler
	 */
	Runnable handle(String connection, SessionConfig.Builder session) {
		return resolve(connection).handle(session);
	}

	private Handling resolve(String connection) {
		return this.handlings.computeIfAbsent(connection, this::find);
	}

	private Handling find(String connection) {
		Connection named = this.properties.getConnections().get(connection);
		String configured = (named != null) ? named.getHandler() : null;
		if (StringUtils.hasText(configured)) {
			return configured(connection, configured);
		}
		Bound<?> provider = this.providers.get(connection);
		if (provider != null) {
			return new ProviderHandling(provider);
		}
		String bean = this.beans.find(connection, connections(), SessionHandler.class, MessageHandler.class);
		if (bean == null) {
			throw missing(connection);
		}
		String annotated = this.beans.annotated(bean);
		if (annotated != null && !connections().contains(annotated)) {
			logger.atWarn()
				.log("Connection '{}' uses the handler '{}', which is annotated with @StreamingHandler(\"{}\"):"
						+ " there is no connection of that name, and no other handler", connection, bean, annotated);
		}
		return handling(connection, bean);
	}

	private Set<String> connections() {
		Set<String> names = new TreeSet<>(this.properties.getConnections().keySet());
		names.add(ConnConfig.DEFAULT_NAME);
		return names;
	}

	private Handling configured(String connection, String bean) {
		if (isA(bean, SessionHandler.class) || isA(bean, MessageHandler.class)) {
			return handling(connection, bean);
		}
		boolean there = this.beans.beanFactory().containsBean(bean);
		Set<String> known = this.beans.names(SessionHandler.class, MessageHandler.class);
		throw new StreamingConfigurationException(PropertiesConnectionDefinitions.prefix(connection) + ".handler", bean,
				there ? "The bean is neither a SessionHandler nor a MessageHandler." : "There is no bean of that name.",
				known.isEmpty() ? "Define a SessionHandler bean of that name, of prototype scope."
						: "Set it to the name of a SessionHandler or MessageHandler bean, such as "
								+ String.join(", ", known) + ".");
	}

	private Handling handling(String connection, String bean) {
		if (isA(bean, SessionHandler.class)) {
			requirePrototype(bean);
			return new HandlerHandling(this.beans.beanFactory(), bean);
		}
		return new FunctionsHandling(this.beans.beanFactory(), bean,
				this.beans.find(connection, connections(), ReconnectHook.class));
	}

	private boolean isA(String bean, Class<?> type) {
		return this.beans.beanFactory().containsBean(bean) && this.beans.beanFactory().isTypeMatch(bean, type);
	}

	private StreamingConfigurationException missing(String connection) {
		boolean reserved = ConnConfig.DEFAULT_NAME.equals(connection);
		String prefix = PropertiesConnectionDefinitions.prefix(connection);
		Set<String> others = this.beans.names(SessionHandler.class, MessageHandler.class);
		String reason = "Connection '" + connection + "' has no handler: no SessionHandler or MessageHandler bean is"
				+ " named or qualified '" + connection + "'";
		reason += others.isEmpty() ? ", and there is no other."
				: ", and these are for other connections: " + String.join(", ", others) + ".";
		String action = "Annotate a SessionHandler with @StreamingHandler(\"" + connection
				+ "\"), or name or qualify a MessageHandler bean '" + connection + "'";
		action += reserved ? ", or give the session a handler as it is opened."
				: ", or set '" + prefix + ".handler' or '" + prefix + ".provider'.";
		return new StreamingConfigurationException(reason, action);
	}

	/**
	 * Source of the handler of a session.
	 */
	private interface Handling {

		Runnable handle(SessionConfig.Builder session);

		default boolean setsUpConnections() {
			return true;
		}

	}

	private record ProviderHandling(Bound<?> provider) implements Handling {

		@Override
		public Runnable handle(SessionConfig.Builder session) {
			session.handler(this.provider.createHandler());
			return () -> {
			};
		}

	}

	private record HandlerHandling(ConfigurableListableBeanFactory beanFactory, String bean) implements Handling {

		@Override
		public Runnable handle(SessionConfig.Builder session) {
			SessionHandler handler = this.beanFactory.getBean(this.bean, SessionHandler.class);
			session.handler(handler);
			return () -> this.beanFactory.destroyBean(this.bean, handler);
		}

	}

	private record FunctionsHandling(ConfigurableListableBeanFactory beanFactory, String onMessage,
			@Nullable String onReconnect) implements Handling {

		@Override
		public Runnable handle(SessionConfig.Builder session) {
			List<Runnable> destroyers = new ArrayList<>();
			session.onMessage(get(this.onMessage, MessageHandler.class, destroyers));
			if (this.onReconnect != null) {
				session.onReconnect(get(this.onReconnect, ReconnectHook.class, destroyers));
			}
			return () -> destroyers.forEach(Runnable::run);
		}

		private <T> T get(String name, Class<T> type, List<Runnable> destroyers) {
			T bean = this.beanFactory.getBean(name, type);
			if (this.beanFactory.isPrototype(name)) {
				destroyers.add(() -> this.beanFactory.destroyBean(name, bean));
			}
			return bean;
		}

		@Override
		public boolean setsUpConnections() {
			return this.onReconnect != null;
		}

	}

}
