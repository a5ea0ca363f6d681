package dev.streaming.sample.provider;

import java.net.URI;

import dev.streaming.Handshake;
import dev.streaming.HandshakeCustomizer;

import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * Fills in the port where {@code server.port} is 0: it is known only when the server has
 * started, which is long after the settings were read. Shows what may change from dial to
 * dial; tokens that expire would come here too.
 */
@Component
class EmbeddedProviderAddress implements HandshakeCustomizer {

	private final Environment environment;

	EmbeddedProviderAddress(Environment environment) {
		this.environment = environment;
	}

	@Override
	public boolean supports(String connectionName) {
		return true;
	}

	@Override
	public void customize(Handshake handshake) {
		URI uri = handshake.uri();
		if (uri.getPort() == 0) {
			int port = this.environment.getRequiredProperty("local.server.port", Integer.class);
			handshake.uri(UriComponentsBuilder.fromUri(uri).port(port).build(true).toUri());
		}
	}

}
