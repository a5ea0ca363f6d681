package dev.streaming.sample.provider;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;
import org.springframework.web.socket.server.HandshakeInterceptor;

/**
 * The WebSocket endpoints of the embedded provider, one for each protocol.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnEmbeddedProvider
@EnableWebSocket
@EnableConfigurationProperties(EmbeddedProviderProperties.class)
class EmbeddedProviderConfiguration implements WebSocketConfigurer {

	private final EmbeddedProvider provider;

	private final TcpConnections connections;

	EmbeddedProviderConfiguration(EmbeddedProvider provider, TcpConnections connections) {
		this.provider = provider;
		this.connections = connections;
	}

	@Override
	public void registerWebSocketHandlers(WebSocketHandlerRegistry registry) {
		GeminiHandles handles = new GeminiHandles();
		HandshakeInterceptor refusal = new Refusal(this.provider);
		registry
			.addHandler(new ProviderEndpoint(this.provider, this.connections,
					(client) -> new OpenAiConversation(client, this.provider)), "/provider/openai")
			.addInterceptors(refusal);
		registry
			.addHandler(new ProviderEndpoint(this.provider, this.connections,
					(client) -> new GeminiConversation(client, this.provider, handles)), "/provider/gemini")
			.addInterceptors(refusal);
	}

}
