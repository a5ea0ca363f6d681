package dev.streaming.protocol;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiFunction;

import dev.streaming.internal.concurrent.BoundedExecutor;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.concurrent.ThreadScheduler;
import dev.streaming.internal.transport.Transport;
import dev.streaming.testsupport.RawWebSocketConnection;
import dev.streaming.testsupport.RawWebSocketServer;

import org.springframework.web.socket.CloseStatus;

/**
 * A provider behind a real WebSocket server, and the client's way to it.
 */
final class SocketServer extends ProviderServer {

	private final ThreadScheduler timer = new ThreadScheduler("protocol-timer");

	private final BoundedExecutor executor = new BoundedExecutor("protocol-io-", 16);

	private final Transport transport;

	private final AutoCloseable client;

	private final boolean binary;

	private final RawWebSocketServer server;

	/**
	 * Start a provider.
	 * @param binary whether it speaks in binary frames
	 * @param transport makes the client's transport
	 * @param client stops the client that the transport does not close
	 */
	SocketServer(boolean binary, BiFunction<Executor, Scheduler, Transport> transport, AutoCloseable client) {
		this.binary = binary;
		this.client = client;
		this.transport = transport.apply(this.executor, this.timer);
		this.server = RawWebSocketServer.start((connection) -> new Peer(connection).serve());
	}

	@Override
	Transport transport() {
		return this.transport;
	}

	@Override
	String url() {
		return this.server.uri("/v1/stream").toString();
	}

	@Override
	public void close() {
		try {
			if (this.transport instanceof AutoCloseable closeable) {
				closeable.close();
			}
			this.client.close();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
		finally {
			this.executor.close();
			this.timer.close();
			this.server.close();
		}
	}

	private final class Peer implements ProviderPeer {

		private final RawWebSocketConnection connection;

		private final BlockingQueue<Optional<String>> heard = new LinkedBlockingQueue<>();

		private boolean first = true;

		Peer(RawWebSocketConnection connection) {
			this.connection = connection;
		}

		void serve() throws Exception {
			this.connection.upgrade();
			connected(this);
			try {
				this.connection.serve((frame) -> {
					this.heard.add(Optional.of(frame.text()));
					if (this.first) {
						this.first = false;
						setUp(this);
					}
				});
			}
			finally {
				this.heard.add(Optional.empty());
			}
		}

		@Override
		public void say(String message) {
			write(() -> {
				if (SocketServer.this.binary) {
					this.connection.binary(message.getBytes(StandardCharsets.UTF_8));
				}
				else {
					this.connection.text(message);
				}
			});
		}

		private static void write(Write write) {
			try {
				write.run();
			}
			catch (IOException ex) {
				// The client has closed the connection; without a socket the message is
				// lost too
			}
		}

		@Override
		public Optional<String> hear() throws InterruptedException {
			return taken(this.heard);
		}

		@Override
		public void close(CloseStatus status) {
			write(() -> this.connection.close(status.getCode(), Objects.requireNonNullElse(status.getReason(), "")));
		}

	}

	@FunctionalInterface
	private interface Write {

		void run() throws IOException;

	}

}
