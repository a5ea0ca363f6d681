package dev.streaming.autoconfigure.metadata;

import dev.streaming.autoconfigure.StreamingProperties.Connection;
import dev.streaming.autoconfigure.gemini.GeminiLiveProperties;
import dev.streaming.autoconfigure.openai.OpenAiRealtimeProperties;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;

/**
 * Describes a named connection, with the settings of the built-in providers, for tools
 * that complete configuration keys: the annotation processor produces metadata of it, and
 * IDEs follow it as the value type of {@code streaming.connections}. No bean is made of
 * it; each provider binds its own settings.
 *
 * @since 1.0.0
 */
@ConfigurationProperties("streaming.connections.*")
public final class ConnectionMetadata extends Connection {

	@NestedConfigurationProperty
	private final OpenAiRealtimeProperties openai = new OpenAiRealtimeProperties();

	@NestedConfigurationProperty
	private final GeminiLiveProperties gemini = new GeminiLiveProperties();

	private ConnectionMetadata() {
	}

	public OpenAiRealtimeProperties getOpenai() {
		return this.openai;
	}

	public GeminiLiveProperties getGemini() {
		return this.gemini;
	}

}
