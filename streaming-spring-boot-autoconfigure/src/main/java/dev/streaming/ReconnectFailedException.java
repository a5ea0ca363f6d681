package dev.streaming;

/**
 * Exception for a session that failed to reconnect, because its attempts are exhausted or
 * a failure is permanent. The cause is the last failure; the failure that started the
 * outage is suppressed.
 *
 * @since 1.0.0
 */
public class ReconnectFailedException extends StreamingException {

	private static final long serialVersionUID = 1L;

	private final int attempts;

	/**
	 * Create an exception.
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
