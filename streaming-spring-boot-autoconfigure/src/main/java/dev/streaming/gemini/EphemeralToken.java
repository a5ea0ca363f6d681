package dev.streaming.gemini;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

import dev.streaming.Handshake;

/**
 * Support for ephemeral tokens of the Gemini API, which the service accepts only in the
 * URL of a separate method. The URL of a handshake is never shown with its query.
 *
 * @since 1.0.0
 */
public final class EphemeralToken {

	private static final String PREFIX = "auth_tokens/";

	private static final String METHOD = "BidiGenerateContent";

	private EphemeralToken() {
	}

	/**
	 * Return whether a credential is an ephemeral token.
	 * @param credential an API key or a token
	 * @return whether it is one
	 */
	public static boolean is(String credential) {
		return credential.strip().startsWith(PREFIX);
	}

	/**
	 * Add a token to a handshake.
	 * @param handshake the handshake with the Gemini API
	 * @param token the token
	 */
	public static void apply(Handshake handshake, String token) {
		URI uri = handshake.uri();
		String path = uri.getRawPath();
		if (path.endsWith("." + METHOD)) {
			path = path.replace(".v1beta.", ".v1alpha.") + "Constrained";
		}
		String query = "access_token=" + URLEncoder.encode(token.strip(), StandardCharsets.UTF_8);
		handshake.uri(URI.create(uri.getScheme() + "://" + uri.getRawAuthority() + path + "?"
				+ ((uri.getRawQuery() != null) ? uri.getRawQuery() + "&" : "") + query));
	}

}
