package dev.streaming.sample.provider;

import java.net.InetSocketAddress;

import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/**
 * The web server's TCP connections. A WebSocket API closes in order only, with a close
 * frame; what a session has to survive in production is a connection that is just gone.
 */
@Component
class TcpConnections implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

	private volatile @Nullable DroppingProtocol protocol;

	@Override
	public void customize(TomcatServletWebServerFactory factory) {
		factory.setProtocol(DroppingProtocol.class.getName());
		factory
			.addConnectorCustomizers((connector) -> this.protocol = (DroppingProtocol) connector.getProtocolHandler());
	}

	/**
	 * Drop the connection of a client.
	 * @param client its address and port
	 */
	void drop(@Nullable InetSocketAddress client) {
		DroppingProtocol running = this.protocol;
		if (client != null && running != null) {
			running.drop(client.getPort());
		}
	}

	/**
	 * Tomcat's HTTP connector, which knows its sockets.
	 */
	public static final class DroppingProtocol extends Http11NioProtocol {

		void drop(int remotePort) {
			getEndpoint().getConnections()
				.stream()
				.filter((connection) -> connection.getRemotePort() == remotePort)
				.forEach(SocketWrapperBase::close);
		}

	}

}
