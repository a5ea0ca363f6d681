package dev.streaming;

import java.util.Collection;
import java.util.Map;

/**
 * Estimates the memory that a {@link StreamChunk} keeps. Objects and their references
 * count with a fixed size, texts and bytes with their length.
 */
final class ChunkWeight {

	private static final int CHUNK = 112;

	private static final int OBJECT = 48;

	/** Deeper structures are not walked: a cycle would never end. */
	private static final int MAX_DEPTH = 16;

	private ChunkWeight() {
	}

	/**
	 * Return the weight of a chunk.
	 * @param chunk the chunk
	 * @param content its text so far, which only counts if it is a text of its own
	 * @return bytes
	 */
	static long of(StreamChunk chunk, CharSequence content) {
		long weight = CHUNK + text(chunk.delta()) + text(chunk.reasoning());
		if (content instanceof String own) {
			weight += text(own);
		}
		MediaData media = chunk.media();
		if (media != null) {
			weight += 2L * OBJECT + media.size();
		}
		for (ToolCall call : chunk.toolCalls()) {
			weight += OBJECT + text(call.id()) + text(call.name()) + text(call.arguments());
		}
		return weight + (chunk.metadata().isEmpty() ? 0 : value(chunk.metadata(), 0));
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
				// The names are constants nearly always
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
