package dev.streaming;

/**
 * A session failed to reconnect: its attempts are spent, or a failure is permanent. The
 * cause is the last failure; what began the outage is suppressed.
 *
 * @since 1.0.0
 */
public class ReconnectFailedException extends StreamingException {

	private static final long serialVersionUID = 1L;

	private final int attempts;

	/**
	 * Create a failure.
	 * @param message the detail message
	 * @param cause the last failure
	 * @param attempts the number of attempts
	 */
	public ReconnectFailedException(String message, Throwable cause, int attempts) {
		super(message, cause);
		this.attempts = attempts;
	}

	/**
	 * Return the number of attempts.
	 * @return the attempts
	 */
	public int attempts() {
		return this.attempts;
	}

}
