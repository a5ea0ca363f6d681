package dev.streaming.sample.provider;

import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.server.HandshakeInterceptor;

/**
 * {@link HandshakeInterceptor} that refuses connections during a simulated outage.
 */
class Refusal implements HandshakeInterceptor {

	private final EmbeddedProvider provider;

	Refusal(EmbeddedProvider provider) {
		this.provider = provider;
	}

	@Override
	public boolean beforeHandshake(ServerHttpRequest request, ServerHttpResponse response, WebSocketHandler handler,
			Map<String, Object> attributes) {
		Optional<HttpStatus> refusal = this.provider.refusal(request.getHeaders().getFirst(Client.VISITOR_HEADER));
		refusal.ifPresent(response::setStatusCode);
		return refusal.isEmpty();
	}

	@Override
	public void afterHandshake(ServerHttpRequest request, ServerHttpResponse response, WebSocketHandler handler,
			@Nullable Exception exception) {
	}

}
