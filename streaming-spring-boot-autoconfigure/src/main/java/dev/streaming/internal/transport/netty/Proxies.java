package dev.streaming.internal.transport.netty;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;

import dev.streaming.ProxySettings;
import org.jspecify.annotations.Nullable;

/**
 * Determines the proxy of a dial: that of its settings, or else the first one of the
 * JVM's {@link ProxySelector}.
 */
final class Proxies {

	private Proxies() {
	}

	/**
	 * Return the proxy for a dial. May block, as the selector does.
	 * @param uri a {@code ws} or {@code wss} URL
	 * @param configured the proxy of the settings, or {@code null}
	 * @return an HTTP or a SOCKS proxy, or {@code null} for a direct connection
	 */
	static @Nullable ProxySettings select(URI uri, @Nullable ProxySettings configured) {
		if (configured != null) {
			return configured.appliesTo(uri.getHost()) ? configured : null;
		}
		ProxySelector selector = ProxySelector.getDefault();
		if (selector == null) {
			return null;
		}
		// http for ws, https for wss
		for (Proxy proxy : selector.select(URI.create("http" + uri.toString().substring(2)))) {
			if (proxy.type() == Proxy.Type.DIRECT) {
				return null;
			}
			if (proxy.address() instanceof InetSocketAddress address) {
				return (proxy.type() == Proxy.Type.SOCKS)
						? ProxySettings.socks5(address.getHostString(), address.getPort())
						: ProxySettings.http(address.getHostString(), address.getPort());
			}
		}
		return null;
	}

}
