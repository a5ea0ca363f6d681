package dev.streaming.gemini;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Merging of what settings leave open into what they say.
 */
final class GeminiMaps {

	private GeminiMaps() {
	}

	/**
	 * Merge a map into another: maps in it are merged, everything else is replaced.
	 * @param from the map
	 * @param into the other; maps in it are copied before they are changed
	 */
	static void merge(Map<?, ?> from, Map<String, Object> into) {
		from.forEach((key, value) -> {
			String name = String.valueOf(key);
			if (value instanceof Map<?, ?> added && into.get(name) instanceof Map<?, ?> before) {
				Map<String, Object> both = new LinkedHashMap<>();
				merge(before, both);
				merge(added, both);
				into.put(name, both);
			}
			else {
				into.put(name, value);
			}
		});
	}

}
