package dev.streaming.autoconfigure.metadata;

import dev.streaming.autoconfigure.StreamingProperties.Connection;
import dev.streaming.autoconfigure.gemini.GeminiLiveProperties;
import dev.streaming.autoconfigure.openai.OpenAiLiveProperties;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;

/**
 * Describes a named connection, with the settings of the built-in providers, for code
 * completion in IDEs: the annotation processor produces metadata of this type, which is
 * the value type of {@code streaming.connections}. Not used for binding; each provider
 * binds its own settings.
 *
 * @since 1.0.0
 */
@ConfigurationProperties("streaming.connections.*")
public final class ConnectionMetadata extends Connection {

	@NestedConfigurationProperty
	private final OpenAiLiveProperties openai = new OpenAiLiveProperties();

	@NestedConfigurationProperty
	private final GeminiLiveProperties gemini = new GeminiLiveProperties();

	private ConnectionMetadata() {
	}

	public OpenAiLiveProperties getOpenai() {
		return this.openai;
	}

	public GeminiLiveProperties getGemini() {
		return this.gemini;
	}

}
