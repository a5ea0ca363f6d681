package dev.streaming.internal.transport.websocket;

import java.util.List;
import java.util.Map;

import dev.streaming.internal.transport.HandshakeRules;
import jakarta.websocket.ClientEndpointConfig.Configurator;
import jakarta.websocket.HandshakeResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * Adds the headers to the upgrade request and validates the response, if the container
 * does not do so itself. Called on the dialing thread.
 */
final class HandshakeConfigurator extends Configurator {

	private final HttpHeaders headers;

	private final List<String> subprotocols;

	private final boolean extensionsOffered;

	private final boolean checked;

	private @Nullable String key;

	/**
	 * Create a configurator for one dial.
	 * @param headers headers to add
	 * @param subprotocols the offered subprotocols
	 * @param extensionsOffered whether extensions are offered
	 * @param checked whether to validate the response
	 */
	HandshakeConfigurator(HttpHeaders headers, List<String> subprotocols, boolean extensionsOffered, boolean checked) {
		this.headers = headers;
		this.subprotocols = subprotocols;
		this.extensionsOffered = extensionsOffered;
		this.checked = checked;
	}

	@Override
	public void beforeRequest(Map<String, List<String>> requestHeaders) {
		this.key = HandshakeRules.first(requestHeaders, "Sec-WebSocket-Key");
		this.headers.forEach(requestHeaders::put);
	}

	@Override
	public void afterResponse(HandshakeResponse response) {
		Map<String, List<String>> answer = response.getHeaders();
		HandshakeRules.checkUpgrade(answer);
		if (this.checked) {
			HandshakeRules.checkAgreement(answer, this.key, this.subprotocols, this.extensionsOffered);
		}
	}

}
