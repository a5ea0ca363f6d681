package dev.streaming.internal.connection;

import javax.net.ssl.SSLContext;

import dev.streaming.Conn;
import dev.streaming.internal.transport.websocket.StreamingWebSocketClient;

/**
 * TLS on Tomcat's client, which takes the context of each connection.
 */
class TomcatTlsTests extends AbstractTlsTests {

	@Override
	public StreamingWebSocketClient client() {
		return new StreamingWebSocketClient();
	}

	@Override
	Conn conn(String url, SSLContext sslContext) {
		return conn(url, (builder) -> builder.sslContext(sslContext));
	}

}
