package dev.streaming.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.annotation.Order;
import org.springframework.core.convert.ConversionException;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Tells what a provider's settings refuse. Spring Boot's own analyzer names the Java type
 * and the exception; for a value that is not of its type it says all, and is left to it.
 */
@Order(0)
class StreamingBindFailureAnalyzer extends AbstractFailureAnalyzer<BindException> {

	private static final ConfigurationPropertyName CONNECTIONS = ConfigurationPropertyName.of("streaming.connections");

	private final @Nullable Environment environment;

	private final StreamingFailureAnalyzer analyzer;

	StreamingBindFailureAnalyzer(@Nullable Environment environment) {
		this.environment = environment;
		this.analyzer = new StreamingFailureAnalyzer(environment);
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
		String reason = CONNECTIONS.isAncestorOf(cause.getName()) ? refusal(cause) : null;
		if (reason == null) {
			return null;
		}
		return this.analyzer.analyze(rootFailure, refused(cause.getName(), reason));
	}

	// What settings say begins with the name of the one to blame, relative to the
	// provider's
	private StreamingConfigurationException refused(ConfigurationPropertyName bound, String reason) {
		String setting = reason.split(" ", 2)[0];
		String sentence = reason + (reason.endsWith(".") ? "" : ".");
		ConfigurationPropertyName group = bound;
		while (CONNECTIONS.isAncestorOf(group)) {
			String value = ConfigurationPropertyName.isValid(setting) ? given(group.append(setting)) : null;
			if (value != null) {
				String name = group.append(setting).toString();
				return new StreamingConfigurationException(name, value, "It" + sentence.substring(setting.length()),
						"Change '" + name + "', or remove it for the default.");
			}
			group = group.getParent();
		}
		return new StreamingConfigurationException(bound.toString(), null, StringUtils.capitalize(sentence),
				"Change the settings under '" + bound + "', or remove what is wrong for the default.");
	}

	private @Nullable String given(ConfigurationPropertyName name) {
		if (this.environment == null) {
			return null;
		}
		return Binder.get(this.environment)
			.bind(name, Bindable.listOf(String.class))
			.map((values) -> String.join(", ", values))
			.orElse(null);
	}

	private static @Nullable String refusal(BindException failure) {
		Throwable cause = failure;
		while (cause != null) {
			if (cause instanceof ConversionException) {
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
