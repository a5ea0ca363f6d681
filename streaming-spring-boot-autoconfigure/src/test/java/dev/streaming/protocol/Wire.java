package dev.streaming.protocol;

import dev.streaming.internal.transport.netty.NettyTransport;
import dev.streaming.internal.transport.websocket.StreamingWebSocketClient;
import dev.streaming.internal.transport.websocket.WebSocketClientTransport;
import dev.streaming.testsupport.JettyClients;

/**
 * The way between a session and the provider of a test.
 */
enum Wire {

	MEMORY {

		@Override
		ProviderServer server(Protocol protocol) {
			return new MemoryServer(protocol.isBinary());
		}

	},

	TOMCAT {

		@Override
		ProviderServer server(Protocol protocol) {
			StreamingWebSocketClient client = new StreamingWebSocketClient();
			return new SocketServer(protocol.isBinary(),
					(executor, timer) -> new WebSocketClientTransport(client, executor, timer), client::destroy);
		}

	},

	JETTY {

		@Override
		ProviderServer server(Protocol protocol) {
			JettyClients clients = new JettyClients();
			return new SocketServer(protocol.isBinary(),
					(executor, timer) -> new WebSocketClientTransport(clients.client(), executor, timer),
					clients::stop);
		}

	},

	NETTY {

		@Override
		ProviderServer server(Protocol protocol) {
			return new SocketServer(protocol.isBinary(), (executor, timer) -> new NettyTransport(executor), () -> {
			});
		}

	};

	/**
	 * Start a provider.
	 * @param protocol the protocol that it speaks
	 * @return the provider
	 */
	abstract ProviderServer server(Protocol protocol);

}
