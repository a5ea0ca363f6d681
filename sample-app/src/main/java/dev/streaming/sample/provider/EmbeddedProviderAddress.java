package dev.streaming.sample.provider;

import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;

import dev.streaming.Handshake;
import dev.streaming.HandshakeCustomizer;

import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * Fills in where the embedded provider is: the port where {@code server.port} is 0, which
 * is known only when the server has started, long after the settings were read; and the
 * host where {@code server.address} is one address that is not {@code localhost}. Shows
 * what may change from dial to dial; tokens that expire would come here too.
 */
@Component
@ConditionalOnEmbeddedProvider
class EmbeddedProviderAddress implements HandshakeCustomizer {

	private static final String PATH = "/provider/";

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
		if (!"localhost".equals(uri.getHost()) || !uri.getPath().startsWith(PATH)) {
			// Somebody has configured another provider
			return;
		}
		UriComponentsBuilder there = UriComponentsBuilder.fromUri(uri);
		if (uri.getPort() == 0) {
			there.port(this.environment.getRequiredProperty("local.server.port", Integer.class));
		}
		InetAddress address = this.environment.getProperty("server.address", InetAddress.class);
		if (address != null && !address.isAnyLocalAddress() && !isLocalhost(address)) {
			String literal = address.getHostAddress();
			there.host((address instanceof Inet6Address) ? "[" + literal.split("%")[0] + "]" : literal);
		}
		handshake.uri(there.build(true).toUri());
	}

	private static boolean isLocalhost(InetAddress address) {
		try {
			return address.equals(InetAddress.getByName("localhost"));
		}
		catch (UnknownHostException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
