package com.example;

import dev.streaming.test.AutoConfigureScriptedProvider;
import dev.streaming.test.ScriptedProvider;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import static dev.streaming.test.StreamingAssertions.assertThat;

@SpringBootTest
@AutoConfigureScriptedProvider
class AssistantTests {

	@Test
	void answers(@Autowired ScriptedProvider provider, @Autowired Assistant assistant) throws Exception {
		provider.onText("hello").reply("Hi ", "there");
		assertThat(assistant.ask("hello")).isEqualTo("Hi there");
		assertThat(provider).hasConnected(1).hasReceivedTexts("hello");
	}

}
