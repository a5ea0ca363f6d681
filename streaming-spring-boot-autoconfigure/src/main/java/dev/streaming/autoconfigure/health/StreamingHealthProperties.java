package dev.streaming.autoconfigure.health;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.health.contributor.Status;

/**
 * Configuration properties of the health indicator.
 *
 * @since 1.0.0
 */
@ConfigurationProperties("streaming.health")
public class StreamingHealthProperties {

	/**
	 * Duration of an outage after which the health status changes. If not set, outages do
	 * not affect the health, so that an outage of one provider does not take every
	 * instance out of rotation.
	 */
	private @Nullable Duration outageThreshold;

	/**
	 * Health status while an outage lasts longer than the threshold.
	 */
	private OutageStatus outageStatus = OutageStatus.DOWN;

	public @Nullable Duration getOutageThreshold() {
		return this.outageThreshold;
	}

	public void setOutageThreshold(@Nullable Duration outageThreshold) {
		this.outageThreshold = outageThreshold;
	}

	public OutageStatus getOutageStatus() {
		return this.outageStatus;
	}

	public void setOutageStatus(OutageStatus outageStatus) {
		this.outageStatus = outageStatus;
	}

	/**
	 * Health status of a long outage.
	 */
	public enum OutageStatus {

		/** Status {@code DOWN}. */
		DOWN,

		/** Status {@code OUT_OF_SERVICE}. */
		OUT_OF_SERVICE;

		Status status() {
			return (this == DOWN) ? Status.DOWN : Status.OUT_OF_SERVICE;
		}

	}

}
