package dev.streaming.test;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;

import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.realtime.RealtimeAnswerException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;

import static dev.streaming.test.StreamingAssertions.assertThat;

/**
 * Tests with scripted providers as JUnit runs them: in parallel, one class after the
 * other in a cached context, and with failures.
 */
class TestExecutionTests {

	private static final int PARALLEL = 4;

	private static TestExecutionSummary run(Map<String, String> parameters, Class<?>... classes) {
		LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
			.selectors(Arrays.stream(classes).map(DiscoverySelectors::selectClass).toList())
			.configurationParameters(parameters)
			.build();
		SummaryGeneratingListener listener = new SummaryGeneratingListener();
		LauncherFactory.create().execute(request, listener);
		return listener.getSummary();
	}

	private static Throwable failure(TestExecutionSummary summary, String test) {
		return summary.getFailures()
			.stream()
			.filter((failure) -> failure.getTestIdentifier().getDisplayName().startsWith(test))
			.map(TestExecutionSummary.Failure::getException)
			.findFirst()
			.orElseThrow(() -> new AssertionError(test + " has not failed"));
	}

	@Test
	void testsInParallelShareTheProviders() {
		TestExecutionSummary summary = run(
				Map.of("junit.jupiter.execution.parallel.enabled", "true",
						"junit.jupiter.execution.parallel.mode.default", "concurrent",
						"junit.jupiter.execution.parallel.config.strategy", "fixed",
						"junit.jupiter.execution.parallel.config.fixed.parallelism", String.valueOf(PARALLEL)),
				InParallel.class);
		assertThat(summary.getFailures()).extracting(TestExecutionSummary.Failure::getException).isEmpty();
		assertThat(summary.getTestsSucceededCount()).isEqualTo(PARALLEL);
	}

	@Test
	void classesOneAfterTheOtherShareTheContextAndNothingOfTheirTests() {
		TestExecutionSummary summary = run(Map.of(), First.class, Second.class);
		assertThat(summary.getFailures()).extracting(TestExecutionSummary.Failure::getException).isEmpty();
		assertThat(summary.getTestsSucceededCount()).isEqualTo(2);
	}

	@Test
	void testsFailBecauseOfWhatDoesNotFitTheirScript() {
		TestExecutionSummary summary = run(Map.of(), Failing.class);
		assertThat(summary.getTestsFailedCount()).isEqualTo(3);
		assertThat(failure(summary, "unscripted")).isInstanceOf(RealtimeAnswerException.class)
			.satisfies((failure) -> assertThat(failure.getSuppressed()).singleElement()
				.extracting(Throwable::toString)
				.asString()
				.contains("ScriptedProvider 'assistant': the conversation does not fit the script.\n"
						+ "- It was asked for text \"hallo\", and no line answers that. The script:\n"
						+ "    onText(\"hello\") (not used)\n", "1 > TEXT hallo"));
		assertThat(failure(summary, "unused")).isInstanceOf(AssertionError.class)
			.hasMessageContaining(
					"- No request for onText(\"hello\") (not used)\nThe transcript so far:\n" + "(empty)");
		assertThat(failure(summary, "wrong")).isInstanceOf(AssertionError.class)
			.hasMessageContaining("Hello")
			.satisfies((failure) -> assertThat(failure.getSuppressed()).singleElement()
				.extracting(Throwable::toString)
				.asString()
				.contains("ScriptedProvider 'assistant'\nThe transcript so far:\n", "1 < text \"hi\"")
				.doesNotContain("does not fit"));
	}

	/**
	 * Tests that need each other to go on.
	 */
	@KitTest
	static class InParallel {

		private static final CyclicBarrier together = new CyclicBarrier(PARALLEL);

		@RepeatedTest(PARALLEL)
		void asksItsOwnQuestion(RepetitionInfo repetition, @Autowired @Qualifier("assistant") ScriptedProvider provider,
				@Autowired Assistant assistant) throws Exception {
			String question = "question " + repetition.getCurrentRepetition();
			String answer = "answer " + repetition.getCurrentRepetition();
			together.await(10, TimeUnit.SECONDS);
			provider.onText(question).callTool("get_weather", "{\"city\":\"Oslo\"}").thenReply(answer);
			together.await(10, TimeUnit.SECONDS);
			assertThat(assistant.ask(question)).isEqualTo(answer);
		}

	}

	/**
	 * A test that leaves much behind.
	 */
	@KitTest
	static class First {

		private static @Nullable ScriptedProvider seen;

		@Test
		void leavesMuchBehind(@Autowired @Qualifier("assistant") ScriptedProvider provider, @Autowired TestTime time,
				@Autowired SessionFactory sessions) throws Exception {
			seen = provider;
			provider.lenient();
			provider.onText("hello").reply("hi");
			provider.nextDial().refuse(401);
			provider.nextDial().refuse(401);
			provider.replay("recorded.jsonl");
			time.holdBackOff();
			time.advance(Duration.ofMinutes(1));
			try (Session session = sessions.open("echo")) {
				assertThat(session).isOpen();
			}
		}

	}

	/**
	 * A test that finds nothing of it.
	 */
	@KitTest
	static class Second {

		@Test
		void findsNothing(@Autowired @Qualifier("assistant") ScriptedProvider provider, @Autowired TestTime time,
				@Autowired @Qualifier("echo") ScriptedProvider echo, @Autowired Assistant assistant) throws Exception {
			assertThat(provider).isSameAs(First.seen).hasConnected(0).wasDialled(0);
			assertThat(echo).hasConnected(0);
			assertThat(time.elapsed()).isZero();
			provider.onText("bye").reply("Well, ").drop().thenReply("Bye.");
			assertThat(assistant.ask("bye")).isEqualTo("Bye.");
			assertThat(List.copyOf(time.backOffs())).hasSize(1);
		}

	}

	/**
	 * Tests that are to fail.
	 */
	@KitTest
	static class Failing {

		@Autowired
		@Qualifier("assistant")
		private ScriptedProvider provider;

		@Autowired
		private Assistant assistant;

		@Test
		void unscripted() throws Exception {
			this.provider.onText("hello").reply("hi");
			this.assistant.ask("hallo");
		}

		@Test
		void unused() {
			this.provider.onText("hello").reply("hi");
		}

		@Test
		void wrong() throws Exception {
			this.provider.onText("hello").reply("hi");
			assertThat(this.assistant.ask("hello")).isEqualTo("Hello");
		}

	}

}
