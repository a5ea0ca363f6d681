package dev.streaming.internal.transport;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * A dial failed. Its message, and those of its causes, carry no header, query string,
 * user info or redirect target.
 */
public final class DialException extends Exception {

	private static final long serialVersionUID = 1L;

	private final Kind kind;

	private final int statusCode;

	private final @Nullable Duration retryAfter;

	/**
	 * Create a failure without an HTTP status.
	 * @param kind the kind of failure
	 * @param message the detail message
	 * @param cause why, or {@code null}
	 */
	public DialException(Kind kind, String message, @Nullable Throwable cause) {
		this(kind, message, cause, 0, null);
	}

	/**
	 * Create a failure.
	 * @param kind the kind of failure
	 * @param message the detail message
	 * @param cause why, or {@code null}
	 * @param statusCode the HTTP status of the server or, if it refused, of the proxy; or
	 * 0
	 * @param retryAfter the delay that the server asks for, or {@code null}
	 */
	public DialException(Kind kind, String message, @Nullable Throwable cause, int statusCode,
			@Nullable Duration retryAfter) {
		super(message, cause);
		this.kind = kind;
		this.statusCode = statusCode;
		this.retryAfter = retryAfter;
	}

	/**
	 * Return the kind of failure.
	 * @return the kind
	 */
	public Kind kind() {
		return this.kind;
	}

	/**
	 * Return the HTTP status of the server.
	 * @return the status, or 0 if there was none or it is not known
	 */
	public int statusCode() {
		return (this.kind != Kind.PROXY_REFUSED) ? this.statusCode : 0;
	}

	/**
	 * Return the HTTP status with which a proxy refused to connect to the server.
	 * @return the status, or 0 if no proxy refused
	 */
	public int proxyStatusCode() {
		return (this.kind == Kind.PROXY_REFUSED) ? this.statusCode : 0;
	}

	/**
	 * Return the delay that the server asks for.
	 * @return the time, or {@code null}
	 */
	public @Nullable Duration retryAfter() {
		return this.retryAfter;
	}

	/**
	 * Kinds of failure.
	 */
	public enum Kind {

		/** The server answered the upgrade with a status other than 101. */
		REFUSED,

		/** The server answered with a redirect, which is not followed. */
		REDIRECT,

		/** A proxy before the server refused to connect to it. */
		PROXY_REFUSED,

		/** One side does not trust the other's certificate, or it is for another host. */
		UNTRUSTED,

		/**
		 * The URL, a header or a subprotocol cannot be sent, or the transport cannot do
		 * what a setting asks for.
		 */
		MALFORMED,

		/** The answer was not a WebSocket's, as a wrong Sec-WebSocket-Accept. */
		PROTOCOL,

		/** Anything that the network did: DNS, refused, reset, timed out. */
		NETWORK

	}

}
