package dev.streaming;

import java.util.List;
import java.util.Map;
import java.util.Objects;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.streaming.internal.util.SharedText;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Decoded piece of a response, independent of the provider. Immutable; absent texts are
 * empty, other absent values {@code null}, collections never {@code null}.
 *
 * @since 1.0.0
 */
@JsonAutoDetect(fieldVisibility = Visibility.NONE, getterVisibility = Visibility.NONE,
		isGetterVisibility = Visibility.NONE)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonPropertyOrder({ "content", "delta", "reasoning", "media", "toolCalls", "finishReason", "interrupted", "reset",
		"error", "usage", "source", "responseId", "metadata" })
public final class StreamChunk {

	// A block of a text that is shared with other chunks, or another sequence
	private final Object content;

	private final int contentLength;

	// Null if it is the end of the shared text, and created on request
	private final @Nullable String delta;

	private final int deltaLength;

	// Shared with other chunks
	private final ChunkDetails details;

	private StreamChunk(Builder builder, ChunkDetails details) {
		this.content = builder.content;
		this.contentLength = builder.contentLength;
		this.delta = builder.delta;
		this.deltaLength = builder.deltaLength;
		this.details = details;
	}

	/**
	 * Start a chunk.
	 * @return an empty builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Create a chunk with new text.
	 * @param delta the text
	 * @return the chunk
	 */
	public static StreamChunk delta(String delta) {
		return builder().delta(delta).build();
	}

	/**
	 * Create a chunk with the text so far.
	 * @param content the text
	 * @return the chunk
	 */
	public static StreamChunk content(String content) {
		return builder().content(content).build();
	}

	/**
	 * Create a chunk of the model's reasoning.
	 * @param reasoning the text
	 * @return the chunk
	 */
	public static StreamChunk reasoning(String reasoning) {
		return builder().reasoning(reasoning).build();
	}

	/**
	 * Create a chunk of audio.
	 * @param media the audio
	 * @return the chunk
	 */
	public static StreamChunk audio(MediaData media) {
		return builder().media(media).build();
	}

	/**
	 * Create a chunk with a tool call.
	 * @param toolCall the call
	 * @return the chunk
	 */
	public static StreamChunk toolCall(ToolCall toolCall) {
		return builder().toolCalls(List.of(toolCall)).build();
	}

	/**
	 * Create the chunk that ends a response.
	 * @param reason the reason
	 * @return the chunk
	 */
	public static StreamChunk finish(FinishReason reason) {
		return builder().finishReason(reason).build();
	}

	/**
	 * Create a chunk with a failure that does not end the session.
	 * @param error the failure
	 * @return the chunk
	 */
	public static StreamChunk failure(Throwable error) {
		return builder().error(error).build();
	}

	/**
	 * Create the chunk of an interrupted response.
	 * @return the chunk
	 */
	public static StreamChunk interruption() {
		return builder().interrupted(true).build();
	}

	/**
	 * Return the kind of the chunk, derived from its content: the first matching
	 * {@link Kind}, in the order of their declaration.
	 * @return the kind
	 */
	public Kind kind() {
		return ChunkDescription.kindOf(this);
	}

	/**
	 * Return the id of the response that the chunk is a part of.
	 * @return the id, or empty if it is no part of a response or the provider has no ids
	 */
	@JsonProperty
	public String responseId() {
		return this.details.responseId();
	}

	/**
	 * Return the text so far. A chunk shares it with the other chunks of its answer, so
	 * each call may copy: keep the result instead of calling again.
	 * @return the text, or empty
	 */
	@JsonProperty
	public String content() {
		return (this.content instanceof SharedText.Block block) ? block.text(0, this.contentLength)
				: this.content.toString();
	}

	int contentLength() {
		return this.contentLength;
	}

	/**
	 * Return the new text. It may be made of the text so far, which other chunks share:
	 * keep the result instead of calling again.
	 * @return the text, or empty
	 */
	@JsonProperty
	public String delta() {
		return (this.delta != null) ? this.delta : endOf(this.content, this.contentLength, this.deltaLength);
	}

	private static String endOf(Object content, int contentLength, int deltaLength) {
		return ((SharedText.Block) content).text(contentLength - deltaLength, contentLength);
	}

	int deltaLength() {
		return this.deltaLength;
	}

	/**
	 * Return the model's reasoning.
	 * @return the text, or empty
	 */
	@JsonProperty
	public String reasoning() {
		return this.details.reasoning();
	}

	/**
	 * Return audio, image or video.
	 * @return the media, or {@code null}
	 */
	@JsonProperty
	public @Nullable MediaData media() {
		return this.details.media();
	}

