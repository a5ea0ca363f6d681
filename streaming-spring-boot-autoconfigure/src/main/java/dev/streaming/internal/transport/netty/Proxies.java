package dev.streaming.internal.transport.netty;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;

import org.jspecify.annotations.Nullable;

/**
 * Finds the proxy of a dial: the first one that the JVM's {@link ProxySelector} names.
 */
final class Proxies {

	private Proxies() {
	}

	/**
	 * Return the proxy for a dial. May block, as the selector does.
	 * @param uri a {@code ws} or {@code wss} URL
	 * @return an HTTP or a SOCKS proxy, or {@code null} for a direct connection
	 */
	static @Nullable Proxy select(URI uri) {
		ProxySelector selector = ProxySelector.getDefault();
		if (selector == null) {
			return null;
		}
		// http for ws, https for wss
		for (Proxy proxy : selector.select(URI.create("http" + uri.toString().substring(2)))) {
			if (proxy.type() == Proxy.Type.DIRECT) {
				return null;
			}
			if (proxy.address() instanceof InetSocketAddress) {
				return proxy;
			}
		}
		return null;
	}

}
