package dev.streaming.benchmarks;

import java.net.URI;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import javax.net.ssl.SSLContext;

import org.java_websocket.client.WebSocketClient;
import org.java_websocket.handshake.ServerHandshake;

/**
 * Java-WebSocket. It queues sends without a limit; the caller waits at 16 of them.
 */
final class JavaWebSocketContender implements Contender {

	private static final int MAX_QUEUED = 16;

	private final SSLContext sslContext;

	JavaWebSocketContender(SSLContext sslContext) {
		this.sslContext = sslContext;
	}

	@Override
	public Link open(URI uri, Decoder decode, Consumer<String> consumer) throws Exception {
		Client client = new Client(uri, decode, consumer);
		if (uri.getScheme().equals("wss")) {
			client.setSocketFactory(this.sslContext.getSocketFactory());
		}
		client.setTcpNoDelay(true);
		client.setConnectionLostTimeout(0);
		if (!client.connectBlocking(30, TimeUnit.SECONDS)) {
			throw new IllegalStateException("Not connected");
		}
		return new Link() {

			private int sent;

			@Override
			public void send(String text) {
				// Whether anything is queued is all that it tells
				if (++this.sent % MAX_QUEUED == 0) {
					while (client.hasBufferedData()) {
						LockSupport.parkNanos(20_000);
					}
				}
				client.send(text);
			}

			@Override
			public void close() {
				client.close();
			}

		};
	}

	private static final class Client extends WebSocketClient {

		private final Decoder decode;

		private final Consumer<String> consumer;

		Client(URI uri, Decoder decode, Consumer<String> consumer) {
			super(uri);
			this.decode = decode;
			this.consumer = consumer;
		}

		@Override
		public void onOpen(ServerHandshake handshake) {
		}

		@Override
		public void onMessage(String message) {
			this.consumer.accept(this.decode.decode(message));
		}

		@Override
		public void onClose(int code, String reason, boolean remote) {
		}

		@Override
		public void onError(Exception ex) {
		}

	}

}
