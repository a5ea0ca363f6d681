package dev.streaming.sample.provider;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Latest conversations that can be resumed on another connection.
 */
final class GeminiHandles {

	private static final int KEPT = 100;

	private final Map<String, List<String>> conversations = new LinkedHashMap<>() {

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, List<String>> eldest) {
			return size() > KEPT;
		}

	};

	synchronized String keep(List<String> said) {
		String handle = Conversation.id("handle");
		this.conversations.put(handle, List.copyOf(said));
		return handle;
	}

	synchronized @Nullable List<String> find(String handle) {
		return this.conversations.get(handle);
	}

}
