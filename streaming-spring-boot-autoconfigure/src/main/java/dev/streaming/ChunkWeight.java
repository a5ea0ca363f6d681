package dev.streaming;

import java.util.Collection;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Estimates the memory of a {@link StreamChunk}. Objects and their references count with
 * a fixed size, texts and bytes with their length.
 */
final class ChunkWeight {

	/** Includes its place in a queue. */
	private static final int CHUNK = 48;

	private static final int DETAILS = 64;

	private static final int OBJECT = 48;

	/** Maximum depth, because structures may be cyclic. */
	private static final int MAX_DEPTH = 16;

	private ChunkWeight() {
	}

	/**
	 * Return the weight of a chunk with its text.
	 * @param content its text so far, which only counts if it is not shared
	 * @param delta its new text, or {@code null} if it is the end of a shared text
	 * @param deltaLength the length of the new text
	 * @return bytes
	 */
	static long ofText(Object content, @Nullable String delta, int deltaLength) {
		long weight = CHUNK + ((delta != null) ? text(delta) : (long) Character.BYTES * deltaLength);
		return weight + ((content instanceof String own) ? text(own) : 0);
	}

	/**
	 * Return the weight of a chunk without its text.
	 * @param details the details
	 * @param before details that are already counted, or {@code null}
	 * @return bytes
	 */
	static long ofDetails(ChunkDetails details, @Nullable ChunkDetails before) {
		if (details == ChunkDetails.NONE || details == before) {
			return 0;
		}
		long weight = DETAILS + text(details.reasoning());
		MediaData media = details.media();
		if (media != null) {
			weight += 2L * OBJECT + media.size();
		}
		for (ToolCall call : details.toolCalls()) {
			weight += OBJECT + text(call.id()) + text(call.name()) + text(call.arguments());
		}
		Map<String, Object> metadata = details.metadata();
		boolean shared = before != null && before.metadata() == metadata;
		return weight + ((shared || metadata.isEmpty()) ? 0 : value(metadata, 0));
	}

	private static long text(String text) {
		return text.isEmpty() ? 0 : OBJECT + text.length();
	}

	private static long value(Object value, int depth) {
		if (value instanceof CharSequence text) {
			return OBJECT + text.length();
		}
		if (value instanceof byte[] bytes) {
			return OBJECT + bytes.length;
		}
		if (depth >= MAX_DEPTH) {
			return OBJECT;
		}
		long weight = OBJECT;
		if (value instanceof Map<?, ?> map) {
			for (Map.Entry<?, ?> entry : map.entrySet()) {
				// Names are usually constants
				weight += OBJECT + ((entry.getValue() != null) ? value(entry.getValue(), depth + 1) : 0);
			}
		}
		else if (value instanceof Collection<?> collection) {
			for (Object element : collection) {
				weight += (element != null) ? value(element, depth + 1) : 0;
			}
		}
		return weight;
	}

}
