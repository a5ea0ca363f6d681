package dev.streaming.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;

/**
 * {@link org.springframework.boot.diagnostics.FailureAnalyzer} that reports property,
 * value, origin, reason and action of a {@link StreamingConfigurationException}. Spring
 * Boot's analyzer for invalid values shows the value as configured, including a key in a
 * URL, and supports canonical names only.
 */
class StreamingFailureAnalyzer extends AbstractFailureAnalyzer<StreamingConfigurationException> {

	private final @Nullable Environment environment;

	StreamingFailureAnalyzer(@Nullable Environment environment) {
		this.environment = environment;
	}

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, StreamingConfigurationException cause) {
		return new FailureAnalysis(describe(cause), cause.getAction(), cause);
	}

	private String describe(StreamingConfigurationException cause) {
		String property = cause.getProperty();
		if (property == null) {
			return cause.getReason();
		}
		ConfigurationProperty found = find(property);
		StringBuilder description = new StringBuilder("Invalid value ");
		if (cause.getValue() != null) {
			description.append('\'').append(asTyped(found, cause.getValue())).append("' ");
		}
		description.append("for configuration property '").append(property).append('\'');
		if (found != null && found.getOrigin() != null) {
			description.append(" (originating from '").append(found.getOrigin()).append("')");
		}
		return description.append(":").append(String.format("%n%n    ")).append(cause.getReason()).toString();
	}

	// Like 10s rather than PT10S. A string is the value to be shown, which may be
	// shorter than the configured one
	private static Object asTyped(@Nullable ConfigurationProperty found, Object value) {
		if (found == null || value instanceof String || found.getValue().toString().contains("${")) {
			return value;
		}
		return found.getValue();
	}

	private @Nullable ConfigurationProperty find(String property) {
		if (!(this.environment instanceof ConfigurableEnvironment configurable)) {
			return null;
		}
		ConfigurationPropertyName name = ConfigurationPropertyName.adapt(property, '.');
		for (ConfigurationPropertySource source : ConfigurationPropertySources
			.from(configurable.getPropertySources())) {
			ConfigurationProperty found = source.getConfigurationProperty(name);
			if (found != null) {
				return found;
			}
		}
		return null;
	}

}
