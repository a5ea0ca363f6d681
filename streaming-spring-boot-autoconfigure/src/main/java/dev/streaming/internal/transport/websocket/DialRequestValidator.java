package dev.streaming.internal.transport.websocket;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import dev.streaming.internal.transport.DialException;
import dev.streaming.internal.transport.DialRequest;

/**
 * Refuses what no container would send as it is: Tomcat writes a line feed in a header
 * into the request, and a question mark for what is not Latin-1.
 */
final class DialRequestValidator {

	private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

	private static final Pattern HEADER_VALUE = Pattern.compile("[\\t\\x20-\\x7e\\xa0-\\xff]*");

	private DialRequestValidator() {
	}

	/**
	 * Check a request.
	 * @param request what is to be dialed
	 * @return its URL, in ASCII
	 * @throws DialException if it cannot be sent
	 */
	static URI check(DialRequest request) throws DialException {
		URI uri = request.uri();
		if (!"ws".equalsIgnoreCase(uri.getScheme()) && !"wss".equalsIgnoreCase(uri.getScheme())) {
			throw malformed("The URL is neither ws:// nor wss://");
		}
		if (uri.getHost() == null) {
			throw malformed("The URL has no valid host name");
		}
		for (Map.Entry<String, List<String>> header : request.headers().entrySet()) {
			if (!TOKEN.matcher(header.getKey()).matches()) {
				throw malformed("A header has a name that cannot be sent");
			}
			if (!header.getValue().stream().allMatch((value) -> HEADER_VALUE.matcher(value).matches())) {
				throw malformed("The value of the header " + header.getKey() + " cannot be sent as it is");
			}
		}
		if (!request.subprotocols().stream().allMatch((name) -> TOKEN.matcher(name).matches())) {
			throw malformed("A subprotocol has a name that cannot be sent");
		}
		return URI.create(uri.toASCIIString());
	}

	private static DialException malformed(String message) {
		return new DialException(DialException.Kind.MALFORMED, message, null);
	}

}
