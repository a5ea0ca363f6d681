package dev.streaming.autoconfigure;

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.streaming.ProxySettings;
import dev.streaming.ProxySettings.Type;
import dev.streaming.autoconfigure.StreamingProperties.Conn;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * Proxy of a connection as defined by properties: each setting is that of the connection,
 * or else that of {@code streaming.conn}. User and password are not sent to a host that
 * they were not configured for.
 */
final class ConfiguredProxy {

	private static final String INHERITED = "streaming.conn";

	private final String prefix;

	private final Conn own;

	private final Conn inherited;

	/**
	 * Create the proxy of a connection.
	 * @param prefix the prefix of the connection's own properties
	 * @param own the connection's own properties
	 * @param inherited the properties that it inherits; the same for the connection
	 * {@code default}
	 */
	ConfiguredProxy(String prefix, Conn own, Conn inherited) {
		this.prefix = prefix;
		this.own = own;
		this.inherited = inherited;
	}

	/**
	 * Return the settings.
	 * @return the settings, or {@code null} if no proxy is configured
	 * @throws StreamingConfigurationException if the settings are incomplete, or a value
	 * is not allowed
	 */
	@Nullable ProxySettings settings() {
		if (!isGiven()) {
			return null;
		}
		Type type = value(ProxyProperties::getType);
		if (type == Type.NONE) {
			return ProxySettings.none();
		}
		String host = value(ProxyProperties::getHost);
		UnresolvedPlaceholder.refuse(property("host", ProxyProperties::getHost), host);
		if (!StringUtils.hasText(host)) {
			throw missing("host", "name or address of the proxy");
		}
		Integer port = value(ProxyProperties::getPort);
		if (port == null) {
			throw missing("port", "port of the proxy");
		}
		ProxySettings settings = check("port", ProxyProperties::getPort, port,
				() -> ((type == Type.SOCKS5) ? ProxySettings.socks5("host", port) : ProxySettings.http("host", port)));
		settings = check("host", ProxyProperties::getHost, null,
				() -> ((type == Type.SOCKS5) ? ProxySettings.socks5(host, port) : ProxySettings.http(host, port)));
		settings = withCredentials(settings);
		List<String> direct = value(ProxyProperties::getNonProxyHosts);
		if (direct == null) {
			return settings;
		}
		ProxySettings all = settings;
		return check("non-proxy-hosts", ProxyProperties::getNonProxyHosts, direct, () -> all.nonProxyHosts(direct));
	}

	private ProxySettings withCredentials(ProxySettings settings) {
		ProxyProperties from = this.own.getProxy();
		boolean sameHost = from.getHost() == null
				|| from.getHost().equalsIgnoreCase(this.inherited.getProxy().getHost());
		String user = sameHost ? value(ProxyProperties::getUsername) : from.getUsername();
		String password = sameHost ? value(ProxyProperties::getPassword) : from.getPassword();
		String userProperty = property("username", ProxyProperties::getUsername);
		String passwordProperty = property("password", ProxyProperties::getPassword);
		UnresolvedPlaceholder.refuse(userProperty, user);
		UnresolvedPlaceholder.refuse(passwordProperty, password);
		if (!StringUtils.hasText(user)) {
			if (StringUtils.hasText(password)) {
				throw new StreamingConfigurationException(passwordProperty, null,
						"There is a password of the proxy, but no user name.",
						"Set '" + this.prefix + ".proxy.username' too, or remove the password.");
			}
			return settings;
		}
		return check("username", ProxyProperties::getUsername, null,
				() -> settings.credentials(user, (password != null) ? password : ""));
	}

	private boolean isGiven() {
		return isGiven(this.own.getProxy()) || isGiven(this.inherited.getProxy());
	}

	private static boolean isGiven(ProxyProperties proxy) {
		return proxy.getType() != null || proxy.getHost() != null || proxy.getPort() != null
				|| proxy.getUsername() != null || proxy.getPassword() != null || proxy.getNonProxyHosts() != null;
	}

	private <T> @Nullable T value(Function<ProxyProperties, @Nullable T> getter) {
		T value = getter.apply(this.own.getProxy());
		return (value != null) ? value : getter.apply(this.inherited.getProxy());
	}

	/**
	 * Return the property that determines the kind of proxy.
	 * @return its full name
	 */
	String typeProperty() {
		return property("type", ProxyProperties::getType);
	}

	// Return the property that determines the value.
	private String property(String name, Function<ProxyProperties, ? extends @Nullable Object> getter) {
		boolean isInherited = getter.apply(this.own.getProxy()) == null
				&& getter.apply(this.inherited.getProxy()) != null;
		return (isInherited ? INHERITED : this.prefix) + ".proxy." + name;
	}

	private StreamingConfigurationException missing(String name, String meaning) {
		return new StreamingConfigurationException(this.prefix + ".proxy." + name, null,
				"The proxy has no " + name + ".",
				"Set it to the " + meaning + ", or set '" + this.prefix + ".proxy.type' to 'none'.");
	}

	private ProxySettings check(String name, Function<ProxyProperties, ? extends @Nullable Object> getter,
			@Nullable Object shown, Supplier<ProxySettings> settings) {
		try {
			return settings.get();
		}
		catch (IllegalArgumentException ex) {
			String property = property(name, getter);
			throw new StreamingConfigurationException(property, shown,
					StringUtils.capitalize(String.valueOf(ex.getMessage())) + ".", "Change '" + property + "'.", ex);
		}
	}

}
