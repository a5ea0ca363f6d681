package dev.streaming.test;

import java.util.Objects;

import dev.streaming.FinishReason;
import dev.streaming.StreamChunk;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

/**
 * Assertions for a chunk.
 *
 * @since 1.0.0
 */
public final class StreamChunkAssert extends AbstractAssert<StreamChunkAssert, StreamChunk> {

	StreamChunkAssert(StreamChunk actual) {
		super(actual, StreamChunkAssert.class);
	}

	/**
	 * Verify the new text.
	 * @param expected the piece
	 * @return this
	 */
	public StreamChunkAssert hasDelta(String expected) {
		return check("delta", this.actual.delta(), expected);
	}

	/**
	 * Verify the text so far.
	 * @param expected the text
	 * @return this
	 */
	public StreamChunkAssert hasContent(String expected) {
		return check("content", this.actual.content(), expected);
	}

	/**
	 * Verify that the chunk has audio.
	 * @return this
	 */
	public StreamChunkAssert isAudio() {
		return check("audio", this.actual.media() != null, true);
	}

	/**
	 * Verify that the chunk calls a tool.
	 * @param name the name of the tool
	 * @return this
	 */
	public StreamChunkAssert callsTool(String name) {
		return check("call of '" + name + "'",
				this.actual.toolCalls().stream().anyMatch((call) -> call.name().equals(name)), true);
	}

	/**
	 * Verify that the user has interrupted the answer, or it was lost.
	 * @return this
	 */
	public StreamChunkAssert isInterrupted() {
		return check("interrupted", this.actual.interrupted(), true);
	}

	/**
	 * Verify that the chunk reports a lost conversation.
	 * @return this
	 */
	public StreamChunkAssert isReset() {
		return check("reset", this.actual.reset(), true);
	}

	/**
	 * Verify that the chunk ends an answer.
	 * @param expected the expected reason
	 * @return this
	 */
	public StreamChunkAssert hasFinishReason(FinishReason expected) {
		return check("finishReason", this.actual.finishReason(), expected);
	}

	/**
	 * Verify the error.
	 * @param part a part of the message
	 * @return this
	 */
	public StreamChunkAssert hasErrorWith(String part) {
		Throwable error = this.actual.error();
		String message = (error != null) ? String.valueOf(error.getMessage()) : "";
		return check("error with \"" + part + "\"", error != null && message.contains(part), true);
	}

	private StreamChunkAssert check(String what, @Nullable Object value, Object expected) {
		if (!Objects.equals(value, expected)) {
			failWithMessage("%s should be <%s> but is <%s> in%n%s", what, expected, value, this.actual);
		}
		return this;
	}

}
