package dev.streaming.internal.transport;

import java.net.URI;
import java.util.List;

import dev.streaming.internal.util.HttpRules;
import dev.streaming.internal.util.WebSocketUrl;

/**
 * Refuses requests that containers would not send unchanged.
 */
public final class DialRequestValidator {

	private DialRequestValidator() {
	}

	/**
	 * Validate a request.
	 * @param request the request
	 * @return its URL, in ASCII
	 * @throws DialException if it cannot be sent
	 */
	public static URI check(DialRequest request) throws DialException {
		try {
			WebSocketUrl.check(request.uri());
			request.headers().forEach(DialRequestValidator::checkHeader);
			request.subprotocols().forEach(HttpRules::subprotocol);
		}
		catch (IllegalArgumentException ex) {
			throw new DialException(DialException.Kind.MALFORMED, "The request cannot be sent: " + ex.getMessage(),
					null);
		}
		return URI.create(request.uri().toASCIIString());
	}

	private static void checkHeader(String name, List<String> values) {
		HttpRules.header(name, "");
		values.forEach((value) -> HttpRules.header(name, value));
	}

}
