package dev.streaming.autoconfigure.metrics;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.streaming.autoconfigure.StreamingAutoConfiguration;
import dev.streaming.autoconfigure.StreamingConfigurationException;
import dev.streaming.interceptor.TranscriptRecorder;
import dev.streaming.metrics.MicrometerRelayObserver;
import dev.streaming.metrics.MicrometerStreamingObserver;
import dev.streaming.metrics.ModelPrice;
import dev.streaming.metrics.StreamingMeters;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
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
@EnableConfigurationProperties(StreamingPricingProperties.class)
public final class StreamingMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	MicrometerStreamingObserver micrometerStreamingObserver(MeterRegistry meterRegistry,
			StreamingPricingProperties pricing) {
		Map<String, ModelPrice> prices = new LinkedHashMap<>();
		pricing.getPricing().forEach((model, price) -> prices.put(model, check(model, price)));
		return new MicrometerStreamingObserver(meterRegistry, prices);
	}

	@Bean
	@ConditionalOnBean(TranscriptRecorder.class)
	MeterBinder streamingRecorderMeters(TranscriptRecorder recorder) {
		StreamingMeters meter = StreamingMeters.RECORDS_DROPPED;
		return (registry) -> FunctionCounter.builder(meter.getName(), recorder, TranscriptRecorder::notRecorded)
			.description(meter.getDescription())
			.register(registry);
	}

	private static ModelPrice check(String model, StreamingPricingProperties.Price price) {
		try {
			return price.toPrice();
		}
		catch (IllegalArgumentException ex) {
			String property = "streaming.pricing[" + model + "]";
			throw new StreamingConfigurationException(property, "", ex.getMessage() + ".",
					"Set the prices of the model to the list of its provider, and 'currency' to their currency.");
		}
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBooleanProperty(name = "streaming.relay.enabled")
	MicrometerRelayObserver micrometerRelayObserver(MeterRegistry meterRegistry) {
		return new MicrometerRelayObserver(meterRegistry);
	}

}
