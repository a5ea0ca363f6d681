package dev.streaming.sample.provider;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;
import org.springframework.web.socket.server.HandshakeInterceptor;

/**
 * Configuration of the WebSocket endpoints of the embedded provider, one for each
 * protocol.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnEmbeddedProvider
@EnableWebSocket
@EnableConfigurationProperties(EmbeddedProviderProperties.class)
class EmbeddedProviderConfiguration implements WebSocketConfigurer {

	private final EmbeddedProvider provider;

	private final TcpConnections connections;

	private final Synthesizer synthesizer;

	EmbeddedProviderConfiguration(EmbeddedProvider provider, TcpConnections connections, Synthesizer synthesizer) {
		this.provider = provider;
		this.connections = connections;
		this.synthesizer = synthesizer;
	}

	@Override
	public void registerWebSocketHandlers(WebSocketHandlerRegistry registry) {
		GeminiHandles handles = new GeminiHandles();
		HandshakeInterceptor refusal = new Refusal(this.provider);
		registry
			.addHandler(
					new ProviderEndpoint(this.provider, this.connections,
							(client) -> new OpenAiConversation(client, this.provider, this.synthesizer)),
					"/provider/openai")
			.addInterceptors(refusal);
		registry
			.addHandler(
					new ProviderEndpoint(this.provider, this.connections,
							(client) -> new GeminiConversation(client, this.provider, this.synthesizer, handles)),
					"/provider/gemini")
			.addInterceptors(refusal);
	}

}