	/**
	 * Return the tool calls of the model.
	 * @return an immutable list
	 */
	@JsonProperty
	public List<ToolCall> toolCalls() {
		return this.details.toolCalls();
	}

	/**
	 * Return the reason for the end of the response.
	 * @return the reason, or {@code null} while it continues
	 */
	@JsonProperty
	public @Nullable FinishReason finishReason() {
		return this.details.finishReason();
	}

	/**
	 * Return whether the response was interrupted.
	 * @return whether queued playback should stop
	 */
	@JsonProperty
	@JsonInclude(JsonInclude.Include.NON_DEFAULT)
	public boolean interrupted() {
		return this.details.interrupted();
	}

	/**
	 * Return whether the provider lost the conversation state.
	 * @return whether the state was lost
	 */
	@JsonProperty
	@JsonInclude(JsonInclude.Include.NON_DEFAULT)
	public boolean reset() {
		return this.details.reset();
	}

	/**
	 * Return a failure that did not end the session.
	 * @return the failure, or {@code null}
	 */
	public @Nullable Throwable error() {
		return this.details.error();
	}

	@JsonProperty("error")
	@Nullable String errorMessage() {
		Throwable failure = error();
		if (failure == null) {
			return null;
		}
		return (failure.getMessage() != null) ? failure.getMessage() : failure.getClass().getSimpleName();
	}

	/**
	 * Return the token usage of the response.
	 * @return the usage, or {@code null}
	 */
	@JsonProperty
	public @Nullable Usage usage() {
		return this.details.usage();
	}

	/**
	 * Return the source of the text, such as {@code input} for speech of the user.
	 * @return the source, or empty
	 */
	@JsonProperty
	public String source() {
		return this.details.source();
	}

	/**
	 * Return provider-specific metadata.
	 * @return an immutable map
	 */
	@JsonProperty
	public Map<String, Object> metadata() {
		return this.details.metadata();
	}

	/**
	 * Return the approximate size of the chunk in memory, for bounds on pending chunks.
	 * Text that is shared with other chunks does not count.
	 * @return the weight in bytes; for bounds, not for meters
	 */
	public long weight() {
		return weightBehind(null);
	}

	/**
	 * Return the {@link #weight()} of the chunk after another one. Metadata that it
	 * shares with that one does not count again.
	 * @param before the preceding chunk, or {@code null}
	 * @return the weight in bytes
	 */
	public long weightBehind(@Nullable StreamChunk before) {
		long weight = ChunkWeight.ofText(this.content, this.delta, this.deltaLength);
		return weight + ChunkWeight.ofDetails(this.details, (before != null) ? before.details : null);
	}

	/**
	 * Return a builder that starts from this chunk. Unchanged values are shared, so that
	 * chunks with the same metadata need the memory for it once.
	 * @return the builder
	 */
	public Builder toBuilder() {
		return new Builder(this);
	}

	@Override
	public boolean equals(@Nullable Object other) {
		if (this == other) {
			return true;
		}
		return other instanceof StreamChunk that && this.contentLength == that.contentLength
				&& this.deltaLength == that.deltaLength && this.details.equals(that.details)
				&& delta().equals(that.delta()) && content().equals(that.content());
	}

	@Override
	public int hashCode() {
		return Objects.hash(content(), delta(), this.details);
	}

	/**
	 * Return a description without the content, which may be confidential.
	 * @return a short description
	 */
	@Override
	public String toString() {
		return ChunkDescription.of(this);
	}

	/**
	 * Kinds of chunks. A chunk has the first matching kind.
	 */
	public enum Kind {

		/** End of a response, with a {@link StreamChunk#finishReason() reason}. */
		END,

		/** {@link StreamChunk#toolCalls() Tool calls} of the model. */
		TOOL_CALL,

		/**
		 * Speech of the user: its {@link StreamChunk#source() source} is {@code input}.
		 */
		INPUT,

		/** {@link StreamChunk#media() Media} of the model. */
		AUDIO,

		/**
		 * Transcript of the speech of the model, with {@code transcript} in its metadata.
		 */
		TRANSCRIPT,

		/** Written text of the model. */
		TEXT,

		/** The model's reasoning. */
		REASONING,

		/** An event, such as the start of the user's speech, or a failure. */
		EVENT

	}

	/**
	 * Builder for {@link StreamChunk}. Not thread-safe.
	 */
	public static final class Builder {

		private Object content = "";

		private int contentLength;

		private @Nullable String delta = "";

		private int deltaLength;

		private ChunkDetails details = ChunkDetails.NONE;

		// Null as long as the details are shared
		private ChunkDetails.@Nullable Builder changes;

		private Builder() {
		}

		private Builder(StreamChunk from) {
			this.content = from.content;
			this.contentLength = from.contentLength;
			this.delta = from.delta;
			this.deltaLength = from.deltaLength;
			this.details = from.details;
		}

