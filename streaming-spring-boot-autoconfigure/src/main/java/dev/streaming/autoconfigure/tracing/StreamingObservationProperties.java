package dev.streaming.autoconfigure.tracing;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings of the observations of dials and outages.
 *
 * @since 1.0.0
 */
@ConfigurationProperties("streaming.observation")
public class StreamingObservationProperties {

	/**
	 * Whether to send trace headers to the provider in the handshake.
	 */
	private boolean propagateTraceHeaders;

	public boolean isPropagateTraceHeaders() {
		return this.propagateTraceHeaders;
	}

	public void setPropagateTraceHeaders(boolean propagateTraceHeaders) {
		this.propagateTraceHeaders = propagateTraceHeaders;
	}

}
