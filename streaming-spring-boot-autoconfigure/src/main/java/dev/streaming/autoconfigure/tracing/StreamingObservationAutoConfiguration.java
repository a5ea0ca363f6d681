package dev.streaming.autoconfigure.tracing;

import java.util.List;
import java.util.function.UnaryOperator;

import dev.streaming.autoconfigure.StreamingAutoConfiguration;
import dev.streaming.interceptor.TranscriptRedactor;
import dev.streaming.tracing.DialObservationConvention;
import dev.streaming.tracing.ObservationConventions;
import dev.streaming.tracing.ObservationStreamingObserver;
import dev.streaming.tracing.OutageObservationConvention;
import dev.streaming.tracing.ToolObservationConvention;
import dev.streaming.tracing.TurnObservationConvention;
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
 * {@link EnableAutoConfiguration Auto-configuration} for the observations of dials,
 * outages, turns and tool calls.
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
			ObjectProvider<OutageObservationConvention> outageConvention,
			ObjectProvider<TurnObservationConvention> turnConvention,
			ObjectProvider<ToolObservationConvention> toolConvention, ObjectProvider<TranscriptRedactor> redactor,
			StreamingObservationProperties properties) {
		UnaryOperator<String> redaction = redactor.getIfAvailable(() -> TranscriptRedactor.NONE)::redact;
		return new ObservationStreamingObserver(observationRegistry,
				new ObservationConventions(dialConvention.getIfAvailable(), outageConvention.getIfAvailable(),
						turnConvention.getIfAvailable(), toolConvention.getIfAvailable()),
				properties.isPropagateTraceHeaders(), properties.isIncludeContent() ? redaction : null);
	}

	/**
	 * Configuration that disables the timers of observations, because there are more
	 * specific meters.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterFilter.class)
	static class MeterFilterConfiguration {

		private static final List<String> OBSERVATIONS = List.of("streaming.dial", "streaming.outage",
				"streaming.conversation.turn", "streaming.conversation.tool");

		@Bean
		@ConditionalOnMissingBean(name = "streamingObservationMeterFilter")
		MeterFilter streamingObservationMeterFilter() {
			return MeterFilter
				.deny((id) -> OBSERVATIONS.stream().anyMatch((observation) -> isOf(id.getName(), observation)));
		}

		private static boolean isOf(String meter, String observation) {
			return meter.equals(observation) || meter.startsWith(observation + ".");
		}

	}

}
