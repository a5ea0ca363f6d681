package dev.streaming.gemini;

import dev.streaming.StreamingException;
import org.jspecify.annotations.Nullable;

/**
 * The service did not accept a setup, or was gone before it could.
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
	 * Return whether the service itself said no, and not the network.
	 * @return whether it did
	 */
	boolean isRefused() {
		return this.refused;
	}

	/**
	 * Return whether it would refuse again.
	 * @return whether it would
	 */
	boolean isPermanent() {
		return this.permanent;
	}

}
