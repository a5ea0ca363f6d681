package dev.streaming.internal.util;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

import org.springframework.util.Assert;

/**
 * Validates URLs to dial. The messages never contain the URL, because it may contain
 * secrets.
 */
public final class WebSocketUrl {

	private static final int MAX_PORT = 65_535;

	private WebSocketUrl() {
	}

	public static URI parse(String url) {
		URI uri;
		try {
			uri = new URI(url);
		}
		catch (URISyntaxException ex) {
			throw new IllegalArgumentException("url is malformed at index " + ex.getIndex()
					+ "; it must be a ws:// or wss:// URL, with special characters encoded");
		}
		return check(uri);
	}

	public static URI check(URI uri) {
		String scheme = (uri.getScheme() != null) ? uri.getScheme().toLowerCase(Locale.ROOT) : "";
		if (!"ws".equals(scheme) && !"wss".equals(scheme)) {
			throw new IllegalArgumentException("url must be a ws:// or wss:// URL, but its scheme is '" + scheme + "'");
		}
		Assert.isTrue(uri.getHost() != null,
				"url has no valid host, or no valid port behind it; it must be like wss://host:port/path");
		// Port 0 is a placeholder for one that a HandshakeCustomizer sets
		if (uri.getPort() > MAX_PORT) {
			throw new IllegalArgumentException(
					"url must have a port of at most " + MAX_PORT + ", but it is " + uri.getPort());
		}
		Assert.isTrue(uri.getFragment() == null, "url must have no fragment (#...)");
		return uri;
	}

}
