package dev.streaming.benchmarks;

import java.net.URI;
import java.util.function.Consumer;

import javax.net.ssl.SSLContext;

import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.client.WebSocketClient;

/**
 * Jetty's client. One send at a time.
 */
final class JettyContender implements Contender {

	private final WebSocketClient client;

	JettyContender(SSLContext sslContext) throws Exception {
		SslContextFactory.Client ssl = new SslContextFactory.Client();
		ssl.setSslContext(sslContext);
		ClientConnector connector = new ClientConnector();
		connector.setSslContextFactory(ssl);
		this.client = new WebSocketClient(new HttpClient(new HttpClientTransportOverHTTP(connector)));
		this.client.setMaxTextMessageSize(1024 * 1024);
		this.client.start();
	}

	@Override
	public Link open(URI uri, Decoder decode, Consumer<String> consumer) throws Exception {
		Session session = this.client.connect(new Texts(decode, consumer), uri).get();
		return new Link() {

			@Override
			public void send(String text) throws Exception {
				Callback.Completable sent = new Callback.Completable();
				session.sendText(text, sent);
				sent.get();
			}

			@Override
			public void close() {
				session.close();
			}

		};
	}

	@Override
	public void close() throws Exception {
		this.client.stop();
	}

	/**
	 * The listener; public, because Jetty calls it through a method handle.
	 */
	public static final class Texts implements Session.Listener.AutoDemanding {

		private final Decoder decode;

		private final Consumer<String> consumer;

		Texts(Decoder decode, Consumer<String> consumer) {
			this.decode = decode;
			this.consumer = consumer;
		}

		@Override
		public void onWebSocketText(String message) {
			this.consumer.accept(this.decode.decode(message));
		}

	}

}
