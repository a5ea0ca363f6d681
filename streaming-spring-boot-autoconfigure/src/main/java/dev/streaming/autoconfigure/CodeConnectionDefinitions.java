package dev.streaming.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

import dev.streaming.ConnConfig;
import dev.streaming.ConnectionDefinition;
import dev.streaming.SessionConfig;
import dev.streaming.SessionHandler;
import dev.streaming.internal.session.ConnectionDefinitions;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Definitions of the configured connections, and of those that are defined in code.
 * Immutable.
 */
final class CodeConnectionDefinitions implements ConnectionDefinitions {

	private final PropertiesConnectionDefinitions configured;

	private final Map<String, ConnectionDefinition> definitions;

	private CodeConnectionDefinitions(PropertiesConnectionDefinitions configured,
			Map<String, ConnectionDefinition> definitions) {
		this.configured = configured;
		this.definitions = definitions;
	}

	/**
	 * Create definitions.
	 * @param configured the configured connections
	 * @param beans the beans that define additional connections
	 * @return the definitions
	 * @throws StreamingConfigurationException if two connections have the same name, or
	 * one is based on a connection that is not configured
	 */
	static CodeConnectionDefinitions of(PropertiesConnectionDefinitions configured,
			Iterable<ConnectionDefinition> beans) {
		CodeConnectionDefinitions all = new CodeConnectionDefinitions(configured, new LinkedHashMap<>());
		for (ConnectionDefinition bean : beans) {
			try {
				all.check(bean);
			}
			catch (IllegalArgumentException ex) {
				throw new StreamingConfigurationException(null, null, ex.getMessage() + ".",
						"Change the ConnectionDefinition bean.", ex);
			}
			all.definitions.put(bean.name(), bean);
		}
		return all;
	}

	private void check(ConnectionDefinition definition) {
		String name = definition.name();
		Assert.isTrue(!this.configured.isConfigured(name) && !this.definitions.containsKey(name),
				() -> "The connection '" + name + "' is already defined, "
						+ (this.configured.isConfigured(name) ? "under 'streaming.connections'" : "by a bean"));
		String basedOn = definition.basedOn();
		Assert.isTrue(basedOn == null || this.configured.isConfigured(basedOn), () -> "The connection '" + name
				+ "' is based on '" + basedOn + "'. " + this.configured.unknown(String.valueOf(basedOn), Set.of()));
	}

	/**
	 * Return the names of all connections, including {@code default}.
	 * @return the names, sorted
	 */
	Set<String> names() {
		Set<String> names = new TreeSet<>(this.configured.names());
		names.addAll(this.definitions.keySet());
		return names;
	}

	@Override
	public ConnectionDefinitions with(ConnectionDefinition definition) {
		if (this.definitions.get(definition.name()) != definition) {
			check(definition);
		}
		return new CodeConnectionDefinitions(this.configured, Map.of(definition.name(), definition));
	}

	@Override
	public ConnConfig.Builder conn(String name) {
		ConnectionDefinition definition = find(name);
		if (definition == null) {
			return this.configured.conn(name);
		}
		String basedOn = definition.basedOn();
		ConnConfig.Builder builder = (basedOn != null) ? this.configured.conn(basedOn) : this.configured.inherited();
		this.configured.customize(name, basedOn, builder.name(name));
		definition.apply(builder);
		return builder.attributes(definition.attributes());
	}

	@Override
	public SessionConfig.Builder session(String name) {
		ConnectionDefinition definition = find(name);
		if (definition == null) {
			return this.configured.session(name);
		}
		String basedOn = definition.basedOn();
		SessionConfig.Builder builder = this.configured.session((basedOn != null) ? basedOn : ConnConfig.DEFAULT_NAME);
		definition.apply(builder);
		return builder;
	}

	@Override
	public int maxSessions() {
		return this.configured.maxSessions();
	}

	@Override
	public int maxSessions(String name) {
		ConnectionDefinition definition = find(name);
		String configured = (definition != null) ? definition.basedOn() : name;
		return (configured != null) ? this.configured.maxSessions(configured) : 0;
	}

	@Override
	public Runnable handler(String name, SessionConfig.Builder session) {
		ConnectionDefinition definition = find(name);
		if (definition == null) {
			return this.configured.handler(name, session);
		}
		Supplier<? extends SessionHandler> handlers = definition.handler();
		if (handlers == null) {
			return this.configured.handler(String.valueOf(definition.basedOn()), session);
		}
		SessionHandler handler = handlers.get();
		Assert.state(handler != null, () -> "The handler of the connection '" + name + "' must not be null");
		session.handler(handler);
		return () -> {
		};
	}

	@Override
	public Map<String, Object> attributes(String name) {
		ConnectionDefinition definition = find(name);
		return (definition != null) ? definition.attributes() : Map.of();
	}

	@Override
	public void opening(String name, SessionConfig session) {
		ConnectionDefinition definition = find(name);
		String basedOn = (definition != null) ? definition.basedOn() : name;
		this.configured.opening(name, (basedOn != null) ? basedOn : ConnConfig.DEFAULT_NAME, session);
	}

	private @Nullable ConnectionDefinition find(String name) {
		ConnectionDefinition definition = this.definitions.get(name);
		if (definition == null && !this.configured.isConfigured(name)) {
			throw new IllegalArgumentException(this.configured.unknown(name, this.definitions.keySet()));
		}
		return definition;
	}

}
