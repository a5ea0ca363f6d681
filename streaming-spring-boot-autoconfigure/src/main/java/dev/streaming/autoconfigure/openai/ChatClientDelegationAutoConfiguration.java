package dev.streaming.autoconfigure.openai;

import dev.streaming.openai.DelegationHandler;
import dev.streaming.openai.springai.ChatClientDelegation;

import org.springframework.ai.chat.client.ChatClient;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for connections whose provider is
 * {@code openai-live} in an application with a {@link ChatClient} but without a
 * {@link DelegationHandler}: the client does the delegated work.
 *
 * @since 1.0.0
 */
@AutoConfiguration(before = OpenAiRealtimeAutoConfiguration.class)
@ConditionalOnClass(ChatClient.class)
@ConditionalOnSingleCandidate(ChatClient.class)
@ConditionalOnBooleanProperty(name = "streaming.enabled", matchIfMissing = true)
public final class ChatClientDelegationAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	DelegationHandler streamingChatClientDelegation(ChatClient client) {
		return new ChatClientDelegation(client);
	}

}
