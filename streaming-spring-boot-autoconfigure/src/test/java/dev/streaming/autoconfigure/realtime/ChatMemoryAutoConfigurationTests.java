package dev.streaming.autoconfigure.realtime;

import dev.streaming.SessionListener;
import dev.streaming.autoconfigure.InMemoryStreamingConfiguration;
import dev.streaming.autoconfigure.StreamingAutoConfiguration;
import dev.streaming.realtime.springai.ChatMemoryBridge;
import org.junit.jupiter.api.Test;

import org.springframework.ai.chat.memory.ChatMemory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link ChatMemoryAutoConfiguration}.
 */
class ChatMemoryAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ChatMemoryAutoConfiguration.class, StreamingAutoConfiguration.class))
		.withUserConfiguration(InMemoryStreamingConfiguration.class)
		.withPropertyValues(InMemoryStreamingConfiguration.PROPERTIES);

	private final ApplicationContextRunner withMemory = this.runner.withBean("memory", ChatMemory.class,
			() -> mock(ChatMemory.class));

	@Test
	void bridgeListensToSessionsWhereThereIsAMemory() {
		this.withMemory.run((context) -> {
			assertThat(context).hasSingleBean(ChatMemoryBridge.class);
			assertThat(context.getBeanProvider(SessionListener.class).orderedStream())
				.contains(context.getBean(ChatMemoryBridge.class));
		});
	}

	@Test
	void thereIsNoBridgeWithoutAMemory() {
		this.runner.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ChatMemoryBridge.class));
	}

	@Test
	void thereIsNoBridgeToOneOfSeveralMemories() {
		this.withMemory.withBean("other", ChatMemory.class, () -> mock(ChatMemory.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ChatMemoryBridge.class));
	}

	@Test
	void bridgeOfTheApplicationIsTaken() {
		ChatMemoryBridge own = new ChatMemoryBridge(mock(ChatMemory.class), Runnable::run);
		this.withMemory.withBean("own", ChatMemoryBridge.class, () -> own)
			.run((context) -> assertThat(context).getBean(ChatMemoryBridge.class).isSameAs(own));
	}

	@Test
	void applicationStartsWithoutSpringAi() {
		this.runner.withClassLoader(new FilteredClassLoader("org.springframework.ai"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("streamingChatMemoryBridge"));
	}

	@Test
	void thereIsNoBridgeWhenStreamingIsOff() {
		this.withMemory.withPropertyValues("streaming.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ChatMemoryBridge.class));
	}

}
