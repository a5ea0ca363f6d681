package dev.streaming.internal.connection;

import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.streaming.ConnConfig;
import dev.streaming.Handshake;
import dev.streaming.internal.util.HttpRules;
import dev.streaming.internal.util.PeerText;
import dev.streaming.internal.util.WebSocketUrl;

/**
 * Handshake of one dial. Changed by the dial's thread only.
 */
final class DefaultHandshake implements Handshake {

	private final String connectionName;

	private final Map<String, Object> attributes;

	private final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

	// Read by the threads that report the dial
	private volatile URI uri;

	private boolean malformed;

	DefaultHandshake(ConnConfig config) {
		this.connectionName = config.name();
		this.attributes = config.attributes();
		this.uri = config.uri();
		config.headers().forEach((name, value) -> this.headers.put(name, List.of(value)));
	}

	@Override
	public String connectionName() {
		return this.connectionName;
	}

	@Override
	public Map<String, Object> attributes() {
		return this.attributes;
	}

	@Override
	public URI uri() {
		return this.uri;
	}

	@Override
	public void uri(URI uri) {
		this.malformed = true;
		this.uri = WebSocketUrl.check(uri);
		this.malformed = false;
	}

	/**
	 * Return whether the last URL was refused.
	 * @return whether another dial would fail in the same way
	 */
	boolean isMalformed() {
		return this.malformed;
	}

	@Override
	public Map<String, List<String>> headers() {
		return Collections.unmodifiableMap(this.headers);
	}

	@Override
	public void header(String name, String value) {
		HttpRules.header(name, value);
		this.headers.put(name, List.of(value));
	}

	/**
	 * Return the sanitizer for texts of the peer, which masks the secrets of the
	 * handshake. Must not be called while the customizer may change it.
	 * @return the sanitizer
	 */
	PeerText peerText() {
		return PeerText.of(this.uri, this.headers.values().stream().flatMap(List::stream).toList());
	}

	Map<String, List<String>> copyOfHeaders() {
		Map<String, List<String>> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		this.headers.forEach((name, values) -> copy.put(name, new ArrayList<>(values)));
		return copy;
	}

}
