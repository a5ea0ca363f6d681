package dev.streaming.sample.provider;

import java.net.InetSocketAddress;
import java.util.function.IntConsumer;

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
@ConditionalOnEmbeddedProvider
class TcpConnections implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

	// Not a DroppingProtocol: see there
	private volatile @Nullable IntConsumer dropper;

	@Override
	public void customize(TomcatServletWebServerFactory factory) {
		factory.setProtocol(DroppingProtocol.class.getName());
		factory.addConnectorCustomizers((connector) -> this.dropper = (IntConsumer) connector.getProtocolHandler());
	}

	/**
	 * Drop the connection of a client.
	 * @param client its address and port
	 */
	void drop(@Nullable InetSocketAddress client) {
		IntConsumer running = this.dropper;
		if (client != null && running != null) {
			running.accept(client.getPort());
		}
	}

	/**
	 * Tomcat's HTTP protocol handler, which knows its sockets. Drops the connections from
	 * the remote port that it is given.
	 * <p>
	 * Tomcat loads it by its name with its own class loader. With Spring Boot's devtools
	 * the application's classes have another one, so that there are two classes of this
	 * name. Both sides therefore use an interface of the JDK, which exists once.
	 */
	public static final class DroppingProtocol extends Http11NioProtocol implements IntConsumer {

		@Override
		public void accept(int remotePort) {
			getEndpoint().getConnections()
				.stream()
				.filter((connection) -> connection.getRemotePort() == remotePort)
				.forEach(SocketWrapperBase::close);
		}

	}

}
