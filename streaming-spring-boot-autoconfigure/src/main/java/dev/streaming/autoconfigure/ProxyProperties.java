package dev.streaming.autoconfigure;

import java.util.List;

import dev.streaming.ProxySettings;
import org.jspecify.annotations.Nullable;

/**
 * Configuration properties of the proxy of a connection. A property that is {@code null}
 * is not configured.
 *
 * @since 1.0.0
 */
public class ProxyProperties {

	/**
	 * Type of the proxy. If not set, http if a host is set, or else the proxy of the
	 * JVM's ProxySelector. The type socks5 requires the transport netty.
	 */
	private ProxySettings.@Nullable Type type;

	/**
	 * Name or address of the proxy.
	 */
	private @Nullable String host;

	/**
	 * Port of the proxy.
	 */
	private @Nullable Integer port;

	/**
	 * User name for the proxy. Inherited only together with the host.
	 */
	private @Nullable String username;

	/**
	 * Password for the proxy. Inherited only together with the host.
	 */
	private @Nullable String password;

	/**
	 * Hosts to connect to directly. An asterisk matches any characters.
	 */
	private @Nullable List<String> nonProxyHosts;

	public ProxySettings.@Nullable Type getType() {
		return this.type;
	}

	public void setType(ProxySettings.@Nullable Type type) {
		this.type = type;
	}

	public @Nullable String getHost() {
		return this.host;
	}

	public void setHost(@Nullable String host) {
		this.host = host;
	}

	public @Nullable Integer getPort() {
		return this.port;
	}

	public void setPort(@Nullable Integer port) {
		this.port = port;
	}

	public @Nullable String getUsername() {
		return this.username;
	}

	public void setUsername(@Nullable String username) {
		this.username = username;
	}

	public @Nullable String getPassword() {
		return this.password;
	}

	public void setPassword(@Nullable String password) {
		this.password = password;
	}

	public @Nullable List<String> getNonProxyHosts() {
		return this.nonProxyHosts;
	}

	public void setNonProxyHosts(@Nullable List<String> nonProxyHosts) {
		this.nonProxyHosts = nonProxyHosts;
	}

}
