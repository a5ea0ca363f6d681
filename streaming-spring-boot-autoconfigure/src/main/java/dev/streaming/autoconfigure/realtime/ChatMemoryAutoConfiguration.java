package dev.streaming.autoconfigure.realtime;

import java.util.concurrent.Executor;

import dev.streaming.autoconfigure.StreamingAutoConfiguration;
import dev.streaming.realtime.springai.ChatMemoryBridge;

import org.springframework.ai.chat.memory.ChatMemory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for conversations in Spring AI's
 * {@link ChatMemory}.
 *
 * @since 1.0.0
 */
@AutoConfiguration(after = StreamingAutoConfiguration.class,
		afterName = "org.springframework.ai.model.chat.memory.autoconfigure.ChatMemoryAutoConfiguration")
@ConditionalOnClass(ChatMemory.class)
@ConditionalOnSingleCandidate(ChatMemory.class)
@ConditionalOnBooleanProperty(name = "streaming.enabled", matchIfMissing = true)
public final class ChatMemoryAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	ChatMemoryBridge streamingChatMemoryBridge(ChatMemory memory,
			@Qualifier("streamingTaskExecutor") Executor executor) {
		return new ChatMemoryBridge(memory, executor);
	}

}
