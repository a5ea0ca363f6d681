package dev.streaming.gemini;

import java.util.function.UnaryOperator;

import dev.streaming.StreamingException;

/**
 * Exception for an error reported by the service. An error in a chunk does not end the
 * session.
 *
 * @since 1.0.0
 */
public class GeminiErrorException extends StreamingException {

	private static final long serialVersionUID = 1L;

	private final long code;

	private final String status;

	/**
	 * Create an exception.
	 * @param message the service's message
	 * @param code the code of the error, such as 429, or 0
	 * @param status the status of the error, such as {@code RESOURCE_EXHAUSTED}, or empty
	 */
	public GeminiErrorException(String message, long code, String status) {
		this(message, code, status, UnaryOperator.identity());
	}

	GeminiErrorException(String message, long code, String status, UnaryOperator<String> sanitizer) {
		super("Gemini Live reported " + describe(code, sanitizer.apply(status)) + ": " + sanitizer.apply(message));
		this.code = code;
		this.status = status;
	}

	private static String describe(long code, String status) {
		String name = ((code != 0) ? code + " " : "") + status;
		return name.isBlank() ? "an error" : name.strip();
	}

	/**
	 * Return the code of the error.
	 * @return an HTTP status such as 429, or 0
	 */
	public long code() {
		return this.code;
	}

	/**
	 * Return the status of the error.
	 * @return such as {@code RESOURCE_EXHAUSTED}, or empty
	 */
	public String status() {
		return this.status;
	}

}
