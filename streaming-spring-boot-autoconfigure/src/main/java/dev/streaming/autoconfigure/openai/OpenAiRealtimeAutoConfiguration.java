package dev.streaming.autoconfigure.openai;

import dev.streaming.autoconfigure.StreamingAutoConfiguration;
import dev.streaming.autoconfigure.StreamingProvider;
import dev.streaming.autoconfigure.realtime.AccessTokens;
import dev.streaming.autoconfigure.realtime.RealtimeTools;
import dev.streaming.autoconfigure.realtime.RealtimeToolsAutoConfiguration;
import dev.streaming.openai.DelegationHandler;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Lazy;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for connections whose provider is
 * {@code openai-realtime}, {@code openai-transcription} or {@code openai-live}. The
 * providers are created, and their classes loaded, for the first connection that has a
 * provider.
 *
 * @since 1.0.0
 */
@AutoConfiguration(after = { StreamingAutoConfiguration.class, RealtimeToolsAutoConfiguration.class })
@ConditionalOnBooleanProperty(name = "streaming.enabled", matchIfMissing = true)
@ImportRuntimeHints(OpenAiRealtimeRuntimeHints.class)
public final class OpenAiRealtimeAutoConfiguration {

	@Bean
	@Lazy
	@ConditionalOnMissingBean(name = "openAiRealtimeProvider")
	StreamingProvider<?> openAiRealtimeProvider(RealtimeTools tools, AccessTokens tokens) {
		return new OpenAiRealtimeProvider(tools, tokens);
	}

	@Bean
	@Lazy
	@ConditionalOnMissingBean(name = "openAiTranscriptionProvider")
	StreamingProvider<?> openAiTranscriptionProvider(RealtimeTools tools, AccessTokens tokens) {
		return new OpenAiTranscriptionProvider(tools, tokens);
	}

	@Bean
	@Lazy
	@ConditionalOnMissingBean(name = "openAiLiveProvider")
	StreamingProvider<?> openAiLiveProvider(RealtimeTools tools, AccessTokens tokens,
			ObjectProvider<DelegationHandler> delegationHandler) {
		return new OpenAiLiveProvider(tools, tokens, delegationHandler);
	}

}
