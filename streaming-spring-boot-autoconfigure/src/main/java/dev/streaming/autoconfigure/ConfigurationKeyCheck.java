package dev.streaming.autoconfigure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.Environment;

/**
 * Refuses unknown keys under {@code streaming}: a mistyped setting would silently have
 * its default value, and a misplaced URL would send an API key to another host.
 * <p>
 * Unknown environment variables only cause a warning, because Kubernetes defines
 * {@code STREAMING_SERVICE_HOST} for a service named {@code streaming}.
 */
final class ConfigurationKeyCheck {

	private static final Logger logger = LoggerFactory.getLogger(ConfigurationKeyCheck.class);

	private static final String ROOT = "streaming";

	private static final String CONNECTIONS = "connections";

	/** Index of the element that follows a connection's name. */
	private static final int GROUP = 3;

	private static final String PROOF = "streaming.conn.url";

	private final Environment environment;

	private final StreamingProperties properties;

	private final StreamingProviders providers;

	private final Set<ConfigurationPropertyName> bound;

	private final @Nullable ClassLoader classLoader;

	private final Set<KnownKey> keys = new LinkedHashSet<>();

	/**
	 * Create a check.
	 * @param environment the environment
	 * @param properties the connections
	 * @param providers the providers
	 * @param bound the keys that are known because they were bound to something
	 * @param classLoader the class path with the configuration metadata
	 */
	ConfigurationKeyCheck(Environment environment, StreamingProperties properties, StreamingProviders providers,
			Set<ConfigurationPropertyName> bound, @Nullable ClassLoader classLoader) {
		this.environment = environment;
		this.properties = properties;
		this.providers = providers;
		this.bound = bound;
		this.classLoader = classLoader;
	}

	/**
	 * Check all property sources.
	 * @throws StreamingConfigurationException if there is an unknown key
	 */
	void check() {
		// To read the configuration metadata of all jars takes longer than all the rest
		if (this.environment instanceof ConfigurableEnvironment configurable && !isEverythingBound(configurable)) {
			this.keys.addAll(KnownKeys.ofMetadata(this.classLoader));
			check(configurable);
		}
	}

