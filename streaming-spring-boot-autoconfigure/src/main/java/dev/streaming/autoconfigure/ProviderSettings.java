package dev.streaming.autoconfigure;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

import dev.streaming.internal.util.HttpRules;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeanWrapper;
import org.springframework.beans.PropertyAccessorFactory;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.env.Environment;
import org.springframework.util.Assert;
import org.springframework.util.StringUtils;

/**
 * Describes the settings of a {@link StreamingProvider}, and binds them from
 * {@code streaming.connections.<name>.<prefix>}. Immutable.
 * <p>
 * Start-up fails with the property's name, value and origin if a value has the wrong
 * type, if the function that converts the settings throws an
 * {@link IllegalArgumentException} whose message begins with the name of a setting, such
 * as {@code history-size must not be negative}, or if an API key is empty.
 *
 * @param <S> the type of the settings
 * @since 1.0.0
 */
public final class ProviderSettings<S> {

	private final String prefix;

	private final @Nullable Class<?> type;

	private final Function<Source, S> bind;

	private final List<String> apiKeys;

	private final List<String> resolved;

	private final Map<String, JsonFields> json;

	private ProviderSettings(String prefix, @Nullable Class<?> type, Function<Source, S> bind, List<String> apiKeys,
			List<String> resolved, Map<String, JsonFields> json) {
		this.prefix = prefix;
		this.type = type;
		this.bind = bind;
		this.apiKeys = apiKeys;
		this.resolved = resolved;
		this.json = json;
	}

	/**
	 * Return the description of a provider without settings.
	 * @return the settings
	 */
	public static ProviderSettings<None> none() {
		return new ProviderSettings<>("", null, (source) -> None.NONE, List.of(), List.of(), Map.of());
	}

	/**
	 * Return the description of settings that are used as bound.
	 * @param <S> the type of the settings
	 * @param prefix the prefix below the connection, such as {@code deepgram}
	 * @param type the type to bind: a JavaBean, or a type with a single constructor
	 * @return the settings
	 */
	public static <S> ProviderSettings<S> of(String prefix, Class<S> type) {
		return of(prefix, type, Function.identity());
	}

	/**
	 * Return the description of settings that are converted after binding.
	 * @param <P> the type to bind
	 * @param <S> the type of the settings
	 * @param prefix the prefix below the connection, such as {@code openai}
	 * @param type the type to bind: a JavaBean, or a type with a single constructor
	 * @param converter the function that converts and validates the bound settings
	 * @return the settings
	 */
	public static <P, S> ProviderSettings<S> of(String prefix, Class<P> type, Function<P, S> converter) {
		Assert.isTrue(ConfigurationPropertyName.isValid(prefix),
				() -> "'prefix' must be a name in lower case, such as 'my-provider', but is '" + prefix + "'");
		return new ProviderSettings<>(prefix, type, (source) -> converter.apply(source.bind(type)), List.of(),
				List.of(), Map.of());
	}

	/**
	 * Add the settings with an API key. A configured key must neither be empty nor
	 * contain an unresolved placeholder. Its value is never shown.
	 * @param names the names of the settings, such as {@code api-key}
	 * @return new settings
	 */
	public ProviderSettings<S> withApiKeys(String... names) {
		return new ProviderSettings<>(this.prefix, this.type, this.bind, List.of(names), this.resolved, this.json);
	}

	/**
	 * Add settings that must not contain an unresolved placeholder.
	 * @param names the names of the settings
	 * @return new settings
	 */
	public ProviderSettings<S> withResolved(String... names) {
		return new ProviderSettings<>(this.prefix, this.type, this.bind, this.apiKeys, List.of(names), this.json);
	}

	/**
	 * Add a setting that is JSON, passed on unchanged to the provider's protocol. The
	 * bound type must have a setter for a {@code Map<String, Object>}. Lists, numbers and
	 * booleans keep their types, also if set on the command line or by environment
	 * variables. A string that contains JSON is parsed.
	 * @param name the name of the setting, in lower case letters
	 * @param fields the known fields of the JSON
	 * @return new settings
	 */
	public ProviderSettings<S> withJson(String name, JsonFields fields) {
		Assert.isTrue(name.chars().allMatch((c) -> c >= 'a' && c <= 'z'),
				() -> "'name' must consist of lower case letters, but is '" + name + "'");
		Map<String, JsonFields> all = new LinkedHashMap<>(this.json);
		all.put(name, fields);
		return new ProviderSettings<>(this.prefix, this.type, this.bind, this.apiKeys, this.resolved, Map.copyOf(all));
	}

	/**
	 * Return the prefix of the settings.
	 * @return the prefix below the connection, or an empty string if there are no
	 * settings
	 */
	public String prefix() {
		return this.prefix;
	}

