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
	 * Whether to send trace headers in the handshake. The provider sees them.
	 */
	private boolean propagateTraceHeaders;

	public boolean isPropagateTraceHeaders() {
		return this.propagateTraceHeaders;
	}

	public void setPropagateTraceHeaders(boolean propagateTraceHeaders) {
		this.propagateTraceHeaders = propagateTraceHeaders;
	}

}
