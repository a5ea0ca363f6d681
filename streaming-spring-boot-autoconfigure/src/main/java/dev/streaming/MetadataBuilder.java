package dev.streaming;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Builder for the metadata of a {@link StreamChunk}. Unchanged maps are shared, so that
 * chunks with the same metadata need the memory for them once. Not thread-safe.
 */
final class MetadataBuilder {

	// Immutable and shared with chunks, unless it is a copy
	private Map<String, Object> map = Map.of();

	private boolean own;

	/**
	 * Start from the metadata of a chunk.
	 * @param metadata an immutable map
	 */
	void share(Map<String, Object> metadata) {
		this.map = metadata;
		this.own = false;
	}

	void copy(Map<String, ?> metadata) {
		this.map = new LinkedHashMap<>(metadata);
		this.own = true;
	}

	void put(String name, Object value) {
		if (!this.own) {
			copy(this.map);
		}
		this.map.put(name, value);
	}

	/**
	 * Return the metadata, which later changes do not affect.
	 * @return an immutable map
	 */
	Map<String, Object> build() {
		if (this.own) {
			share(this.map.isEmpty() ? Map.of() : Collections.unmodifiableMap(this.map));
		}
		return this.map;
	}

}
