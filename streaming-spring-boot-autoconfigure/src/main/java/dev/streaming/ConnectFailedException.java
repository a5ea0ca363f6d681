package dev.streaming;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

import org.jspecify.annotations.Nullable;

/**
 * Exception for a failed dial, or for the failure of all dials.
 *
 * @since 1.0.0
 */
public class ConnectFailedException extends StreamingException {

	private static final long serialVersionUID = 1L;

	private final int attempts;

	private final int statusCode;

	private final int proxyStatusCode;

	private final @Nullable Duration retryAfter;

	private final boolean retryable;

	/**
	 * Create an exception.
	 * @param message the detail message: the attempt, the host and the remedy
	 * @param cause the cause, or {@code null}
	 * @param attempts the number of dials
	 * @param statusCode the HTTP status of a refused upgrade
	 * @param retryAfter the delay that the server requested, or {@code null}
	 * @param retryable whether another dial may succeed
	 */
	public ConnectFailedException(String message, @Nullable Throwable cause, int attempts, OptionalInt statusCode,
			@Nullable Duration retryAfter, boolean retryable) {
		this(message, cause, attempts, statusCode, OptionalInt.empty(), retryAfter, retryable);
	}

	/**
	 * Create an exception for a failure that a proxy may have caused.
	 * @param message the message: the attempt, the host and the remedy
	 * @param cause the cause, or {@code null}
	 * @param attempts the number of dials
	 * @param statusCode the HTTP status of a refused upgrade
	 * @param proxyStatusCode the HTTP status with which a proxy refused to connect
	 * @param retryAfter the delay that the server requested, or {@code null}
	 * @param retryable whether another dial may succeed
	 */
	public ConnectFailedException(String message, @Nullable Throwable cause, int attempts, OptionalInt statusCode,
			OptionalInt proxyStatusCode, @Nullable Duration retryAfter, boolean retryable) {
		super(message, cause);
		this.attempts = attempts;
		this.statusCode = statusCode.orElse(0);
		this.proxyStatusCode = proxyStatusCode.orElse(0);
		this.retryAfter = retryAfter;
		this.retryable = retryable;
	}

	/**
	 * Return the number of dials.
	 * @return the number, the first dial included
	 */
	public int attempts() {
		return this.attempts;
	}

	/**
	 * Return the HTTP status of a refused upgrade, as returned by the provider, not by a
	 * proxy.
	 * @return the status, or empty if there was no response, or the transport does not
	 * provide it
	 */
	public OptionalInt statusCode() {
		return optional(this.statusCode);
	}

	/**
	 * Return the HTTP status with which a proxy refused to connect to the provider, such
	 * as 407 if it requires credentials (N3).
	 * @return the status, or empty if no proxy refused
	 */
	public OptionalInt proxyStatusCode() {
		return optional(this.proxyStatusCode);
	}

	private static OptionalInt optional(int statusCode) {
		return (statusCode != 0) ? OptionalInt.of(statusCode) : OptionalInt.empty();
	}

	/**
	 * Return the delay that the server requested, if the transport provides it.
	 * @return the value of {@code Retry-After}
	 */
	public Optional<Duration> retryAfter() {
		return Optional.ofNullable(this.retryAfter);
	}

	/**
	 * Return whether another dial may succeed. Not after a redirect, 400, 401, 403, 404,
	 * 405, 410, 422 or 501 of the provider or a proxy, 407 of a proxy, a malformed URL,
	 * an untrusted certificate, a {@link PermanentFailureException}, or
	 * {@link Conn#close()}.
	 * @return whether to try again
	 */
	public boolean isRetryable() {
		return this.retryable;
	}

}
