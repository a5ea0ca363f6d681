package dev.streaming.autoconfigure.health;

import java.time.Duration;

import dev.streaming.SessionFactory;
import dev.streaming.autoconfigure.StreamingAutoConfiguration;
import dev.streaming.health.LastDials;
import dev.streaming.health.StreamingHealthIndicator;
import dev.streaming.internal.session.SessionSnapshots;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for
 * {@link StreamingHealthIndicator}.
 *
 * @since 1.0.0
 */
@AutoConfiguration(after = StreamingAutoConfiguration.class)
@ConditionalOnClass({ AbstractHealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnBean(SessionFactory.class)
@ConditionalOnEnabledHealthIndicator("streaming")
@EnableConfigurationProperties(StreamingHealthProperties.class)
public final class StreamingHealthContributorAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	LastDials streamingLastDials() {
		return new LastDials();
	}

	@Bean
	@ConditionalOnMissingBean(name = "streamingHealthIndicator")
	StreamingHealthIndicator streamingHealthIndicator(ObjectProvider<SessionFactory> factories, LastDials lastDials,
			StreamingHealthProperties properties) {
		Duration threshold = properties.getOutageThreshold();
		if (threshold != null && (threshold.isZero() || threshold.isNegative())) {
			throw new InvalidConfigurationPropertyValueException("streaming.health.outage-threshold", threshold,
					"It must be positive.");
		}
		return new StreamingHealthIndicator(
				() -> SessionSnapshots.of(SessionSnapshots.sessions(factories.orderedStream())),
				() -> SessionSnapshots.capacities(factories.orderedStream()), lastDials, threshold,
				properties.getOutageStatus().status());
	}

}
