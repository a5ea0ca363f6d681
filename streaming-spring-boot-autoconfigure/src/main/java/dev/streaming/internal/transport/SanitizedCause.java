package dev.streaming.internal.transport;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.security.GeneralSecurityException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;

import javax.net.ssl.SSLException;

import org.jspecify.annotations.Nullable;

/**
 * Sanitizes causes for logs and messages. Messages of containers contain the URL with its
 * query, the target of a redirect and complete response headers.
 */
public final class SanitizedCause {

	private static final int MAX_DEPTH = 20;

	private SanitizedCause() {
	}

	/**
	 * Return a failure without texts of the peer.
	 * @param failure the failure
	 * @return its outermost part without data of a request or a response; otherwise a
	 * copy without messages
	 */
	public static Throwable of(Throwable failure) {
		Throwable part = failure;
		for (int depth = 0; part != null && depth < MAX_DEPTH; depth++) {
			if (isSafe(part, MAX_DEPTH)) {
				return part;
			}
			part = part.getCause();
		}
		return copy(failure, MAX_DEPTH);
	}

	private static boolean isSafe(@Nullable Throwable failure, int depth) {
		if (failure == null) {
			return true;
		}
		return depth > 0 && failure.getSuppressed().length == 0 && hasSafeMessage(failure)
				&& isSafe(failure.getCause(), depth - 1);
	}

	private static boolean hasSafeMessage(Throwable failure) {
		if (failure instanceof SocketException || failure instanceof UnknownHostException
				|| failure instanceof SocketTimeoutException || failure instanceof SSLException
				|| failure instanceof GeneralSecurityException || failure instanceof UnresolvedAddressException
				|| failure instanceof ClosedChannelException || failure instanceof InterruptedException
				|| failure instanceof LinkageError || failure instanceof HandshakeViolationException
				|| failure instanceof MessageTooBigException || failure instanceof RejectedExecutionException) {
			return true;
		}
		if (failure instanceof EOFException || failure instanceof TimeoutException) {
			return failure.getMessage() == null;
		}
		// The JDK's message about a broken socket contains no such data
		return failure.getClass() == IOException.class && failure.getMessage() != null
				&& failure.getMessage().chars().allMatch((c) -> Character.isLetter(c) || c == ' ');
	}

	private static Throwable copy(Throwable failure, int depth) {
		Throwable cause = failure.getCause();
		RedactedException copy = new RedactedException(failure.getClass().getName(),
				(cause != null && depth > 0) ? copy(cause, depth - 1) : null);
		copy.setStackTrace(failure.getStackTrace());
		return copy;
	}

	/**
	 * Replacement of an exception, without its message.
	 */
	static final class RedactedException extends Exception {

		private static final long serialVersionUID = 1L;

		RedactedException(String message, @Nullable Throwable cause) {
			super(message, cause);
		}

	}

}
