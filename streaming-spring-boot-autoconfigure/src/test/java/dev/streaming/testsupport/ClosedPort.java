package dev.streaming.testsupport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A port that refuses connections. It is bound and does not listen, so that no server of
 * another test or build gets it meanwhile.
 *
 * @param socket the bound socket
 */
public record ClosedPort(Socket socket) implements AutoCloseable {

	/**
	 * Reserve a port of the loopback address.
	 * @return the port
	 * @throws IOException if there is none
	 */
	public static ClosedPort reserve() throws IOException {
		Socket socket = new Socket();
		socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
		return new ClosedPort(socket);
	}

	/**
	 * Return the number of the port.
	 * @return the number
	 */
	public int number() {
		return this.socket.getLocalPort();
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
