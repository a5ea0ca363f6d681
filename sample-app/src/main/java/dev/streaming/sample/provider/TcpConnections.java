package dev.streaming.sample.provider;

import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;

import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/**
 * Access to the web server's TCP connections, to drop them without a close frame, which a
 * WebSocket API does not support, but which sessions must survive in production.
 */
@Component
@ConditionalOnEmbeddedProvider
class TcpConnections implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

	// Not a DroppingProtocol, see its Javadoc
	private volatile @Nullable IntConsumer dropper;

	private volatile @Nullable IntPredicate freezer;

	@Override
	public void customize(TomcatServletWebServerFactory factory) {
		factory.setProtocol(DroppingProtocol.class.getName());
		factory.addConnectorCustomizers((connector) -> {
			this.dropper = (IntConsumer) connector.getProtocolHandler();
			this.freezer = (IntPredicate) connector.getProtocolHandler();
		});
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
	 * Stop reading from the connection of a client.
	 * @param client its address and port
	 * @return whether there is such a connection
	 */
	boolean freeze(@Nullable InetSocketAddress client) {
		IntPredicate running = this.freezer;
		return client != null && running != null && running.test(client.getPort());
	}

	/**
	 * Tomcat's HTTP protocol handler with access to its sockets. Drops the connections of
	 * a remote port.
	 * <p>
	 * Tomcat loads the class by name with its own class loader. With Spring Boot's
	 * devtools the application's classes have another one, so that there are two classes
	 * of this name. Therefore, only an interface of the JDK is used to access it.
	 */
	public static final class DroppingProtocol extends Http11NioProtocol implements IntConsumer, IntPredicate {

		@Override
		public void accept(int remotePort) {
			getEndpoint().getConnections()
				.stream()
				.filter((connection) -> connection.getRemotePort() == remotePort)
				.forEach(SocketWrapperBase::close);
		}

		@Override
		public boolean test(int remotePort) {
			return getEndpoint().getConnections()
				.stream()
				.filter((connection) -> connection.getRemotePort() == remotePort)
				.filter(DroppingProtocol::stopReading)
				.count() > 0;
		}

		private static boolean stopReading(SocketWrapperBase<?> connection) {
			if (connection instanceof NioEndpoint.NioSocketWrapper nio) {
				SelectionKey key = nio.getSocket().getIOChannel().keyFor(nio.getPoller().getSelector());
				if (key != null) {
					key.cancel();
					return true;
				}
			}
			return false;
		}

	}

}
