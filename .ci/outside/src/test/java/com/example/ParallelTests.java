package com.example;

import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;

import dev.streaming.test.AutoConfigureScriptedProvider;
import dev.streaming.test.ScriptedProvider;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import static dev.streaming.test.StreamingAssertions.assertThat;

/**
 * Tests that run at the same time, in a context that only they have.
 */
@SpringBootTest(properties = "spring.application.name=parallel")
@AutoConfigureScriptedProvider
@Execution(ExecutionMode.CONCURRENT)
class ParallelTests {

	private static final int TESTS = 3;

	private static final CyclicBarrier TOGETHER = new CyclicBarrier(TESTS);

	@RepeatedTest(TESTS)
	void answers(RepetitionInfo repetition, @Autowired ScriptedProvider provider, @Autowired Assistant assistant)
			throws Exception {
		String question = "question " + repetition.getCurrentRepetition();
		TOGETHER.await(30, TimeUnit.SECONDS);
		provider.onText(question).reply("answer to " + question);
		assertThat(assistant.ask(question)).isEqualTo("answer to " + question);
	}

}
