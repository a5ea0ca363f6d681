package dev.streaming.autoconfigure.metrics;

import dev.streaming.autoconfigure.StreamingAutoConfiguration;
import dev.streaming.metrics.MicrometerStreamingObserver;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the meters of streaming
 * connections and sessions.
 *
 * @since 1.0.0
 */
@AutoConfiguration(after = StreamingAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(MeterRegistry.class)
@ConditionalOnBooleanProperty(name = "streaming.enabled", matchIfMissing = true)
public final class StreamingMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	MicrometerStreamingObserver micrometerStreamingObserver(MeterRegistry meterRegistry) {
		return new MicrometerStreamingObserver(meterRegistry);
	}

}
