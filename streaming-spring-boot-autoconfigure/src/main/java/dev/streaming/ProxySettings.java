package dev.streaming;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Proxy of a connection. Immutable: methods that change a setting return a copy.
 *
 * <pre>{@code
 * ProxySettings proxy = ProxySettings.http("proxy.example.com", 3128)
 *     .credentials("joe", password)
 *     .nonProxyHosts("*.internal.example.com");
 * }</pre>
 *
 * The host of the provider is resolved by the proxy. The credentials are sent to the
 * proxy only, and are never part of logs, messages or {@link #toString()}. A connection
 * without these settings uses the JVM's {@link java.net.ProxySelector}.
 *
 * @since 1.0.0
 */
public final class ProxySettings {

	private static final int MAX_PORT = 65_535;

	/** Maximum length of user and password in RFC 1929, in bytes. */
	private static final int MAX_SOCKS_CREDENTIAL = 255;

	private static final ProxySettings NONE = new ProxySettings(Type.NONE, "", 0, null, null, List.of());

	private final Type type;

	private final String host;

	private final int port;

	private final @Nullable String user;

	private final @Nullable String password;

	private final List<String> nonProxyHosts;

	private ProxySettings(Type type, String host, int port, @Nullable String user, @Nullable String password,
			List<String> nonProxyHosts) {
		this.type = type;
		this.host = host;
		this.port = port;
		this.user = user;
		this.password = password;
		this.nonProxyHosts = nonProxyHosts;
	}

	/**
	 * Connect through an HTTP proxy with {@code CONNECT}, for {@code ws}, too.
	 * @param host the name or address of the proxy, without a scheme
	 * @param port its port, 1 to 65535
	 * @return the settings
	 */
	public static ProxySettings http(String host, int port) {
		return new ProxySettings(Type.HTTP, checkHost(host), checkPort(port), null, null, List.of());
	}

	/**
	 * Connect through a SOCKS proxy of version 5. Requires {@link TransportType#NETTY}.
	 * @param host the name or address of the proxy, without a scheme
	 * @param port its port, 1 to 65535
	 * @return the settings
	 */
	public static ProxySettings socks5(String host, int port) {
		return new ProxySettings(Type.SOCKS5, checkHost(host), checkPort(port), null, null, List.of());
	}

	/**
	 * Connect directly, regardless of the JVM's {@link java.net.ProxySelector}.
	 * @return the settings
	 */
	public static ProxySettings none() {
		return NONE;
	}

	private static String checkHost(@Nullable String host) {
		Assert.isTrue(host != null && !host.isBlank(), "the proxy's host must not be empty");
		Assert.isTrue(host.chars().noneMatch((c) -> c <= ' ' || c == '/' || c == '@' || c == '\\' || c == 0x7f),
				"the proxy's host must be a name or an address, without a scheme, a path or a user");
		return host;
	}

	private static int checkPort(int port) {
		Assert.isTrue(port > 0 && port <= MAX_PORT,
				() -> "the proxy's port must be from 1 to " + MAX_PORT + ", but is " + port);
		return port;
	}

	/**
	 * Set the credentials for the proxy: Basic authentication for an HTTP proxy, user
	 * name and password (RFC 1929) for a SOCKS proxy.
	 * @param user the name of the user, without a colon for an HTTP proxy
	 * @param password the password, possibly empty
	 * @return a copy with the credentials
	 */
	public ProxySettings credentials(String user, String password) {
		Assert.state(this.type != Type.NONE, "Without a proxy there is nothing to log in at");
		Assert.isTrue(user != null && !user.isEmpty(), "the proxy's user must not be empty");
		Assert.isTrue(password != null, "the proxy's password must not be null");
		Assert.isTrue(this.type != Type.HTTP || user.indexOf(':') == -1,
				"the user of an HTTP proxy must have no colon");
		Assert.isTrue(this.type != Type.SOCKS5 || (isShort(user) && isShort(password)),
				"user and password of a SOCKS proxy must have at most " + MAX_SOCKS_CREDENTIAL + " bytes each");
		return new ProxySettings(this.type, this.host, this.port, user, password, this.nonProxyHosts);
	}

	private static boolean isShort(String credential) {
		return credential.getBytes(StandardCharsets.UTF_8).length <= MAX_SOCKS_CREDENTIAL;
	}

	/**
	 * Set the hosts to connect to directly.
	 * @param patterns names or addresses of hosts, case-insensitive; {@code *} matches
	 * any characters, as in {@code *.internal.example.com}
	 * @return a copy with these patterns instead of the previous ones
	 */
	public ProxySettings nonProxyHosts(String... patterns) {
		return nonProxyHosts(Arrays.asList(patterns));
	}

	/**
	 * Set the hosts to connect to directly.
	 * @param patterns names or addresses of hosts, case-insensitive; {@code *} matches
	 * any characters
	 * @return a copy with these patterns instead of the previous ones
	 */
	public ProxySettings nonProxyHosts(Collection<String> patterns) {
		patterns.forEach((pattern) -> Assert.isTrue(pattern != null && !pattern.isBlank(),
				"a pattern of hosts that need no proxy must not be empty"));
		return new ProxySettings(this.type, this.host, this.port, this.user, this.password,
				patterns.stream().map(String::strip).toList());
	}

	/**
	 * Return the kind of proxy.
	 * @return the kind
	 */
	public Type type() {
		return this.type;
	}

	/**
	 * Return the name or address of the proxy.
	 * @return the host, empty if there is no proxy
	 */
	public String host() {
		return this.host;
	}

	/**
	 * Return the port of the proxy.
	 * @return the port, 0 if there is no proxy
	 */
	public int port() {
		return this.port;
	}

	/**
	 * Return the name of the user. A secret.
	 * @return the name, or {@code null} for none
	 */
	public @Nullable String user() {
		return this.user;
	}

	/**
	 * Return the password. A secret.
	 * @return the password, or {@code null} for none
	 */
	public @Nullable String password() {
		return this.password;
	}

	/**
	 * Return the hosts to connect to directly.
	 * @return an immutable list of patterns
	 */
	public List<String> nonProxyHosts() {
		return this.nonProxyHosts;
	}

	/**
	 * Return whether connections to a host use the proxy.
	 * @param host the host, as in a URL
	 * @return {@code false} if there is no proxy, or the host matches one of
	 * {@link #nonProxyHosts()}
	 */
	public boolean appliesTo(String host) {
		if (this.type == Type.NONE) {
			return false;
		}
		String plain = (host.startsWith("[") && host.endsWith("]")) ? host.substring(1, host.length() - 1) : host;
		return this.nonProxyHosts.stream().noneMatch((pattern) -> matches(pattern, plain));
	}

	private static boolean matches(String pattern, String host) {
		String regex = Arrays.stream(pattern.toLowerCase(Locale.ROOT).split("\\*+", -1))
			.map(Pattern::quote)
			.collect(Collectors.joining(".*"));
		return host.toLowerCase(Locale.ROOT).matches(regex);
	}

	/**
	 * Return whether the standard transport supports the proxy.
	 * @return whether there is none, or it is an HTTP proxy
	 */
	boolean isSupportedByStandard() {
		return this.type != Type.SOCKS5;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof ProxySettings that && this.type == that.type && this.host.equals(that.host)
				&& this.port == that.port && Objects.equals(this.user, that.user)
				&& Objects.equals(this.password, that.password) && this.nonProxyHosts.equals(that.nonProxyHosts);
	}

	@Override
	public int hashCode() {
		return Objects.hash(this.type, this.host, this.port, this.user);
	}

	/**
	 * Return a short description with kind, host and port, but without credentials.
	 * @return a short description
	 */
	@Override
	public String toString() {
		return (this.type != Type.NONE) ? this.type + " " + this.host + ":" + this.port : this.type.toString();
	}

	/**
	 * Kinds of proxies.
	 */
	public enum Type {

		/** An HTTP proxy with support for {@code CONNECT}. */
		HTTP,

		/** A SOCKS proxy of version 5. */
		SOCKS5,

		/** No proxy: direct connections. */
		NONE

	}

}
