package dev.streaming.internal.relay;

import java.util.List;
import java.util.Map;

import dev.streaming.relay.RelayCustomizer;
import dev.streaming.relay.RelayObserver;
import dev.streaming.relay.RelayObserver.Handshake;
import jakarta.servlet.http.HttpSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.http.HttpStatus;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.server.HandshakeInterceptor;
import org.springframework.web.util.WebUtils;

/**
 * {@link HandshakeInterceptor} that checks the origin and calls the customizers. The
 * status of refused handshakes, which are counted, is 403.
 */
public final class RelayHandshakeInterceptor implements HandshakeInterceptor {

	private static final Logger logger = LoggerFactory.getLogger(RelayHandshakeInterceptor.class);

	private final CorsConfiguration allowed = new CorsConfiguration();

	private final List<RelayCustomizer> customizers;

	private final RelayObserver observer;

	/**
	 * Create an interceptor.
	 * @param relays the registry with the customizers
	 * @param allowedOrigins additional origins, as patterns like those of CORS
	 */
	public RelayHandshakeInterceptor(Relays relays, List<String> allowedOrigins) {
		this.customizers = relays.customizers();
		this.observer = relays.environment().observer();
		this.allowed.setAllowedOriginPatterns(List.copyOf(allowedOrigins));
	}

	@Override
	public boolean beforeHandshake(ServerHttpRequest request, ServerHttpResponse response, WebSocketHandler handler,
			Map<String, Object> attributes) {
		Handshake outcome = Handshake.ACCEPTED;
		if (!isAllowed(request)) {
			outcome = Handshake.ORIGIN;
			logger.atDebug().log("Refused a browser whose page is of another origin");
		}
		else {
			DefaultRelayHandshake handshake = DefaultRelayHandshake.of(request, httpSessionId(request));
			if (isWelcome(handshake)) {
				attributes.put(DefaultRelayHandshake.ATTRIBUTE, handshake);
			}
			else {
				outcome = Handshake.REFUSED;
			}
		}
		this.observer.handshake(outcome);
		if (outcome != Handshake.ACCEPTED) {
			response.setStatusCode(HttpStatus.FORBIDDEN);
		}
		return outcome == Handshake.ACCEPTED;
	}

	private boolean isAllowed(ServerHttpRequest request) {
		String origin = request.getHeaders().getOrigin();
		try {
			// A client without an origin is not a browser
			return origin == null || WebUtils.isSameOrigin(request) || this.allowed.checkOrigin(origin) != null;
		}
		catch (IllegalArgumentException | IllegalStateException ex) {
			// An invalid origin, or one with a template in its port; the exception's
			// message contains it
			return false;
		}
	}

	private boolean isWelcome(DefaultRelayHandshake handshake) {
		for (RelayCustomizer customizer : this.customizers) {
			try {
				if (!customizer.accept(handshake)) {
					logger.atDebug().log("A customizer refused a browser");
					return false;
				}
			}
			catch (RuntimeException ex) {
				logger.atWarn().setCause(ex).log("A RelayCustomizer failed; the browser is refused");
				return false;
			}
		}
		return true;
	}

	private static @Nullable String httpSessionId(ServerHttpRequest request) {
		if (request instanceof ServletServerHttpRequest servlet) {
			HttpSession session = servlet.getServletRequest().getSession(false);
			return (session != null) ? session.getId() : null;
		}
		return null;
	}

	@Override
	public void afterHandshake(ServerHttpRequest request, ServerHttpResponse response, WebSocketHandler handler,
			@Nullable Exception exception) {
	}

}
