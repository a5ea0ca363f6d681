package dev.streaming.tracing;

import java.util.function.BiConsumer;

import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.SenderContext;
import org.jspecify.annotations.Nullable;

/**
 * Observation context of one dial. Its carrier adds the trace headers to the handshake,
 * unless they must not be sent.
 *
 * @since 1.0.0
 */
public final class DialObservationContext extends SenderContext<BiConsumer<String, String>> {

	private final String connectionName;

	private volatile @Nullable String outcome;

	private volatile int statusCode;

	/**
	 * Create a context.
	 * @param connectionName the configured name of the connection
	 * @param headers accepts headers to add to the handshake
	 */
	public DialObservationContext(String connectionName, BiConsumer<String, String> headers) {
		super((carrier, name, value) -> {
			if (carrier != null) {
				carrier.accept(name, value);
			}
		}, Kind.CLIENT);
		this.connectionName = connectionName;
		setCarrier(headers);
	}

	/**
	 * Return the configured name of the connection.
	 * @return the name
	 */
	public String getConnectionName() {
		return this.connectionName;
	}

	/**
	 * Return the outcome of the dial.
	 * @return {@code success}, {@code refused}, {@code timeout} or {@code error};
	 * {@code null} while it is in progress
	 */
	public @Nullable String getOutcome() {
		return this.outcome;
	}

	/**
	 * Return the HTTP status of the handshake.
	 * @return the status, or 0 if there was none
	 */
	public int getStatusCode() {
		return this.statusCode;
	}

	void ended(String outcome, int statusCode) {
		this.outcome = outcome;
		this.statusCode = statusCode;
	}

}
