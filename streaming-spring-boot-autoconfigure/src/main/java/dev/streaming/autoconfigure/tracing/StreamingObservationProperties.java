package dev.streaming.autoconfigure.tracing;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Configuration properties of the observations.
 *
 * @since 1.0.0
 */
@ConfigurationProperties("streaming.observation")
public class StreamingObservationProperties {

	/**
	 * Whether to send trace headers to the provider in the handshake.
	 */
	private boolean propagateTraceHeaders;

	/**
	 * Whether to record transcripts, and arguments and results of tools, in spans. They
	 * are confidential.
	 */
	private boolean includeContent;

	public boolean isIncludeContent() {
		return this.includeContent;
	}

	public void setIncludeContent(boolean includeContent) {
		this.includeContent = includeContent;
	}

	public boolean isPropagateTraceHeaders() {
		return this.propagateTraceHeaders;
	}

	public void setPropagateTraceHeaders(boolean propagateTraceHeaders) {
		this.propagateTraceHeaders = propagateTraceHeaders;
	}

}
