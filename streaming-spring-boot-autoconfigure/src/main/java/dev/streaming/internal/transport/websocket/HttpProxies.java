package dev.streaming.internal.transport.websocket;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.util.List;

import dev.streaming.ProxySettings;
import dev.streaming.internal.transport.DialException;
import dev.streaming.internal.transport.DialPeer;
import org.jspecify.annotations.Nullable;

/**
 * Determines the proxy that Tomcat's client uses for a dial: the first HTTP proxy of the
 * JVM's {@link ProxySelector}. The client does not support SOCKS proxies and would
 * silently bypass them.
 */
final class HttpProxies {

	private HttpProxies() {
	}

	/**
	 * Return the proxy of a dial with proxy settings.
	 * @param uri a {@code ws} or {@code wss} URL
	 * @param settings the settings
	 * @return the proxy, or {@link Proxy#NO_PROXY}
	 * @throws DialException if Tomcat's client does not support it
	 */
	static Proxy configured(URI uri, ProxySettings settings) throws DialException {
		if (!settings.appliesTo(uri.getHost())) {
			return Proxy.NO_PROXY;
		}
		if (settings.type() != ProxySettings.Type.HTTP) {
			throw new DialException(DialException.Kind.MALFORMED,
					"The standard transport cannot use a SOCKS proxy: use transport: netty, or an HTTP proxy", null);
		}
		return new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(settings.host(), settings.port()));
	}

	/**
	 * Return the proxy for a dial. May block, as the selector does.
	 * @param uri a {@code ws} or {@code wss} URL
	 * @return the address of the proxy, or {@code null} for a direct connection
	 * @throws DialException if there is a proxy that Tomcat's client does not support
	 */
	static @Nullable InetSocketAddress select(URI uri) throws DialException {
		ProxySelector selector = ProxySelector.getDefault();
		if (selector == null) {
			throw new DialException(DialException.Kind.MALFORMED,
					"The JVM has no ProxySelector, which Tomcat's WebSocket client needs:"
							+ " use ProxySelector.of(null) for direct connections in place of null",
					null);
		}
		// As in Tomcat: http for ws, https for wss
		List<Proxy> proxies = selector.select(URI.create("http" + uri.toString().substring(2)));
		for (Proxy proxy : proxies) {
			if (proxy.type() == Proxy.Type.HTTP && proxy.address() instanceof InetSocketAddress address) {
				return address;
			}
		}
		if (proxies.stream().anyMatch((proxy) -> proxy.type() == Proxy.Type.SOCKS)
				&& proxies.stream().noneMatch((proxy) -> proxy.type() == Proxy.Type.DIRECT)) {
			throw new DialException(DialException.Kind.MALFORMED, "The JVM's ProxySelector names a SOCKS proxy for "
					+ DialPeer.address(uri)
					+ ", which Tomcat's WebSocket client cannot use: name an HTTP proxy, or exclude the host from"
					+ " proxying (socksNonProxyHosts)", null);
		}
		return null;
	}

}
