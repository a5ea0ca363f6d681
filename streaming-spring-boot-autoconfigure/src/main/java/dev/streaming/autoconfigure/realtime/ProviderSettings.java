package dev.streaming.autoconfigure.realtime;

import dev.streaming.autoconfigure.StreamingConfigurationException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.convert.ConversionException;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Reads the settings that a provider has of its own beside a connection's others.
 * Internal, not API: public because the auto-configurations of several providers use it.
 */
public final class ProviderSettings {

	private static final String CONNECTIONS = "streaming.connections";

	private ProviderSettings() {
	}

	/**
	 * Read the settings of a connection.
	 * @param environment where the properties are
	 * @param connection the connection's name
	 * @param group what the provider calls its settings
	 * @param type an immutable type with one constructor that takes nothing as default
	 * @param <T> the type
	 * @return the settings
	 * @throws StreamingConfigurationException if the type refuses a value
	 * @throws BindException if a value is not of its type
	 */
	public static <T> T bind(Environment environment, String connection, String group, Class<T> type) {
		ConfigurationPropertyName name = nameOf(connection).append(group);
		try {
			return Binder.get(environment).bindOrCreate(name, Bindable.of(type), null);
		}
		catch (BindException ex) {
			String reason = refusal(ex);
			if (reason == null) {
				throw ex;
			}
			throw new StreamingConfigurationException(ex.getName().toString(), null,
					StringUtils.capitalize(reason) + (reason.endsWith(".") ? "" : "."),
					"Change the settings under '" + name + "', or remove what is wrong for the default.");
		}
	}

	/**
	 * Return the property prefix of a connection.
	 * @param connection the connection's name
	 * @return the prefix
	 */
	public static ConfigurationPropertyName nameOf(String connection) {
		boolean plain = connection.chars().allMatch((c) -> Character.isLetterOrDigit(c) || c == '-' || c == '_');
		ConfigurationPropertyName connections = ConfigurationPropertyName.of(CONNECTIONS);
		return plain ? ConfigurationPropertyName.adapt(CONNECTIONS + "." + connection, '.')
				: connections.append("[" + connection + "]");
	}

	private static @Nullable String refusal(BindException failure) {
		Throwable cause = failure;
		while (cause != null) {
			if (cause instanceof ConversionException) {
				// Spring Boot says it better: which value, from where, and what it may be
				return null;
			}
			if (cause.getClass() == IllegalArgumentException.class && cause.getMessage() != null) {
				return cause.getMessage();
			}
			cause = cause.getCause();
		}
		return null;
	}

}
