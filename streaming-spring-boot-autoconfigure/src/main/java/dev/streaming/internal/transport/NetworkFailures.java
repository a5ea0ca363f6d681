package dev.streaming.internal.transport;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.InterruptedByTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.regex.Pattern;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

import dev.streaming.internal.transport.DialException.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Translates exceptions of network and TLS during a dial, independent of the client.
 */
public final class NetworkFailures {

	private static final int MAX_DEPTH = 20;

	/**
	 * Matches the JDK's messages for a server that rejects the client certificate, or its
	 * absence.
	 */
	private static final Pattern CERTIFICATE_ALERT = Pattern
		.compile("alert: (\\w*certificate\\w*|unknown_ca|access_denied)");

	private NetworkFailures() {
	}

	/**
	 * Translate a failure.
	 * @param peer the peer of the failed dial
	 * @param failure the failure
	 * @return the translated failure, without secrets
	 */
	public static DialException of(DialPeer peer, Throwable failure) {
		List<Throwable> chain = chain(failure);
		for (Throwable part : chain) {
			DialException known = (part instanceof DialException own) ? own : known(peer, part, failure);
			if (known != null) {
				return known;
			}
		}
		return broken(peer, chain, failure);
	}

	/**
	 * Create the failure of a dial that was cancelled.
	 * @param uri the URL that was dialed
	 * @return the failure
	 */
	public static DialException cancelled(URI uri) {
		return new DialException(Kind.NETWORK, "The dial to " + DialPeer.address(uri) + " was cancelled", null);
	}

	/**
	 * Translate one of the causes of a failure, if it is sufficient.
	 * @param peer the peer of the failed dial
	 * @param part the cause
	 * @param failure the failure
	 * @return the translated failure, or {@code null} if the cause is not sufficient
	 */
	public static @Nullable DialException known(DialPeer peer, Throwable part, Throwable failure) {
		String where = peer.name();
		if (part instanceof HandshakeViolationException) {
			return new DialException(Kind.PROTOCOL,
					where + " sent an invalid WebSocket handshake response: " + part.getMessage(), null);
		}
		if (part instanceof CertificateException || part instanceof CertPathValidatorException
				|| part instanceof SSLPeerUnverifiedException) {
			return new DialException(Kind.UNTRUSTED, "The certificate of " + where + " is not trusted",
					SanitizedCause.of(failure));
		}
		if (part instanceof SSLException && CERTIFICATE_ALERT.matcher(String.valueOf(part.getMessage())).find()) {
			return new DialException(Kind.UNTRUSTED,
					where + " rejected the client certificate, or that there is none: it requires one that it trusts",
					SanitizedCause.of(failure));
		}
		if (part instanceof UnknownHostException || part instanceof UnresolvedAddressException) {
			return new DialException(Kind.NETWORK, where + " cannot be resolved: unknown host",
					SanitizedCause.of(part));
		}
		return null;
	}

	/**
	 * Create the failure of a dial that was answered with too many headers.
	 * @param peer the peer that has answered
	 * @return the failure
	 */
	public static DialException headersTooLong(DialPeer peer) {
		return new DialException(Kind.PROTOCOL, "%s answered with headers that exceed the limit of %d KiB"
			.formatted(peer.name(), HandshakeRules.MAX_HEADER_BYTES / 1024), null);
	}

	/**
	 * Create the failure of a dial that ended without a response.
	 * @param peer the peer that did not answer
	 * @param chain the failure and its causes
	 * @param failure the failure
	 * @return the translated failure, without secrets
	 */
	public static DialException broken(DialPeer peer, List<Throwable> chain, Throwable failure) {
		String where = peer.name();
		if (any(chain, (part) -> part instanceof TimeoutException || part instanceof SocketTimeoutException
				|| part instanceof InterruptedByTimeoutException)) {
			return new DialException(Kind.TIMEOUT, where + " did not answer in time", SanitizedCause.of(failure));
		}
		if (any(chain, EOFException.class::isInstance)) {
			return new DialException(Kind.NETWORK, where + " closed the connection during the handshake",
					SanitizedCause.of(failure));
		}
		if (any(chain, SSLException.class::isInstance)) {
			return new DialException(Kind.NETWORK, "The TLS handshake with " + where + " failed",
					SanitizedCause.of(failure));
		}
		if (any(chain, ConnectException.class::isInstance)) {
			return new DialException(Kind.NETWORK, where + " does not accept connections", SanitizedCause.of(failure));
		}
		Throwable root = chain.get(chain.size() - 1);
		if (root instanceof IOException || root instanceof SocketException || root instanceof InterruptedException) {
			return new DialException(Kind.NETWORK, where + " reset the connection during the handshake",
					SanitizedCause.of(failure));
		}
		return new DialException(Kind.PROTOCOL, where + ": the handshake failed", SanitizedCause.of(failure));
	}

	private static boolean any(List<Throwable> chain, Predicate<Throwable> condition) {
		return chain.stream().anyMatch(condition);
	}

	/**
	 * Return a failure and its causes.
	 * @param failure the failure
	 * @return the failures, outermost first
	 */
	public static List<Throwable> chain(Throwable failure) {
		List<Throwable> chain = new ArrayList<>();
		Throwable part = failure;
		while (part != null && chain.size() < MAX_DEPTH) {
			chain.add(part);
			part = part.getCause();
		}
		return chain;
	}

}
