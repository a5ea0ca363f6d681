package dev.streaming.realtime;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.slf4j.Logger;

/**
 * Removes settings from a setup that a model is known to refuse, and logs them once.
 * Thread-safe.
 *
 * @since 1.0.0
 */
public final class RefusedSettings {

	/** Maximum number of remembered settings, each of which is logged once. */
	private static final int REMEMBERED = 256;

	private static final Set<String> LOGGED = ConcurrentHashMap.newKeySet();

	private final Map<String, Object> setup;

	private final List<String> removed = new ArrayList<>();

	/**
	 * Create a filter of a setup.
	 * @param setup the setup; objects in it are copied before they are changed
	 */
	public RefusedSettings(Map<String, Object> setup) {
		this.setup = setup;
	}

	/**
	 * Remove a field, and objects that become empty.
	 * @param path the path of the field
	 * @return this filter
	 */
	public RefusedSettings remove(String... path) {
		if (remove(this.setup, path, 0)) {
			this.removed.add(String.join(".", path));
		}
		return this;
	}

	@SuppressWarnings("unchecked")
	private static boolean remove(Map<String, Object> object, String[] path, int index) {
		String name = path[index];
		if (index == path.length - 1) {
			boolean there = object.containsKey(name);
			object.remove(name);
			return there;
		}
		if (!(object.get(name) instanceof Map<?, ?> inner)) {
			return false;
		}
		Map<String, Object> copy = new LinkedHashMap<>((Map<String, Object>) inner);
		if (!remove(copy, path, index + 1)) {
			return false;
		}
		if (copy.isEmpty()) {
			object.remove(name);
		}
		else {
			object.put(name, copy);
		}
		return true;
	}

	/**
	 * Record a setting that was replaced.
	 * @param path its name
	 */
	public void replaced(String path) {
		this.removed.add(path);
	}

	/**
	 * Return the settings that were removed or replaced.
	 * @return their names
	 */
	public List<String> removed() {
		return List.copyOf(this.removed);
	}

	/**
	 * Log the removed and replaced settings, once for each connection, model and setting.
	 * @param logger the logger
	 * @param connection the name of the connection
	 * @param model the model
	 */
	public void report(Logger logger, String connection, String model) {
		for (String setting : this.removed) {
			String key = connection + "/" + model + "/" + setting;
			if (LOGGED.size() < REMEMBERED && LOGGED.add(key)) {
				logger.atWarn()
					.addKeyValue("connection", connection)
					.log("The model '{}' refuses the setting '{}', which is not sent to it; if it does not, correct the"
							+ " profile with the provider's settings below 'capabilities'", model, setting);
			}
		}
	}

}
