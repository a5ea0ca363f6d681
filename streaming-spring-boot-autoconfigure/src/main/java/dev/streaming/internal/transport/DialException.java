package dev.streaming.internal.transport;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Exception for a failed dial. Its message, and those of its causes, contain no header,
 * query string, user info or redirect target.
 */
public final class DialException extends Exception {

	private static final long serialVersionUID = 1L;

	private final Kind kind;

	private final int statusCode;

	private final @Nullable Duration retryAfter;

	/**
	 * Create an exception without an HTTP status.
	 * @param kind the kind of failure
	 * @param message the detail message
	 * @param cause the cause, or {@code null}
	 */
	public DialException(Kind kind, String message, @Nullable Throwable cause) {
		this(kind, message, cause, 0, null);
	}

	/**
	 * Create an exception.
	 * @param kind the kind of failure
	 * @param message the detail message
	 * @param cause the cause, or {@code null}
	 * @param statusCode the HTTP status of the server, or of the proxy if it refused; or
	 * 0
	 * @param retryAfter the delay that the server requested, or {@code null}
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
	 * @return the status, or 0 if there was none or it is unknown
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
	 * Return the delay that the server requested.
	 * @return the delay, or {@code null}
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

		/** A certificate is not trusted by the other side, or is for another host. */
		UNTRUSTED,

		/**
		 * The URL, a header or a subprotocol cannot be sent, or the transport does not
		 * support a setting.
		 */
		MALFORMED,

		/** Invalid WebSocket handshake response, such as a wrong Sec-WebSocket-Accept. */
		PROTOCOL,

		/** The peer did not respond within the timeout of the transport. */
		TIMEOUT,

		/** Any other network failure: DNS, refused, reset. */
		NETWORK

	}

}
