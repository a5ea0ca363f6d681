package dev.streaming.internal.transport.netty;

import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.streaming.ProxySettings;
import dev.streaming.internal.transport.DialException;
import dev.streaming.internal.transport.DialPeer;
import dev.streaming.internal.transport.NetworkFailures;
import io.netty.handler.proxy.ProxyConnectException;
import io.netty.handler.proxy.ProxyHandler;
import io.netty.handler.proxy.Socks5ProxyHandler;

/**
 * Creates Netty's handler for a SOCKS proxy, and translates its failures.
 */
final class SocksTunnel {

	/** Matches the name of a status in Netty's messages. */
	private static final Pattern STATUS = Pattern.compile("\\b(s|authS)tatus: ([A-Z_]+)");

	/**
	 * Part of Netty's message if the proxy accepts none of the offered authentication
	 * methods.
	 */
	private static final String NO_METHOD = "nexpected authMethod:";

	private SocksTunnel() {
	}

	/**
	 * Create a handler without its own timeout.
	 * @param address the resolved address of the proxy
	 * @param proxy the proxy
	 * @return the handler
	 */
	static ProxyHandler handler(InetSocketAddress address, ProxySettings proxy) {
		Socks5ProxyHandler handler = new Socks5ProxyHandler(address, proxy.user(), proxy.password());
		handler.setConnectTimeoutMillis(0);
		return handler;
	}

	/**
	 * Translate a failure.
	 * @param peer the proxy
	 * @param failure the failure
	 * @return the translated failure, without secrets
	 */
	static DialException failure(DialPeer peer, Throwable failure) {
		String message = String.valueOf(failure.getMessage());
		if (failure instanceof ProxyConnectException) {
			if (message.contains(NO_METHOD)) {
				return peer.loginRefused();
			}
			Matcher status = STATUS.matcher(message);
			if (status.find()) {
				return status.group(1).equals("s")
						? peer.refused(status.group(2).toLowerCase(Locale.ROOT).replace('_', ' '))
						: peer.loginRefused();
			}
		}
		return NetworkFailures.of(peer, failure);
	}

}
