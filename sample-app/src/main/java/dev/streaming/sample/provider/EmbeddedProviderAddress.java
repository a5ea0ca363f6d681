package dev.streaming.sample.provider;

import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;

import dev.streaming.Handshake;
import dev.streaming.HandshakeCustomizer;
import dev.streaming.sample.VisitorId;

import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * {@link HandshakeCustomizer} that sets the address of the embedded provider: the port if
 * {@code server.port} is 0, which is only known after the start of the server; and the
 * host if {@code server.address} is an address other than {@code localhost}. Adds the
 * visitor of the connection, so that a fault affects no others. Shows data that may
 * change with each dial, such as expiring tokens.
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
			// Another provider is configured
			return;
		}
		if (handshake.attributes().get(VisitorId.ATTRIBUTE) instanceof String visitor) {
			handshake.header(Client.VISITOR_HEADER, visitor);
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
