package dev.streaming.realtime;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Merges additional fields of an application into the message that sets up a session.
 *
 * @since 1.0.0
 */
public final class RealtimeSetup {

	private static final String TOOLS = "tools";

	private RealtimeSetup() {
	}

	/**
	 * Merge changes into a setup: objects are merged, everything else is replaced.
	 * @param setup the setup; objects in it are copied before they are changed
	 * @param changes the changes
	 */
	public static void merge(Map<String, Object> setup, Map<?, ?> changes) {
		changes.forEach((key, value) -> merge(setup, String.valueOf(key), value));
	}

	/**
	 * Merge settings into a setup as {@link #merge} does, but add their {@code tools} to
	 * the existing ones. A tool replaces one of the same type and name.
	 * @param setup the setup; objects and lists in it are copied before they are changed
	 * @param settings the settings
	 */
	public static void add(Map<String, Object> setup, Map<?, ?> settings) {
		settings.forEach((key, value) -> {
			String name = String.valueOf(key);
			if (name.equals(TOOLS) && value instanceof List<?> added && setup.get(name) instanceof List<?> tools) {
				List<Object> all = new ArrayList<>(tools);
				added.forEach((tool) -> {
					all.removeIf((other) -> isSame(tool, other));
					all.add(tool);
				});
				setup.put(name, all);
			}
			else {
				merge(setup, name, value);
			}
		});
	}

	private static void merge(Map<String, Object> setup, String name, Object value) {
		if (value instanceof Map<?, ?> inner && setup.get(name) instanceof Map<?, ?> existing) {
			Map<String, Object> merged = new LinkedHashMap<>();
			merge(merged, existing);
			merge(merged, inner);
			setup.put(name, merged);
		}
		else {
			setup.put(name, value);
		}
	}

	private static boolean isSame(@Nullable Object tool, @Nullable Object other) {
		if (Objects.equals(tool, other)) {
			return true;
		}
		return tool instanceof Map<?, ?> one && other instanceof Map<?, ?> two && name(one) != null
				&& Objects.equals(name(one), name(two)) && Objects.equals(one.get("type"), two.get("type"));
	}

	private static @Nullable Object name(Map<?, ?> tool) {
		Object name = tool.get("name");
		return (name != null) ? name : tool.get("server_label");
	}

}
