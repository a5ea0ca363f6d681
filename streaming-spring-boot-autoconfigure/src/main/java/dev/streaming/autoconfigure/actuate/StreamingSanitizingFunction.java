package dev.streaming.autoconfigure.actuate;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;

import dev.streaming.internal.util.UriRedactor;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;

/**
 * {@link SanitizingFunction} that masks secrets in the settings of connections, even if
 * the actuator is configured to show values: keys, the headers of handshakes, and the
 * query and user info of URLs.
 */
final class StreamingSanitizingFunction implements SanitizingFunction {

	private static final Pattern OURS = Pattern.compile("streaming[._\\[].*");

	private static final Pattern SECRET = Pattern
		.compile(".*([._\\[\\]]headers[._\\[].*|api[-_]?key|authorization|token|secret|password|[._]proxy[._]username)"
				+ "[\\]\"']*");

	private static final Pattern URL = Pattern.compile(".*[._]url");

	@Override
	public SanitizableData apply(SanitizableData data) {
		String key = data.getLowerCaseKey();
		if (!OURS.matcher(key).matches()) {
			return data;
		}
		if (SECRET.matcher(key).matches()) {
			return data.withSanitizedValue();
		}
		if (URL.matcher(key).matches()) {
			return data.withValue(redact(data.getValue()));
		}
		return data;
	}

	private static @Nullable Object redact(@Nullable Object value) {
		if (value == null || value.toString().isEmpty()) {
			return value;
		}
		try {
			URI uri = new URI(value.toString());
			return (uri.getHost() != null) ? UriRedactor.uri(uri) : SanitizableData.SANITIZED_VALUE;
		}
		catch (URISyntaxException ex) {
			// Such as a URL with a placeholder, in which the position of the secret is
			// unknown
			return SanitizableData.SANITIZED_VALUE;
		}
	}

}
