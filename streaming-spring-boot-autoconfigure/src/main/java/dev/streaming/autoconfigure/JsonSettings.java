package dev.streaming.autoconfigure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;

/**
 * Reads the properties below a prefix as JSON. Objects of several property sources are
 * merged; of other values that of the first source applies.
 */
final class JsonSettings {

	private final Environment environment;

	private final String prefix;

	private final JsonFields fields;

	/**
	 * Create a reader.
	 * @param environment the environment
	 * @param prefix the prefix, as shown in messages
	 * @param fields the known fields
	 */
	JsonSettings(Environment environment, String prefix, JsonFields fields) {
		this.environment = environment;
		this.prefix = prefix;
		this.fields = fields;
	}

	/**
	 * Read the properties.
	 * @return an object of maps, lists, strings, numbers, booleans and {@code null}
	 * @throws StreamingConfigurationException if a property is ambiguous
	 */
	Map<String, Object> read() {
		List<ConfigurationPropertySource> sources = new ArrayList<>();
		ConfigurationPropertySources.get(this.environment).forEach(sources::add);
		Map<ConfigurationPropertySource, Node> nodes = new LinkedHashMap<>();
		sources.forEach((source) -> nodes.put(source, new Node()));
		// Names of environment variables are resolved with the spelling of other sources
		Node spelled = new Node();
		for (boolean environmental : List.of(false, true)) {
			nodes.forEach((source, node) -> {
				if (source instanceof IterableConfigurationPropertySource iterable
						&& EnvironmentNames.isSystemEnvironment(source) == environmental) {
					iterable.forEach((name) -> add(iterable, name, node, environmental ? spelled : null));
					spelled.addMissing(node);
				}
			});
		}
		Node merged = new Node();
		nodes.values().forEach(merged::addMissing);
		return convert(merged);
	}

	private void add(IterableConfigurationPropertySource source, ConfigurationPropertyName name, Node root,
			@Nullable Node spelled) {
		List<String> elements = elements(name, spelled != null);
		ConfigurationProperty property = (elements != null) ? source.getConfigurationProperty(name) : null;
		if (elements == null || property == null) {
			return;
		}
		Node node = root;
		Node beside = spelled;
		List<String> path = List.of();
		int next = 0;
		while (next < elements.size()) {
			Set<String> known = new LinkedHashSet<>(this.fields.names(path));
			if (beside != null) {
				known.addAll(beside.children.keySet());
			}
			EnvironmentNames.Match match = EnvironmentNames.match(elements.subList(next, elements.size()), known,
					spelled != null);
			next += match.elements();
			// A value below a name takes precedence over one of the same source at the
			// name
			node.leaf = null;
			node = node.children.computeIfAbsent(match.name(), (key) -> new Node());
			beside = (beside != null) ? beside.children.get(match.name()) : null;
			path = JsonFields.append(path, isIndex(match.name()) ? "[]" : match.name());
		}
		if (node.children.isEmpty()) {
			node.leaf = new JsonLeaf(this.environment, source, property);
		}
	}

	/**
	 * Return the elements of a name that follow the prefix.
	 * @param name the name
	 * @param environmental whether it is an environment variable, whose elements may be
	 * parts of names
	 * @return the elements, or {@code null} if the name is not below the prefix
	 */
	private @Nullable List<String> elements(ConfigurationPropertyName name, boolean environmental) {
		ConfigurationPropertyName root = ConfigurationPropertyName.adapt(this.prefix, '.');
		int start = root.getNumberOfElements();
		if (environmental) {
			start = EnvironmentNames.prefix(name, root);
		}
		else if (!root.equals(name) && !root.isAncestorOf(name)) {
			start = -1;
		}
		if (start < 0) {
			return null;
		}
		List<String> elements = new ArrayList<>();
		for (int i = start; i < name.getNumberOfElements(); i++) {
			elements.add(name.getElement(i, Form.ORIGINAL));
		}
		return elements;
	}

	private Map<String, Object> convert(Node root) {
		if (root.leaf == null) {
			return object(root, List.of(), this.prefix);
		}
		Object value = root.leaf.isEmpty() ? Map.of() : root.leaf.value(null, this.prefix);
		if (!(value instanceof Map<?, ?> map)) {
			throw new StreamingConfigurationException(this.prefix, null, "It must be a JSON object.",
					"Set the fields below '" + this.prefix + "', or write the object as JSON: '{\"name\": …}'.");
		}
		Map<String, Object> object = new LinkedHashMap<>();
		map.forEach((key, entry) -> object.put(String.valueOf(key), entry));
		return object;
	}

	private @Nullable Object convert(Node node, List<String> path, String property) {
		if (node.leaf != null) {
			return node.leaf.value(this.fields.kind(path), property);
		}
		if (!node.isList()) {
			if (this.fields.kind(path) == JsonFields.Kind.LIST) {
				throw new StreamingConfigurationException(property, null,
						"It must be a list, but its elements are not numbered from 0 without gaps.",
						"Number the elements '" + property + "[0]', '" + property + "[1]', …");
			}
			return object(node, path, property);
		}
		List<@Nullable Object> list = new ArrayList<>();
		for (int i = 0; i < node.children.size(); i++) {
			Node item = node.children.get(String.valueOf(i));
			list.add((item != null) ? convert(item, JsonFields.append(path, "[]"), property + "[" + i + "]") : null);
		}
		return list;
	}

	@SuppressWarnings("NullAway") // JSON has null, which an unmodifiable map could not
									// hold
	private Map<String, Object> object(Node node, List<String> path, String property) {
		Map<String, Object> object = new LinkedHashMap<>();
		node.children.forEach((name, child) -> object.put(name, convert(child, JsonFields.append(path, name),
				property + (isPlain(name) ? "." + name : "[" + name + "]"))));
		return object;
	}

	private static boolean isIndex(String name) {
		return !name.isEmpty() && name.chars().allMatch((c) -> c >= '0' && c <= '9');
	}

	private static boolean isPlain(String name) {
		return !isIndex(name) && name.chars().allMatch((c) -> Character.isLetterOrDigit(c) || c == '-' || c == '_');
	}

	/**
	 * Value, or values below a name. Not thread-safe.
	 */
	private static final class Node {

		private final Map<String, Node> children = new LinkedHashMap<>();

		private @Nullable JsonLeaf leaf;

		boolean isList() {
			int size = this.children.size();
			return size > 0 && this.children.keySet()
				.stream()
				.allMatch((name) -> isIndex(name) && name.length() < 6 && Integer.parseInt(name) < size);
		}

		/**
		 * Add the values of a source with lower precedence.
		 * @param other the values
		 */
		void addMissing(Node other) {
			if (this.leaf != null || isList()) {
				return;
			}
			if (this.children.isEmpty()) {
				// A value below a name takes precedence over an empty string at the name
				// itself
				this.leaf = other.children.isEmpty() ? other.leaf : null;
			}
			else if (other.isList()) {
				return;
			}
			other.children.forEach((name, child) -> {
				Node own = this.children.get(name);
				if (own == null) {
					own = new Node();
					this.children.put(name, own);
				}
				own.addMissing(child);
			});
		}

	}

}
