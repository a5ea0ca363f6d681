package dev.streaming.autoconfigure;

import dev.streaming.ProxySettings;
import dev.streaming.TransportType;
import dev.streaming.autoconfigure.StreamingProperties.Conn;

/**
 * Checks that the transport of a connection supports its other settings.
 */
final class ConfiguredTransport {

	private final String prefix;

	private final Conn own;

	private final Conn inherited;

	/**
	 * Create the transport of a connection.
	 * @param prefix the prefix of the connection's own properties
	 * @param own the connection's own properties
	 * @param inherited the properties that it inherits; the same for the connection
	 * {@code default}
	 */
	ConfiguredTransport(String prefix, Conn own, Conn inherited) {
		this.prefix = prefix;
		this.own = own;
		this.inherited = inherited;
	}

	/**
	 * Check the settings.
	 * @param proxy the proxy of the connection
	 * @throws StreamingConfigurationException if the transport does not support a
	 * setting; the message has its property
	 */
	void check(ConfiguredProxy proxy) {
		ProxySettings settings = proxy.settings();
		boolean socks = settings != null && settings.type() == ProxySettings.Type.SOCKS5;
		boolean isOwn = this.own.getCompression() != null;
		boolean compression = Boolean.TRUE.equals(isOwn ? this.own.getCompression() : this.inherited.getCompression());
		// To determine the default type takes a search of the class path
		if ((!socks && !compression) || type() != TransportType.STANDARD) {
			return;
		}
		String select = "Set '" + this.prefix + ".transport' to 'netty', or ";
		if (socks) {
			throw new StreamingConfigurationException(proxy.typeProperty(), "socks5",
					"The transport 'standard' cannot use a SOCKS proxy.",
					select + "use an HTTP proxy: set the type to 'http'.");
		}
		throw new StreamingConfigurationException((isOwn ? this.prefix : "streaming.conn") + ".compression", true,
				"The transport 'standard' does not compress.",
				select + "set '" + this.prefix + ".compression' to 'false'.");
	}

	private TransportType type() {
		TransportType type = (this.own.getTransport() != null) ? this.own.getTransport()
				: this.inherited.getTransport();
		return (type != null) ? type : TransportType.defaultType();
	}

}
