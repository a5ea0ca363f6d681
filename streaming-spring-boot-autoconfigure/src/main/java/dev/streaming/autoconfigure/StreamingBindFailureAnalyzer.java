package dev.streaming.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindException;
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

	private final StreamingFailureAnalyzer analyzer;

	StreamingBindFailureAnalyzer(@Nullable Environment environment) {
		this.analyzer = new StreamingFailureAnalyzer(environment);
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
		String reason = CONNECTIONS.isAncestorOf(cause.getName()) ? refusal(cause) : null;
		if (reason == null) {
			return null;
		}
		String name = cause.getName().toString();
		return this.analyzer.analyze(rootFailure,
				new StreamingConfigurationException(name, null,
						StringUtils.capitalize(reason) + (reason.endsWith(".") ? "" : "."),
						"Change the settings under '" + name + "', or remove what is wrong for the default."));
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
