package dev.streaming.internal.transport.websocket;

import java.lang.reflect.Method;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.BufferOverflowException;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.streaming.internal.transport.DialException;
import dev.streaming.internal.transport.DialException.Kind;
import dev.streaming.internal.transport.DialPeer;
import dev.streaming.internal.transport.NetworkFailures;
import org.apache.tomcat.util.res.StringManager;
import org.apache.tomcat.websocket.WsWebSocketContainer;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Translates failures of containers. There is no common type for a refused upgrade, and
 * Tomcat provides the status in its message only.
 */
final class DialFailures {

	/**
	 * Matches the status in Tomcat's messages: the first number in brackets, which is
	 * independent of the language.
	 */
	private static final Pattern TOMCAT_STATUS = Pattern.compile("\\[(\\d{3})]");

	/**
	 * Matches the proxy in Tomcat's messages, in the format of the JDK, and the first
	 * number after it.
	 */
	private static final Pattern TOMCAT_PROXY = Pattern.compile("\\[HTTP @ [^]]*][^\\[]*\\[(\\d{3})]");

	/** Matches the number of redirects in Tomcat's messages: one of none allowed. */
	private static final Pattern TOMCAT_REDIRECT = Pattern.compile("\\[1][^\\[]*\\[0]");

	/** Jetty's message, which is always in English. */
	private static final String JETTY_LONG_HEADERS = "Response Header Bytes Too Large";

	private DialFailures() {
	}

	/**
	 * Translate a failure.
	 * @param uri the URL that was dialed
	 * @param failure the exception of the client
	 * @return the translated failure, without secrets
	 */
	static DialException of(URI uri, Throwable failure) {
		List<Throwable> chain = NetworkFailures.chain(failure);
		for (Throwable part : chain) {
			if (part instanceof DialException own) {
				return own;
			}
		}
		Integer ofProxy = chain.stream()
			.filter(DialFailures::isTomcats)
			.map((part) -> number(TOMCAT_PROXY, part))
			.filter(Objects::nonNull)
			.findFirst()
			.orElse(null);
		if (ofProxy != null) {
			return DialPeer.proxy(null, uri).answered(ofProxy);
		}
		return of(DialPeer.server(uri), chain, failure);
	}

	/**
	 * Translate a failure that occurred before a proxy had connected to the server.
	 * @param uri the URL that was dialed
	 * @param proxy the proxy
	 * @param failure the exception of the client
	 * @return the translated failure, without secrets
	 */
	static DialException ofProxy(URI uri, InetSocketAddress proxy, Throwable failure) {
		return of(DialPeer.proxy(proxy, uri), NetworkFailures.chain(failure), failure);
	}

	private static DialException of(DialPeer peer, List<Throwable> chain, Throwable failure) {
		for (Throwable part : chain) {
			DialException known = known(peer, part, failure);
			if (known != null) {
				return known;
			}
		}
		Integer status = status(chain);
		if (status != null) {
			return peer.answered(status);
		}
		if (any(chain, DialFailures::isRedirect)) {
			return new DialException(Kind.REDIRECT, peer.name() + " answered with a redirect, which is not followed",
					null);
		}
		return NetworkFailures.broken(peer, chain, failure);
	}

	private static @Nullable DialException known(DialPeer peer, Throwable part, Throwable failure) {
		if (part instanceof BufferOverflowException) {
			return new DialException(Kind.MALFORMED,
					"Path and query are longer than the 4 KB that the WebSocket client can send", null);
		}
		DialException known = NetworkFailures.known(peer, part, failure);
		if (known != null) {
			return known;
		}
		if (part.getClass().getName().equals("org.apache.tomcat.websocket.AuthenticationException")) {
			return peer.challenged();
		}
		if (areHeadersTooLong(part)) {
			return NetworkFailures.headersTooLong(peer);
		}
		return null;
	}

	private static boolean areHeadersTooLong(Throwable part) {
		String message = String.valueOf(part.getMessage());
		return (isTomcats(part) && TomcatTexts.areHeadersTooLong(message))
				|| (part.getClass().getName().startsWith("org.eclipse.jetty.") && message.endsWith(JETTY_LONG_HEADERS));
	}

	private static @Nullable Integer status(List<Throwable> chain) {
		for (Throwable part : chain) {
			Method jetty = ClassUtils.getMethodIfAvailable(part.getClass(), "getResponseStatusCode");
			if (jetty != null && ReflectionUtils.invokeMethod(jetty, part) instanceof Integer status && status > 101) {
				return status;
			}
			if (isTomcats(part) && !isRedirect(part)) {
				return number(TOMCAT_STATUS, part);
			}
		}
		return null;
	}

	private static @Nullable Integer number(Pattern pattern, Throwable part) {
		Matcher matcher = pattern.matcher(String.valueOf(part.getMessage()));
		return matcher.find() ? Integer.valueOf(matcher.group(1)) : null;
	}

	private static boolean isRedirect(Throwable part) {
		// The target of a redirect that cannot be parsed; the dialed URL was parsed
		// before
		return part instanceof URISyntaxException
				|| (isTomcats(part) && TOMCAT_REDIRECT.matcher(String.valueOf(part.getMessage())).find());
	}

	private static boolean isTomcats(Throwable part) {
		// With a cause the message has no status, but a URL that might contain a similar
		// number
		return part.getClass().getName().equals("jakarta.websocket.DeploymentException") && part.getCause() == null;
	}

	private static boolean any(List<Throwable> chain, Predicate<Throwable> condition) {
		return chain.stream().anyMatch(condition);
	}

	/**
	 * Messages of Tomcat that are identified by their text only, which is in the JVM's
	 * language. Loaded only for an exception of its client.
	 */
	private static final class TomcatTexts {

		static boolean areHeadersTooLong(String message) {
			return NativeSession.Containers.TOMCAT && StringManager.getManager(WsWebSocketContainer.class)
				.getString("wsWebSocketContainer.responseHeadersLimit")
				.equals(message);
		}

	}

}