	private boolean isEverythingBound(ConfigurableEnvironment configurable) {
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(configurable)) {
			if (EnvironmentNames.isSystemEnvironment(source)) {
				for (String variable : variables(source)) {
					if (isOurs(parts(variable))) {
						return false;
					}
				}
			}
			else if (source instanceof IterableConfigurationPropertySource iterable) {
				for (ConfigurationPropertyName name : iterable) {
					if (isOurs(name) && !this.bound.contains(name)) {
						return false;
					}
				}
			}
		}
		return true;
	}

	private void check(ConfigurableEnvironment configurable) {
		if (!this.keys.contains(KnownKey.of(PROOF, KnownKey.Content.VALUE))) {
			logger.atDebug().log("Keys are not checked: there is no configuration metadata on the class path");
			return;
		}
		Map<String, String> unknown = new LinkedHashMap<>();
		Set<String> ignored = new TreeSet<>();
		collect(configurable, unknown, ignored);
		if (!unknown.isEmpty() || !ignored.isEmpty()) {
			// Most of these are in the metadata. To find out what else a provider binds
			// takes longer than all the rest
			this.providers.all().forEach((provider) -> this.keys.addAll(provider.settings().keys()));
			unknown.clear();
			ignored.clear();
			collect(configurable, unknown, ignored);
		}
		if (!ignored.isEmpty()) {
			logger.atWarn()
				.log("Environment variables that name no property are ignored: {}", String.join(", ", ignored));
		}
		if (!unknown.isEmpty()) {
			throw new StreamingConfigurationException(String.join(String.format("%n"), unknown.values()),
					(unknown.size() == 1) ? "Correct the key, or remove it." : "Correct the keys, or remove them.");
		}
	}

	private void collect(ConfigurableEnvironment configurable, Map<String, String> unknown, Set<String> ignored) {
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(configurable)) {
			if (EnvironmentNames.isSystemEnvironment(source)) {
				collectVariables(source, ignored);
			}
			else if (source instanceof IterableConfigurationPropertySource iterable) {
				iterable.forEach((name) -> collect(name, iterable, unknown));
			}
		}
	}

	private void collectVariables(ConfigurationPropertySource source, Set<String> ignored) {
		for (String variable : variables(source)) {
			List<String> parts = parts(variable);
			if (isOurs(parts) && !isVariableRead(parts)) {
				ignored.add(variable);
			}
		}
	}

	private static String[] variables(ConfigurationPropertySource source) {
		return (source.getUnderlyingSource() instanceof EnumerablePropertySource<?> variables)
				? variables.getPropertyNames() : new String[0];
	}

	/**
	 * Split the name of an environment variable.
	 * @param variable the name
	 * @return the reduced parts that are not empty; none if it does not begin with ours
	 */
	private static List<String> parts(String variable) {
		if (!EnvironmentNames.uniform(variable).startsWith(ROOT)) {
			return List.of();
		}
		return Arrays.stream(variable.split("[_.]"))
			.map(EnvironmentNames::uniform)
			.filter((part) -> !part.isEmpty())
			.toList();
	}

	private static boolean isOurs(List<String> parts) {
		return parts.size() > 1 && parts.get(0).equals(ROOT);
	}

	private static boolean isOurs(ConfigurationPropertyName name) {
		return name.getNumberOfElements() > 1
				&& EnvironmentNames.uniform(name.getElement(0, Form.ORIGINAL)).equals(ROOT);
	}

	private boolean isVariableRead(List<String> parts) {
		for (KnownKey key : this.keys) {
			if (!key.elements().contains(KnownKey.ANY)) {
				if (key.matchesVariable(parts, "")) {
					return true;
				}
				continue;
			}
			for (String connection : this.properties.connections().keySet()) {
				if (key.matchesVariable(parts, connection) && strangers(key.elements(), connection).isEmpty()) {
					return true;
				}
			}
		}
		return false;
	}

	private void collect(ConfigurationPropertyName name, ConfigurationPropertySource source,
			Map<String, String> unknown) {
		if (!isOurs(name)) {
			return;
		}
		List<String> written = new ArrayList<>();
		for (int i = 0; i < name.getNumberOfElements(); i++) {
			written.add(EnvironmentNames.uniform(name.getElement(i, Form.ORIGINAL)));
		}
		ConfigurationProperty property = source.getConfigurationProperty(name);
		String reason = (property != null) ? reason(name, written, property.getValue()) : null;
		if (property != null && reason != null) {
			unknown.putIfAbsent(name.toString(), "The configuration property '" + name + "' (originating from '"
					+ property.getOrigin() + "')" + reason);
		}
	}

	private @Nullable String reason(ConfigurationPropertyName name, List<String> written, Object value) {
		String connection = isOfConnection(written) ? name.getElement(2, Form.ORIGINAL) : null;
		if (this.keys.stream().anyMatch((key) -> key.matches(written))) {
			return (connection != null) ? stranger(written, connection) : null;
		}
		boolean isEmptyGroup = String.valueOf(value).isBlank()
				&& this.keys.stream().anyMatch((key) -> key.startsWith(written));
		if (isEmptyGroup) {
			return null;
		}
		String nearest = nearest(name, written, connection);
		return " is not known." + ((nearest != null) ? " Did you mean '" + nearest + "'?" : "");
	}

	private @Nullable String stranger(List<String> written, String connection) {
		List<String> strangers = strangers(written, connection);
		if (strangers.isEmpty()) {
			return null;
		}
		StreamingProvider<?> provider = this.providers.provider(connection);
		return " is a setting of the provider '" + String.join("' or '", strangers) + "', but connection '" + connection
				+ "' has " + ((provider != null) ? "the provider '" + provider.name() + "'." : "no provider.");
	}

	/**
	 * Return the providers that a key belongs to if the connection has another one.
	 * @param elements the reduced elements of the key
	 * @param connection the connection
	 * @return the names of the providers, empty if the connection may have the key
	 */
	private List<String> strangers(List<String> elements, String connection) {
		if (!isOfConnection(elements)) {
			return List.of();
		}
		List<StreamingProvider<?>> owners = this.providers.all()
			.stream()
			.filter((provider) -> EnvironmentNames.uniform(provider.settings().prefix()).equals(elements.get(GROUP)))
			.toList();
		StreamingProvider<?> provider = owners.isEmpty() ? null : this.providers.provider(connection);
		if (provider != null && owners.stream().anyMatch((owner) -> owner.name().equals(provider.name()))) {
			return List.of();
		}
		return owners.stream().map(StreamingProvider::name).toList();
	}

	private static boolean isOfConnection(List<String> elements) {
		return elements.size() > GROUP && elements.get(1).equals(CONNECTIONS);
	}

	/**
	 * Return the key that was probably meant: one with a similar spelling, or with the
	 * same last element at another place, first among those of the connection's provider,
	 * then of the same connection.
	 * @param name the name of the unknown key
	 * @param written its reduced elements
	 * @param connection the connection that it belongs to, or {@code null}
	 * @return the full name of a property, or {@code null} if none is similar
	 */
	private @Nullable String nearest(ConfigurationPropertyName name, List<String> written,
			@Nullable String connection) {
		StreamingProvider<?> provider = (connection != null) ? this.providers.provider(connection) : null;
		String group = (provider != null) ? EnvironmentNames.uniform(provider.settings().prefix()) : "";
		String place = (name.getNumberOfElements() > 2) ? name.getElement(2, Form.ORIGINAL) : "<name>";
		List<String> all = new ArrayList<>();
		List<String> own = new ArrayList<>();
		List<String> beside = new ArrayList<>();
		List<String> elsewhere = new ArrayList<>();
		for (KnownKey key : this.keys) {
			boolean isOfConnection = isOfConnection(key.elements());
			if (connection != null && isOfConnection && !strangers(key.elements(), connection).isEmpty()) {
				continue;
			}
			all.add(key.name(place));
			if (key.lastElement().equals(written.get(written.size() - 1))) {
				if (isOfConnection && key.elements().get(GROUP).equals(group)) {
					own.add(key.name(place));
				}
				boolean isBeside = isOfConnection == (connection != null);
				(isBeside ? beside : elsewhere).add(key.name(isBeside ? place : "<name>"));
			}
		}
		String typed = name.toString();
		String similar = NearestName.of(typed, all);
		// 'azure' is not a misspelled 'url', although it differs in three edits only
		int edits = Math.min(3, written.get(written.size() - 1).length() / 3);
		if (similar != null && NearestName.distance(typed, similar) <= edits) {
			return similar;
		}
		String sameName = Stream.of(own, beside, elsewhere)
			.filter((names) -> !names.isEmpty())
			.findFirst()
			.map((names) -> NearestName.closest(typed, names))
			.orElse(null);
		return (sameName != null) ? sameName : similar;
	}

}
