package dev.streaming.openai;

import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

import dev.streaming.Handshake;
import dev.streaming.HandshakeCustomizer;
import dev.streaming.realtime.RealtimeAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Adds the model to the URL of a handshake: the model of the session's attribute, or else
 * of the settings, unless the URL names one itself.
 */
final class ModelQuery implements HandshakeCustomizer {

	private static final String MODEL = "model";

	private static final String CALL = "call_id";

	private static final String INTENT = "intent";

	/**
	 * Query parameters that replace the model: Azure's deployment, a call, a
	 * transcription.
	 */
	private static final Set<String> INSTEAD = Set.of("deployment", CALL, INTENT);

	private final String model;

	ModelQuery(String model) {
		this.model = model;
	}

	@Override
	public void customize(Handshake handshake) {
		Object call = handshake.attributes().get(RealtimeAttributes.CALL_ID);
		if (call != null) {
			handshake.uri(withCall(handshake.uri(), call.toString()));
		}
		Object wanted = handshake.attributes().get(RealtimeAttributes.MODEL);
		URI uri = handshake.uri();
		if (wanted != null || !hasParameter(uri.getRawQuery(), MODEL)) {
			handshake.uri(withModel(uri, (wanted != null) ? wanted.toString() : this.model));
		}
	}

	private static URI withCall(URI uri, String callId) {
		return with(uri, CALL, callId, (parameter) -> !isParameter(parameter, MODEL) && !isParameter(parameter, CALL));
	}

	static URI withModel(URI uri, String model) {
		String query = uri.getRawQuery();
		if (INSTEAD.stream().anyMatch((name) -> hasParameter(query, name))) {
			return uri;
		}
		return with(uri, MODEL, model, (parameter) -> !isParameter(parameter, MODEL));
	}

	private static URI with(URI uri, String name, String value, Predicate<String> kept) {
		String query = uri.getRawQuery();
		StringBuilder changed = new StringBuilder();
		if (query != null) {
			Arrays.stream(query.split("&"))
				.filter((parameter) -> !parameter.isEmpty() && kept.test(parameter))
				.forEach((parameter) -> changed.append(parameter).append('&'));
		}
		changed.append(name).append('=').append(URLEncoder.encode(value, StandardCharsets.UTF_8));
		String text = uri.toString();
		int end = text.indexOf('?');
		return URI.create(((end >= 0) ? text.substring(0, end) : text) + "?" + changed);
	}

	/**
	 * Return the model in the query of a URI.
	 * @param uri the URI
	 * @return its name; empty if there is none
	 */
	static Optional<String> modelOf(URI uri) {
		String query = uri.getRawQuery();
		return Stream.ofNullable(query)
			.flatMap((present) -> Arrays.stream(present.split("&")))
			.filter((parameter) -> parameter.startsWith(MODEL + "="))
			.map((parameter) -> URLDecoder.decode(parameter.substring(MODEL.length() + 1), StandardCharsets.UTF_8))
			.findFirst();
	}

	/**
	 * Return whether a URI is that of a call, whose session is kept by the provider.
	 * @param uri the URI
	 * @return whether it is
	 */
	static boolean isCall(URI uri) {
		return hasParameter(uri.getRawQuery(), CALL);
	}

	/**
	 * Return the URI of a session that only transcribes.
	 * @param uri the URI
	 * @return the URI with that purpose, and without a model
	 */
	static URI withTranscription(URI uri) {
		return isTranscription(uri) ? uri : with(uri, INTENT, SessionUpdate.TRANSCRIPTION,
				(parameter) -> !isParameter(parameter, INTENT) && !isParameter(parameter, MODEL));
	}

	/**
	 * Return whether a URI is that of a session that only transcribes.
	 * @param uri the URI
	 * @return whether it is
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
