package dev.streaming.realtime;

import java.util.List;

import dev.streaming.MediaData;

import org.springframework.util.Assert;

/**
 * Result of a call, with its images. Not every provider accepts images in a result, see
 * {@link RealtimeCapabilities.Feature#RESULT_IMAGES}.
 *
 * @param text the result as JSON
 * @param images the images, of type {@code image/jpeg} or {@code image/png}
 * @since 1.0.0
 */
public record ToolResult(String text, List<MediaData> images) {

	/** Maximum number of images of one result. */
	static final int MAX_IMAGES = 16;

	/**
	 * Maximum total size of the images of one result, which fit into a message as base64.
	 */
	static final int MAX_IMAGE_BYTES = 7 * 1024 * 1024;

	/**
	 * Create a result.
	 * @param text the result as JSON
	 * @param images the images
	 * @throws IllegalArgumentException if an image is empty, or its type is neither JPEG
	 * nor PNG, or if the number or total size of the images exceeds the limit
	 */
	public ToolResult {
		Assert.notNull(text, "'text' must not be null");
		Assert.notNull(images, "'images' must not be null");
		images = List.copyOf(images);
		images.forEach(ImageInput::check);
		Assert.isTrue(images.size() <= MAX_IMAGES, () -> "A result must not have more than " + MAX_IMAGES + " images");
		Assert.isTrue(images.stream().mapToLong(MediaData::size).sum() <= MAX_IMAGE_BYTES,
				() -> "The images of a result must not have more than " + MAX_IMAGE_BYTES + " bytes together");
	}

	/**
	 * Return a result without images.
	 * @param text the result as JSON
	 * @return the result
	 */
	public static ToolResult of(String text) {
		return new ToolResult(text, List.of());
	}

	// A result may be confidential
	@Override
	public String toString() {
		return "ToolResult[" + this.text.length() + " characters, " + this.images.size() + " images]";
	}

}
