package dev.streaming.internal.util;

import java.net.URI;

/**
 * Removes the secrets of a URL, its query and user info, for logs and messages.
 */
public final class UriRedactor {

	private UriRedactor() {
	}

	public static String uri(URI uri) {
		StringBuilder text = new StringBuilder().append(uri.getScheme()).append("://").append(uri.getHost());
		if (uri.getPort() != -1) {
			text.append(':').append(uri.getPort());
		}
		if (uri.getRawPath() != null) {
			text.append(uri.getRawPath());
		}
		return text.toString();
	}

}
