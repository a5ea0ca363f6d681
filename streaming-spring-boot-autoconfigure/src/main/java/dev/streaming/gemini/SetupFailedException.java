package dev.streaming.gemini;

import dev.streaming.StreamingException;
import org.jspecify.annotations.Nullable;

/**
 * Exception for a setup that the service did not accept, or did not answer before the
 * connection ended.
 */
final class SetupFailedException extends StreamingException {

	private static final long serialVersionUID = 1L;

	private final boolean refused;

	private final boolean permanent;

	SetupFailedException(String message, @Nullable Throwable cause, boolean refused, boolean permanent) {
		super(message, cause);
		this.refused = refused;
		this.permanent = permanent;
	}

	/**
	 * Return whether the service refused the setup, as opposed to a failure of the
	 * network.
	 * @return whether it did
	 */
	boolean isRefused() {
		return this.refused;
	}

	/**
	 * Return whether the service would refuse the setup again.
	 * @return whether it would
	 */
	boolean isPermanent() {
		return this.permanent;
	}

}
