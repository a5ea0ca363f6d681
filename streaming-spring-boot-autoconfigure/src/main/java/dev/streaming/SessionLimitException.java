package dev.streaming;

/**
 * Exception for a configured limit that was reached: either one that ends a session, in
 * which case it is the {@link Session#error()} of a session that was closed normally, or
 * {@code max-sessions}, in which case no session was opened and no connection was
 * dialled.
 *
 * @since 1.0.0
 */
public class SessionLimitException extends StreamingException {

	private static final long serialVersionUID = 1L;

	private final String limit;

	private final transient Object value;

	/**
	 * Create an exception.
	 * @param message the detail message, which names the setting and its value
	 * @param limit the name of the limit, such as {@code max-duration}
	 * @param value the configured value: an {@code Integer} or {@code Long}, or a
	 * {@code Duration}
	 */
	public SessionLimitException(String message, String limit, Object value) {
		super(message);
		this.limit = limit;
		this.value = value;
	}

	/**
	 * Return the name of the limit, which is that of its setting: {@code max-sessions},
	 * {@code max-duration}, {@code idle-timeout}, {@code max-tokens} or
	 * {@code max-audio}.
	 * @return the name
	 */
	public String limit() {
		return this.limit;
	}

	/**
	 * Return the configured value of the limit.
	 * @return the value
	 */
	public Object value() {
		return this.value;
	}

}
