package dev.streaming.test;

import dev.streaming.Session;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.Answer;
import org.assertj.core.api.Assertions;

/**
 * Entry point for AssertJ assertions of sessions, answers, chunks and scripted providers.
 * Includes those of {@link Assertions}, so that one static import is sufficient.
 * Assertions of sessions and providers wait, for a few seconds at most, for effects of
 * other threads.
 *
 * @since 1.0.0
 */
public class StreamingAssertions extends Assertions {

	/**
	 * Constructor for subclasses with additional assertions.
	 */
	protected StreamingAssertions() {
	}

	/**
	 * Create assertions for a provider.
	 * @param actual the provider
	 * @return the assertions
	 */
	public static ScriptedProviderAssert assertThat(ScriptedProvider actual) {
		return new ScriptedProviderAssert(actual);
	}

	/**
	 * Create assertions for a session.
	 * @param actual the session
	 * @return the assertions
	 */
	public static SessionAssert assertThat(Session actual) {
		return new SessionAssert(actual);
	}

	/**
	 * Create assertions for an answer. Reading it blocks until it has ended.
	 * @param actual the answer
	 * @return the assertions
	 */
	public static AnswerAssert assertThat(Answer actual) {
		return new AnswerAssert(actual);
	}

	/**
	 * Create assertions for a chunk.
	 * @param actual the chunk
	 * @return the assertions
	 */
	public static StreamChunkAssert assertThat(StreamChunk actual) {
		return new StreamChunkAssert(actual);
	}

}
