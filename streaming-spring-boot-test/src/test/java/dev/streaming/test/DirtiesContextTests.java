package dev.streaming.test;

import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.annotation.DirtiesContext;

import static dev.streaming.test.StreamingAssertions.assertThat;

/**
 * A context that is made anew has providers of its own.
 */
@SpringBootTest
@AutoConfigureScriptedProvider
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DirtiesContextTests {

	private static ScriptedProvider former;

	@Autowired
	private ScriptedProvider provider;

	@Autowired
	private Assistant assistant;

	@Test
	@Order(1)
	@DirtiesContext
	void contextIsClosedAfterwards() throws Exception {
		former = this.provider;
		this.provider.onText("hello").reply("Hi there");
		assertThat(this.assistant.ask("hello")).isEqualTo("Hi there");
	}

	@Test
	@Order(2)
	void nextContextHasItsOwnProvider() throws Exception {
		assertThat(this.provider).isNotSameAs(former);
		this.provider.onText("hello").reply("Hi again");
		assertThat(this.assistant.ask("hello")).isEqualTo("Hi again");
		assertThat(this.provider).hasConnected(1);
	}

}
