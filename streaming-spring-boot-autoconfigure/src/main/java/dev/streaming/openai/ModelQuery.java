package dev.streaming.openai;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

import dev.streaming.Handshake;
import dev.streaming.HandshakeCustomizer;
import dev.streaming.realtime.RealtimeAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that the URL names the model: the one of the session's attribute, or else
 * the one that the settings say, unless the URL names one in its own way.
 */
final class ModelQuery implements HandshakeCustomizer {

	private static final String MODEL = "model";

	/**
	 * Substitutes of a model name: Azure's deployment, a call that has one, a
	 * transcription.
	 */
	private static final Set<String> INSTEAD = Set.of("deployment", "call_id", "intent");

	private final String model;

	ModelQuery(String model) {
		this.model = model;
	}

	@Override
	public void customize(Handshake handshake) {
		Object wanted = handshake.attributes().get(RealtimeAttributes.MODEL);
		URI uri = handshake.uri();
		if (wanted != null || !hasParameter(uri.getRawQuery(), MODEL)) {
			handshake.uri(withModel(uri, (wanted != null) ? wanted.toString() : this.model));
		}
	}

	static URI withModel(URI uri, String model) {
		String query = uri.getRawQuery();
		if (INSTEAD.stream().anyMatch((name) -> hasParameter(query, name))) {
			return uri;
		}
		StringBuilder changed = new StringBuilder();
		if (query != null) {
			Arrays.stream(query.split("&"))
				.filter((parameter) -> !parameter.isEmpty() && !isParameter(parameter, MODEL))
				.forEach((parameter) -> changed.append(parameter).append('&'));
		}
		changed.append(MODEL).append('=').append(URLEncoder.encode(model, StandardCharsets.UTF_8));
		String text = uri.toString();
		int end = text.indexOf('?');
		return URI.create(((end >= 0) ? text.substring(0, end) : text) + "?" + changed);
	}

	/**
	 * Return whether a URI leads to a call, whose session lives at the provider.
	 * @param uri the URI
	 * @return whether it does
	 */
	static boolean isCall(URI uri) {
		return hasParameter(uri.getRawQuery(), "call_id");
	}

	/**
	 * Return whether a URI leads to a session that only transcribes.
	 * @param uri the URI
	 * @return whether it does
	 */
	static boolean isTranscription(URI uri) {
		String query = uri.getRawQuery();
		return query != null && List.of(query.split("&")).contains("intent=transcription");
	}

	private static boolean hasParameter(@Nullable String query, String name) {
		return query != null && Arrays.stream(query.split("&")).anyMatch((parameter) -> isParameter(parameter, name));
	}

	private static boolean isParameter(String parameter, String name) {
		return parameter.equals(name) || parameter.startsWith(name + "=");
	}

}
