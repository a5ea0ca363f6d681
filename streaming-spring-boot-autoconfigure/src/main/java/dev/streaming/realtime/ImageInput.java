package dev.streaming.realtime;

import java.util.List;
import java.util.Locale;

import dev.streaming.MediaData;

import org.springframework.util.Assert;

/**
 * Checks the input images of a session. For clients of providers.
 *
 * @since 1.0.0
 */
public final class ImageInput {

	private static final List<String> TYPES = List.of("image/jpeg", "image/png");

	private ImageInput() {
	}

	/**
	 * Check an image.
	 * @param image the image
	 * @return its type, in lower case and without parameters
	 * @throws IllegalArgumentException if it is empty, or its type is neither JPEG nor
	 * PNG
	 */
	public static String check(MediaData image) {
		Assert.notNull(image, "'image' must not be null");
		String given = image.mimeType();
		int parameters = given.indexOf(';');
		String type = ((parameters >= 0) ? given.substring(0, parameters) : given).strip().toLowerCase(Locale.ROOT);
		Assert.isTrue(TYPES.contains(type), () -> "The image must be image/jpeg or image/png, but is " + given);
		Assert.isTrue(image.size() > 0, "The image must not be empty");
		return type;
	}

}
