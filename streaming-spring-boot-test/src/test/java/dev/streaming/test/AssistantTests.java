package dev.streaming.test;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import static dev.streaming.test.StreamingAssertions.assertThat;

/**
 * The first example of docs/how-to/testing.md: with one connection there is one provider.
 */
@SpringBootTest
@AutoConfigureScriptedProvider
class AssistantTests {

	@Test
	void answers(@Autowired ScriptedProvider provider, @Autowired Assistant assistant) throws Exception {
		provider.onText("hello").reply("Hi there");
		assertThat(assistant.ask("hello")).isEqualTo("Hi there");
	}

}
