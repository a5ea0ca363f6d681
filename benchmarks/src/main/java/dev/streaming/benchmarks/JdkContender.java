package dev.streaming.benchmarks;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

import javax.net.ssl.SSLContext;

import org.jspecify.annotations.Nullable;

/**
 * The client of the JDK. One send at a time.
 */
final class JdkContender implements Contender {

	private final HttpClient client;

	JdkContender(SSLContext sslContext) {
		this.client = HttpClient.newBuilder().sslContext(sslContext).build();
	}

	@Override
	public Link open(URI uri, Decoder decode, Consumer<String> consumer) throws Exception {
		WebSocket webSocket = this.client.newWebSocketBuilder().buildAsync(uri, new WebSocket.Listener() {

			private StringBuilder pieces = new StringBuilder();

			@Override
			public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence piece, boolean last) {
				if (last && this.pieces.isEmpty()) {
					consumer.accept(decode.decode(piece.toString()));
				}
				else {
					this.pieces.append(piece);
					if (last) {
						consumer.accept(decode.decode(this.pieces.toString()));
						this.pieces = new StringBuilder();
					}
				}
				socket.request(1);
				return null;
			}

		}).get();
		return new Link() {

			@Override
			public void send(String text) throws Exception {
				webSocket.sendText(text, true).get();
			}

			@Override
			public void close() throws Exception {
				webSocket.sendClose(WebSocket.NORMAL_CLOSURE, "").get();
			}

		};
	}

}