		private ChunkDetails.Builder changes() {
			if (this.changes == null) {
				this.changes = new ChunkDetails.Builder(this.details);
			}
			return this.changes;
		}

		/**
		 * Set the text so far.
		 * @param content the text
		 * @return this
		 */
		public Builder content(String content) {
			return content((CharSequence) content);
		}

		/**
		 * Set the text so far, without copying it.
		 * @param content an immutable sequence; its {@code toString()} is the text
		 * @return this
		 */
		public Builder content(CharSequence content) {
			Assert.notNull(content, "'content' must not be null");
			if (this.delta == null) {
				this.delta = endOf(this.content, this.contentLength, this.deltaLength);
			}
			this.content = (content instanceof SharedText.Prefix shared) ? shared.last() : content;
			this.contentLength = content.length();
			return this;
		}

		/**
		 * Set the new text.
		 * @param delta the text
		 * @return this
		 */
		public Builder delta(String delta) {
			Assert.notNull(delta, "'delta' must not be null");
			this.delta = delta;
			this.deltaLength = delta.length();
			return this;
		}

		/**
		 * Set the model's reasoning.
		 * @param reasoning the text
		 * @return this
		 */
		public Builder reasoning(String reasoning) {
			Assert.notNull(reasoning, "'reasoning' must not be null");
			changes().reasoning = reasoning;
			return this;
		}

		/**
		 * Set audio, image or video.
		 * @param media the media, or {@code null}
		 * @return this
		 */
		public Builder media(@Nullable MediaData media) {
			changes().media = media;
			return this;
		}

		/**
		 * Set the tool calls of the model.
		 * @param toolCalls the calls; copied
		 * @return this
		 */
		public Builder toolCalls(List<ToolCall> toolCalls) {
			Assert.notNull(toolCalls, "'toolCalls' must not be null");
			changes().toolCalls = List.copyOf(toolCalls);
			return this;
		}

		/**
		 * Set the reason for the end of the response.
		 * @param finishReason the reason, or {@code null}
		 * @return this
		 */
		public Builder finishReason(@Nullable FinishReason finishReason) {
			changes().finishReason = finishReason;
			return this;
		}

		/**
		 * Set whether the response was interrupted.
		 * @param interrupted whether it was
		 * @return this
		 */
		public Builder interrupted(boolean interrupted) {
			changes().interrupted = interrupted;
			return this;
		}

		/**
		 * Set whether the provider lost the conversation state.
		 * @param reset whether it did
		 * @return this
		 */
		public Builder reset(boolean reset) {
			changes().reset = reset;
			return this;
		}

		/**
		 * Set a failure that does not end the session.
		 * @param error the failure, or {@code null}
		 * @return this
		 */
		public Builder error(@Nullable Throwable error) {
			changes().error = error;
			return this;
		}

		/**
		 * Set the token usage of the response.
		 * @param usage the usage, or {@code null}
		 * @return this
		 */
		public Builder usage(@Nullable Usage usage) {
			changes().usage = usage;
			return this;
		}

		/**
		 * Set the source of the text.
		 * @param source the source
		 * @return this
		 */
		public Builder source(String source) {
			Assert.notNull(source, "'source' must not be null");
			changes().source = source;
			return this;
		}

		/**
		 * Set the id of the response that the chunk is a part of.
		 * @param responseId the id, or empty
		 * @return this
		 */
		public Builder responseId(String responseId) {
			Assert.notNull(responseId, "'responseId' must not be null");
			changes().responseId = responseId;
			return this;
		}

		/**
		 * Set provider-specific metadata.
		 * @param metadata names and values; copied
		 * @return this
		 */
		public Builder metadata(Map<String, ?> metadata) {
			Assert.notNull(metadata, "'metadata' must not be null");
			changes().metadata.copy(metadata);
			return this;
		}

		/**
		 * Add provider-specific metadata.
		 * @param name its name
		 * @param value its value
		 * @return this
		 */
		public Builder metadata(String name, Object value) {
			Assert.notNull(name, "'name' must not be null");
			Assert.notNull(value, "'value' must not be null");
			changes().metadata.put(name, value);
			return this;
		}

		/**
		 * Build the chunk.
		 * @return an immutable chunk
		 */
		public StreamChunk build() {
			if (this.changes != null) {
				this.details = this.changes.build();
				this.changes = null;
			}
			if (this.delta != null && this.deltaLength > 0 && this.deltaLength <= this.contentLength
					&& this.content instanceof SharedText.Block block
					&& block.matches(this.contentLength - this.deltaLength, this.delta, this.deltaLength)) {
				this.delta = null;
			}
			return new StreamChunk(this, this.details);
		}

	}

}
