package dev.streaming.autoconfigure.actuate;

import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for sanitizing the settings of
 * connections in the actuator's endpoints {@code configprops} and {@code env}.
 *
 * @since 1.0.0
 */
@AutoConfiguration
@ConditionalOnClass(SanitizingFunction.class)
@ConditionalOnBooleanProperty(name = "streaming.enabled", matchIfMissing = true)
public final class StreamingSanitizingAutoConfiguration {

	@Bean
	StreamingSanitizingFunction streamingSanitizingFunction() {
		return new StreamingSanitizingFunction();
	}

}
