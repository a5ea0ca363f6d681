package com.example;

import dev.streaming.test.AutoConfigureScriptedProvider;
import dev.streaming.test.ScriptedProvider;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.annotation.DirtiesContext;

import static dev.streaming.test.StreamingAssertions.assertThat;

/**
 * Tests of one context, which is made anew in between.
 */
@SpringBootTest
@AutoConfigureScriptedProvider
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ContextTests {

	private static ScriptedProvider former;

	@Autowired
	private ScriptedProvider provider;

	@Autowired
	private Assistant assistant;

	private void ask() throws InterruptedException {
		assertThat(this.provider).hasConnected(0);
		this.provider.onText("hello").reply("Hi");
		assertThat(this.assistant.ask("hello")).isEqualTo("Hi");
		assertThat(this.provider).hasConnected(1);
	}

	@Test
	@Order(1)
	void providerIsAsked() throws Exception {
		former = this.provider;
		ask();
	}

	@Test
	@Order(2)
	@DirtiesContext
	void providerOfACachedContextIsReset() throws Exception {
		assertThat(this.provider).isSameAs(former);
		ask();
	}

	@Test
	@Order(3)
	void nextContextHasAProviderOfItsOwn() throws Exception {
		assertThat(this.provider).isNotSameAs(former);
		ask();
	}

}
