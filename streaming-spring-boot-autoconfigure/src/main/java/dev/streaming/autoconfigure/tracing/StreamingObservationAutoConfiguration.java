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
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
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

		@Bean
		@ConditionalOnMissingBean(name = "streamingObservationMeterFilter")
		MeterFilter streamingObservationMeterFilter() {
			return new ObservationMeterFilter();
		}

	}

	/**
	 * Filter that denies the timers of observations. Without streams: it is asked for
	 * each meter of the application as that starts.
	 */
	private static final class ObservationMeterFilter implements MeterFilter {

		private static final String PREFIX = "streaming.";

		private static final List<String> OBSERVATIONS = List.of("streaming.dial", "streaming.outage",
				"streaming.conversation.turn", "streaming.conversation.tool");

		@Override
		public MeterFilterReply accept(Meter.Id id) {
			return (id.getName().startsWith(PREFIX) && isOfObservation(id.getName())) ? MeterFilterReply.DENY
					: MeterFilterReply.NEUTRAL;
		}

		private static boolean isOfObservation(String meter) {
			for (String observation : OBSERVATIONS) {
				if (meter.equals(observation) || meter.startsWith(observation + ".")) {
					return true;
				}
			}
			return false;
		}

	}

}
