package dev.streaming.autoconfigure.tracing;

import dev.streaming.autoconfigure.StreamingAutoConfiguration;
import dev.streaming.tracing.DialObservationConvention;
import dev.streaming.tracing.ObservationStreamingObserver;
import dev.streaming.tracing.OutageObservationConvention;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.observation.ObservationRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the observations of dials and
 * outages.
 *
 * @since 1.0.0
 */
@AutoConfiguration(after = StreamingAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnBean(ObservationRegistry.class)
@ConditionalOnBooleanProperty(name = "streaming.enabled", matchIfMissing = true)
@EnableConfigurationProperties(StreamingObservationProperties.class)
public final class StreamingObservationAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	ObservationStreamingObserver observationStreamingObserver(ObservationRegistry observationRegistry,
			ObjectProvider<DialObservationConvention> dialConvention,
			ObjectProvider<OutageObservationConvention> outageConvention, StreamingObservationProperties properties) {
		return new ObservationStreamingObserver(observationRegistry, dialConvention.getIfAvailable(),
				outageConvention.getIfAvailable(), properties.isPropagateTraceHeaders());
	}

	/**
	 * Observations also become timers of their name. There are better ones already.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterFilter.class)
	static class MeterFilterConfiguration {

		@Bean
		@ConditionalOnMissingBean(name = "streamingObservationMeterFilter")
		MeterFilter streamingObservationMeterFilter() {
			return MeterFilter
				.deny((id) -> isOf(id.getName(), "streaming.dial") || isOf(id.getName(), "streaming.outage"));
		}

		private static boolean isOf(String meter, String observation) {
			return meter.equals(observation) || meter.startsWith(observation + ".");
		}

	}

}
