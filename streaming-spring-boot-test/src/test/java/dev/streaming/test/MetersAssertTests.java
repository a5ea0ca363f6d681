package dev.streaming.test;

import java.time.Duration;

import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.realtime.Answer;
import dev.streaming.realtime.RealtimeClient;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;

import static dev.streaming.test.StreamingAssertions.assertThat;
import static dev.streaming.test.StreamingMeterAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link MetersAssert}.
 */
@KitTest
class MetersAssertTests {

	@Autowired
	@Qualifier("assistant")
	private ScriptedProvider provider;

	@Autowired
	private TestTime time;

	@Autowired
	private SessionFactory sessions;

	@Autowired
	private MeterRegistry meters;

	@RepeatedTest(2)
	void readingsAreThoseOfTheTest() throws Exception {
		this.provider.onText("hello").after(Duration.ofSeconds(3)).reply("hi").usage(10, 2);
		try (Session session = this.sessions.open("assistant")) {
			Answer answer = RealtimeClient.of(session).ask("hello");
			this.time.advance(Duration.ofSeconds(3));
			assertThat(answer).hasText("hi");
			this.provider.drop();
			assertThat(session).hasReconnected(1);
			assertThat(this.meters).ofConnection("assistant")
				.hasCount("streaming.turn", 1, "outcome", "completed")
				.hasTotal("streaming.turn", 3)
				.hasCount("streaming.turn", 0, "outcome", "failed")
				.hasCount("streaming.reconnect", 1, "outcome", "success", "planned", "false")
				.hasTotal("gen_ai.client.token.usage", 12)
				.hasTotal("gen_ai.client.token.usage", 2, "gen_ai.token.type", "output")
				.hasValue("streaming.sessions.active", 1, "state", "open");
			assertThat(this.meters).ofConnection("live").hasCount("streaming.turn", 0);
		}
	}

	@Test
	void failureShowsTheMetersOfTheName() throws Exception {
		this.provider.onText("hello").reply("hi");
		try (Session session = this.sessions.open("assistant")) {
			assertThat(RealtimeClient.of(session).ask("hello")).hasText("hi");
			assertThat(this.meters).ofConnection("assistant").hasCount("streaming.turn", 1);
		}
		MetersAssert meters = assertThat(this.meters).ofConnection("assistant");
		// An interrupted thread does not wait for what does not come
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> meters.hasCount("streaming.turn", 7))
			.withMessageContaining("The count of streaming.turn [connection=assistant] should be 7.0 but is 1.0")
			.withMessageContaining("outcome=completed] count 1.0");
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> meters.hasValue("streaming.nothing", 1))
			.withMessageContaining("(none)");
		assertThat(Thread.interrupted()).isTrue();
	}

}