	/**
	 * Return the settings with an API key.
	 * @return their names
	 */
	List<String> apiKeys() {
		return this.apiKeys;
	}

	/**
	 * Return the keys of the settings, for any connection.
	 * @return the keys
	 */
	Set<KnownKey> keys() {
		if (this.type == null) {
			return Set.of();
		}
		String full = "streaming.connections.*." + this.prefix;
		Set<KnownKey> keys = new HashSet<>(KnownKeys.ofType(full, this.type));
		this.json.keySet().forEach((name) -> keys.add(KnownKey.of(full + "." + name, KnownKey.Content.MAP)));
		return keys;
	}

	/**
	 * Bind the settings of a connection.
	 * @param environment the environment
	 * @param prefix the full prefix of the settings
	 * @return the settings
	 */
	S bind(Environment environment, String prefix) {
		Source source = new Source(environment, Binder.get(environment), prefix, this.json);
		this.apiKeys.forEach((name) -> UnresolvedPlaceholder.refuseIfEmpty(source.property(name), source.text(name)));
		this.resolved.forEach((name) -> UnresolvedPlaceholder.refuse(source.property(name), source.text(name)));
		Stream.concat(this.apiKeys.stream(), this.resolved.stream())
			.forEach((name) -> refuseUnsendable(source.property(name), source.text(name)));
		try {
			return this.bind.apply(source);
		}
		catch (IllegalArgumentException ex) {
			throw source.refused(ex);
		}
	}

	/**
	 * Check a setting that becomes a header, or part of the URL. Surrounding white space
	 * is ignored.
	 * @param property the property's full name
	 * @param value its value, or {@code null} if it is not configured
	 * @throws StreamingConfigurationException if it cannot be sent; the message does not
	 * show it
	 */
	private static void refuseUnsendable(String property, @Nullable String value) {
		if (value != null && !HttpRules.isFieldValue(value.strip())) {
			throw new StreamingConfigurationException(property, null,
					"It has a line break or another character that cannot be sent.",
					"Set it to one line of printable characters. A key that comes from a file may have a second line.");
		}
	}

	/**
	 * Source of the properties below the prefix.
	 *
	 * @param environment the environment
	 * @param binder the binder of the environment
	 * @param prefix the full prefix, as shown in messages
	 * @param json the settings that are JSON
	 */
	private record Source(Environment environment, Binder binder, String prefix, Map<String, JsonFields> json) {

		<P> P bind(Class<P> type) {
			Set<ConfigurationPropertyName> handedOn = new HashSet<>();
			this.json.keySet().forEach((name) -> handedOn.add(ConfigurationPropertyName.adapt(property(name), '.')));
			P bound = this.binder.bindOrCreate(ConfigurationPropertyName.adapt(this.prefix, '.'), Bindable.of(type),
					new ExcludingBindHandler(handedOn));
			BeanWrapper bean = PropertyAccessorFactory.forBeanPropertyAccess(bound);
			this.json.forEach((name, fields) -> bean.setPropertyValue(name,
					new JsonSettings(this.environment, property(name), fields).read()));
			return bound;
		}

		String property(String setting) {
			return this.prefix + "." + setting;
		}

		@Nullable String text(String setting) {
			return this.binder
				.bind(ConfigurationPropertyName.adapt(property(setting), '.'), Bindable.listOf(String.class))
				.map((values) -> String.join(", ", values))
				.orElse(null);
		}

		StreamingConfigurationException refused(IllegalArgumentException failure) {
			String reason = String.valueOf(failure.getMessage());
			String sentence = reason + (reason.endsWith(".") ? "" : ".");
			String setting = reason.split(" ", 2)[0];
			String value = ConfigurationPropertyName.isValid(setting) ? text(setting) : null;
			if (value == null) {
				return new StreamingConfigurationException(this.prefix, null, StringUtils.capitalize(sentence),
						"Change the settings under '" + this.prefix + "', or remove what is wrong for the default.",
						failure);
			}
			String name = property(setting);
			return new StreamingConfigurationException(name, value, "It" + sentence.substring(setting.length()),
					"Change '" + name + "', or remove it for the default.", failure);
		}

	}

	/**
	 * Settings of a provider without settings.
	 */
	public enum None {

		/** No settings. */
		NONE

	}

	/**
	 * Excludes some properties from binding.
	 */
	private static final class ExcludingBindHandler extends AbstractBindHandler {

		private final Set<ConfigurationPropertyName> excluded;

		ExcludingBindHandler(Set<ConfigurationPropertyName> excluded) {
			this.excluded = excluded;
		}

		@Override
		public <T> @Nullable Bindable<T> onStart(ConfigurationPropertyName name, Bindable<T> target,
				BindContext context) {
			return this.excluded.contains(name) ? null : target;
		}

	}

}
