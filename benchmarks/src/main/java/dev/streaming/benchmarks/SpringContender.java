package dev.streaming.benchmarks;

import java.net.URI;
import java.util.function.Consumer;

import javax.net.ssl.SSLContext;

import org.apache.tomcat.websocket.WsWebSocketContainer;

import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;
import org.springframework.web.socket.handler.AbstractWebSocketHandler;

/**
 * Spring's {@code StandardWebSocketClient} on Tomcat's client, by hand, either with
 * partial messages, so that a large message needs no buffer of its size in the container,
 * or with a buffer for a whole message in each connection.
 */
final class SpringContender implements Contender {

	private static final int WHOLE = 64 * 1024;

	private final StandardWebSocketClient client;

	private final boolean partial;

	SpringContender(SSLContext sslContext, boolean partial) {
		WsWebSocketContainer container = new WsWebSocketContainer();
		if (!partial) {
			container.setDefaultMaxTextMessageBufferSize(WHOLE);
		}
		this.partial = partial;
		this.client = new StandardWebSocketClient(container);
		this.client.setSslContext(sslContext);
	}

	@Override
	public Link open(URI uri, Decoder decode, Consumer<String> consumer) throws Exception {
		WebSocketSession session = this.client.execute(new Handler(decode, consumer, this.partial), null, uri).get();
		return new Link() {

			@Override
			public void send(String text) throws Exception {
				session.sendMessage(new TextMessage(text));
			}

			@Override
			public void close() throws Exception {
				session.close();
			}

		};
	}

	private static final class Handler extends AbstractWebSocketHandler {

		private final Decoder decode;

		private final Consumer<String> consumer;

		private final boolean partial;

		private StringBuilder pieces = new StringBuilder();

		Handler(Decoder decode, Consumer<String> consumer, boolean partial) {
			this.partial = partial;
			this.decode = decode;
			this.consumer = consumer;
		}

		@Override
		protected void handleTextMessage(WebSocketSession session, TextMessage message) {
			String piece = message.getPayload();
			if (message.isLast() && this.pieces.isEmpty()) {
				this.consumer.accept(this.decode.decode(piece));
				return;
			}
			this.pieces.append(piece);
			if (message.isLast()) {
				this.consumer.accept(this.decode.decode(this.pieces.toString()));
				this.pieces = new StringBuilder();
			}
		}

		@Override
		public boolean supportsPartialMessages() {
			return this.partial;
		}

	}

}
