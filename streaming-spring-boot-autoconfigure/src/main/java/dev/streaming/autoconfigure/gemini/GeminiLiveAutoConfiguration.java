package dev.streaming.autoconfigure.gemini;

import dev.streaming.autoconfigure.StreamingAutoConfiguration;
import dev.streaming.autoconfigure.StreamingProvider;
import dev.streaming.autoconfigure.realtime.AccessTokens;
import dev.streaming.autoconfigure.realtime.RealtimeTools;
import dev.streaming.autoconfigure.realtime.RealtimeToolsAutoConfiguration;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Lazy;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for connections whose provider is
 * {@code gemini-live}. The provider is created, and its classes loaded, for the first
 * connection that has a provider.
 *
 * @since 1.0.0
 */
@AutoConfiguration(after = { StreamingAutoConfiguration.class, RealtimeToolsAutoConfiguration.class })
@ConditionalOnBooleanProperty(name = "streaming.enabled", matchIfMissing = true)
@ImportRuntimeHints(GeminiLiveRuntimeHints.class)
public final class GeminiLiveAutoConfiguration {

	@Bean
	@Lazy
	@ConditionalOnMissingBean(name = "geminiLiveProvider")
	StreamingProvider<?> geminiLiveProvider(RealtimeTools tools, AccessTokens tokens) {
		return new GeminiLiveProvider(tools, tokens);
	}

}
