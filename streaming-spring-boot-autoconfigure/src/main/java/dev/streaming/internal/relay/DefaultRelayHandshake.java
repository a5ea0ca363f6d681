package dev.streaming.internal.relay;

import java.net.InetSocketAddress;
import java.net.URI;
import java.security.Principal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.streaming.relay.RelayHandshake;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.util.Assert;

/**
 * Default {@link RelayHandshake}. Does not retain parts of the request that the container
 * recycles.
 */
public final class DefaultRelayHandshake implements RelayHandshake {

	/** Name of the attribute of the WebSocket session with the handshake. */
	static final String ATTRIBUTE = DefaultRelayHandshake.class.getName();

	private final @Nullable Principal principal;

	private final @Nullable String httpSessionId;

	private final URI uri;

	private final HttpHeaders headers;

	private final @Nullable InetSocketAddress remoteAddress;

	private final Map<String, Object> attributes = new HashMap<>();

	private @Nullable String owner;

	DefaultRelayHandshake(@Nullable Principal principal, @Nullable String httpSessionId, URI uri, HttpHeaders headers,
			@Nullable InetSocketAddress remoteAddress) {
		this.principal = principal;
		this.httpSessionId = httpSessionId;
		this.uri = uri;
		this.headers = headers;
		this.remoteAddress = remoteAddress;
		this.owner = (principal != null) ? principal.getName() : null;
	}

	/**
	 * Create the handshake of a request.
	 * @param request the request
	 * @param httpSessionId the id of its HTTP session, or {@code null}
	 * @return the handshake
	 */
	static DefaultRelayHandshake of(ServerHttpRequest request, @Nullable String httpSessionId) {
		HttpHeaders headers = new HttpHeaders();
		headers.putAll(request.getHeaders());
		return new DefaultRelayHandshake(request.getPrincipal(), httpSessionId, request.getURI(), headers,
				request.getRemoteAddress());
	}

	@Override
	public Optional<Principal> principal() {
		return Optional.ofNullable(this.principal);
	}

	@Override
	public Optional<String> httpSessionId() {
		return Optional.ofNullable(this.httpSessionId);
	}

	@Override
	public URI uri() {
		return this.uri;
	}

	@Override
	public List<String> header(String name) {
		return List.copyOf(this.headers.getOrEmpty(name));
	}

	@Override
	public Optional<InetSocketAddress> remoteAddress() {
		return Optional.ofNullable(this.remoteAddress);
	}

	@Override
	public Map<String, Object> attributes() {
		return this.attributes;
	}

	@Override
	public Optional<String> owner() {
		return Optional.ofNullable(this.owner);
	}

	@Override
	public void owner(String name) {
		Assert.hasText(name, "'owner' must not be empty");
		this.owner = name;
	}

}
