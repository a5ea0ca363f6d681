package dev.streaming.race;

import dev.streaming.internal.transport.Transport;
import dev.streaming.internal.transport.websocket.StreamingWebSocketClient;
import dev.streaming.internal.transport.websocket.WebSocketClientTransport;
import dev.streaming.testsupport.CountedThreads;

/**
 * Races on Tomcat's client.
 */
class TomcatRaceTests extends AbstractSocketRaceTests {

	private final StreamingWebSocketClient client = new StreamingWebSocketClient();

	@Override
	int rounds() {
		return 50;
	}

	@Override
	Transport transport(CountedThreads threads) {
		return new WebSocketClientTransport(this.client, threads.io(), threads.timer());
	}

	@Override
	void close() {
		this.client.destroy();
	}

}
