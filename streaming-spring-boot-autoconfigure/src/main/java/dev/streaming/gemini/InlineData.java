package dev.streaming.gemini;

import java.util.Base64;
import java.util.Locale;

import dev.streaming.MediaData;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Decoder for media in a message: base64 with a MIME type, whose parameters describe the
 * format.
 */
final class InlineData {

	/** The default type of the service. */
	private static final String DEFAULT_TYPE = "audio/pcm";

	private static final int DEFAULT_RATE = 24_000;

	private InlineData() {
	}

	/**
	 * Decode media.
	 * @param blob a {@code Blob}
	 * @return the media, or {@code null} if it has no data
	 * @throws IllegalArgumentException if the data is not base64
	 */
	static @Nullable MediaData decode(JsonNode blob) {
		String data = GeminiJson.text(blob, "data");
		if (data.isEmpty()) {
			return null;
		}
		String given = GeminiJson.text(blob, "mimeType");
		String[] type = (given.isBlank() ? DEFAULT_TYPE : given).split(";");
		String mimeType = type[0].strip().toLowerCase(Locale.ROOT);
		boolean audio = mimeType.startsWith("audio/");
		boolean pcm = mimeType.equals("audio/pcm") || mimeType.equals("audio/l16");
		int rate = parameter(type, "rate", pcm ? DEFAULT_RATE : 0);
		int channels = parameter(type, "channels", audio ? 1 : 0);
		return new MediaData(decode(data), mimeType, rate, channels);
	}

	private static byte[] decode(String data) {
		boolean urlSafe = data.indexOf('-') >= 0 || data.indexOf('_') >= 0;
		return (urlSafe ? Base64.getUrlDecoder() : Base64.getDecoder()).decode(data);
	}

	private static int parameter(String[] type, String name, int otherwise) {
		for (int i = 1; i < type.length; i++) {
			String parameter = type[i].strip();
			int equals = parameter.indexOf('=');
			if (equals > 0 && parameter.substring(0, equals).strip().equalsIgnoreCase(name)) {
				return positive(parameter.substring(equals + 1).strip().replace("\"", ""), otherwise);
			}
		}
		return otherwise;
	}

	private static int positive(String value, int otherwise) {
		try {
			int number = Integer.parseInt(value);
			return (number > 0) ? number : otherwise;
		}
		catch (NumberFormatException ex) {
			return otherwise;
		}
	}

}
