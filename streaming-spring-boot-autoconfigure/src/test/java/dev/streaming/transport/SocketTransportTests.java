package dev.streaming.transport;

import dev.streaming.transport.websocket.WebSocketClientTransport;

import org.springframework.web.socket.client.WebSocketClient;

/**
 * What a transport promises that has sockets.
 */
abstract class SocketTransportTests extends TransportContractTests {

	RawContractServer rawServer;

	abstract WebSocketClient client() throws Exception;

	@Override
	ContractServer createServer() {
		this.rawServer = new RawContractServer();
		return this.rawServer;
	}

	@Override
	Transport createTransport() throws Exception {
		return new WebSocketClientTransport(client(), this::execute, this.timer);
	}

}
