package dev.streaming;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * One decoded piece of a response, the same for all providers. Immutable; absent texts
 * are empty, other absent things {@code null}, collections never {@code null}.
 *
 * @since 1.0.0
 */
@JsonAutoDetect(fieldVisibility = Visibility.NONE, getterVisibility = Visibility.NONE,
		isGetterVisibility = Visibility.NONE)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public final class StreamChunk {

	// Shared with the chunks before and after it; copied when requested
	// for
	private final CharSequence content;

	private final String delta;

	private final String reasoning;

	private final @Nullable MediaData media;

	private final List<ToolCall> toolCalls;

	private final @Nullable FinishReason finishReason;

	private final boolean interrupted;

	private final boolean reset;

	private final @Nullable Throwable error;

	private final @Nullable Usage usage;

	private final String source;

	private final String responseId;

	private final Map<String, Object> metadata;

	private StreamChunk(Builder builder) {
		this.content = builder.content;
		this.delta = builder.delta;
		this.reasoning = builder.reasoning;
		this.media = builder.media;
		this.toolCalls = List.copyOf(builder.toolCalls);
		this.finishReason = builder.finishReason;
		this.interrupted = builder.interrupted;
		this.reset = builder.reset;
		this.error = builder.error;
		this.usage = builder.usage;
		this.source = builder.source;
		this.responseId = builder.responseId;
		this.metadata = builder.metadata.isEmpty() ? Map.of()
				: Collections.unmodifiableMap(new LinkedHashMap<>(builder.metadata));
	}

	/**
	 * Start a chunk.
	 * @return an empty builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Create a chunk of new text.
	 * @param delta the text
	 * @return the chunk
	 */
	public static StreamChunk delta(String delta) {
		return builder().delta(delta).build();
	}

	/**
	 * Create a chunk of the text so far.
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
	 * @param reason why it ended
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
	 * Return the kind of the chunk, derived from its content: the first {@link Kind} that
	 * fits, in the order of their declaration.
	 * @return the kind
	 */
	public Kind kind() {
		return ChunkDescription.kindOf(this, this.content.length());
	}

	/**
	 * Return the id of the response that the chunk is a part of.
	 * @return the id, or empty if it is no part of a response or the provider has no ids
	 */
	@JsonProperty
	public String responseId() {
		return this.responseId;
	}

	/**
	 * Return the text so far. A chunk shares it with the other chunks of its answer, so
	 * each call may copy: keep the result instead of calling again.
	 * @return the text, or empty
	 */
	@JsonProperty
	public String content() {
		return this.content.toString();
	}

	/**
	 * Return the new text.
	 * @return the text, or empty
	 */
	@JsonProperty
	public String delta() {
		return this.delta;
	}

	/**
	 * Return the model's reasoning.
	 * @return the text, or empty
	 */
	@JsonProperty
	public String reasoning() {
		return this.reasoning;
	}

	/**
	 * Return audio, image or video.
	 * @return the media, or {@code null}
	 */
	@JsonProperty
	public @Nullable MediaData media() {
		return this.media;
	}

	/**
	 * Return the tool calls of the model.
	 * @return an immutable list
	 */
	@JsonProperty
	public List<ToolCall> toolCalls() {
		return this.toolCalls;
	}

	/**
	 * Return why the response ended.
	 * @return the reason, or {@code null} while it continues
	 */
	@JsonProperty
	public @Nullable FinishReason finishReason() {
		return this.finishReason;
	}

	/**
	 * Return whether the response was interrupted.
	 * @return whether queued playback should stop
	 */
	@JsonProperty
	@JsonInclude(JsonInclude.Include.NON_DEFAULT)
	public boolean interrupted() {
		return this.interrupted;
	}

	/**
	 * Return whether the provider lost the conversation state.
	 * @return whether the conversation starts again
	 */
	@JsonProperty
	@JsonInclude(JsonInclude.Include.NON_DEFAULT)
	public boolean reset() {
		return this.reset;
	}

	/**
	 * Return a failure that did not end the session.
	 * @return the failure, or {@code null}
	 */
	public @Nullable Throwable error() {
		return this.error;
	}

	@JsonProperty("error")
	@Nullable String errorMessage() {
		Throwable failure = this.error;
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
		return this.usage;
	}

	/**
	 * Return the source of the text, such as {@code input} for speech of the user.
	 * @return the source, or empty
	 */
	@JsonProperty
	public String source() {
		return this.source;
	}

	/**
	 * Return provider-specific metadata.
	 * @return an immutable map
	 */
	@JsonProperty
	public Map<String, Object> metadata() {
		return this.metadata;
	}

	/**
	 * Return about how many bytes the chunk keeps in memory, so that what waits for a
	 * consumer can be bounded. Text that it shares with other chunks does not count.
	 * @return the weight in bytes; a number for bounds, not for meters
	 */
	public long weight() {
		return ChunkWeight.of(this, this.content);
	}

	/**
	 * Return a builder that starts from this chunk.
	 * @return the builder
	 */
	public Builder toBuilder() {
		Builder builder = new Builder();
		builder.content = this.content;
		builder.delta = this.delta;
		builder.reasoning = this.reasoning;
		builder.media = this.media;
		builder.toolCalls = this.toolCalls;
		builder.finishReason = this.finishReason;
		builder.interrupted = this.interrupted;
		builder.reset = this.reset;
		builder.error = this.error;
		builder.usage = this.usage;
		builder.source = this.source;
		builder.responseId = this.responseId;
		builder.metadata = new LinkedHashMap<>(this.metadata);
		return builder;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		if (this == other) {
			return true;
		}
		return other instanceof StreamChunk that && sameContent(that) && this.delta.equals(that.delta)
				&& this.reasoning.equals(that.reasoning) && Objects.equals(this.media, that.media)
				&& this.toolCalls.equals(that.toolCalls) && this.finishReason == that.finishReason
				&& this.interrupted == that.interrupted && this.reset == that.reset
				&& Objects.equals(this.error, that.error) && Objects.equals(this.usage, that.usage)
				&& this.source.equals(that.source) && this.responseId.equals(that.responseId)
				&& this.metadata.equals(that.metadata);
	}

	private boolean sameContent(StreamChunk that) {
		return this.content.length() == that.content.length() && content().equals(that.content());
	}

	@Override
	public int hashCode() {
		return Objects.hash(content(), this.delta, this.reasoning, this.media, this.toolCalls, this.finishReason,
				this.interrupted, this.reset, this.error, this.usage, this.source, this.responseId, this.metadata);
	}

	/**
	 * Return a description without the content, which may be confidential.
	 * @return a short description
	 */
	@Override
	public String toString() {
		return ChunkDescription.of(this, this.content.length());
	}

	/**
	 * The kinds of chunks. A chunk is of the first kind that fits.
	 */
	public enum Kind {

		/** It ends a response: it has a {@link StreamChunk#finishReason() reason}. */
		END,

		/** It has {@link StreamChunk#toolCalls() tool calls}. */
		TOOL_CALL,

		/**
		 * Speech of the user: its {@link StreamChunk#source() source} is {@code input}.
		 */
		INPUT,

		/** It has {@link StreamChunk#media() media}. */
		AUDIO,

		/**
		 * Transcript of the speech of the model: its metadata have {@code transcript}.
		 */
		TRANSCRIPT,

		/** Text that the model writes. */
		TEXT,

		/** The model's reasoning. */
		REASONING,

		/** An event, such as the start of the user's speech, or a failure. */
		EVENT

	}

	/**
	 * Builds a {@link StreamChunk}. Not thread-safe.
	 */
	public static final class Builder {

		private CharSequence content = "";

		private String delta = "";

		private String reasoning = "";

		private @Nullable MediaData media;

		private List<ToolCall> toolCalls = List.of();

		private @Nullable FinishReason finishReason;

		private boolean interrupted;

		private boolean reset;

		private @Nullable Throwable error;

		private @Nullable Usage usage;

		private String source = "";

		private String responseId = "";

		private Map<String, Object> metadata = new LinkedHashMap<>();

		private Builder() {
		}

		/**
		 * Set the text so far.
		 * @param content the text
		 * @return this
		 */
		public Builder content(String content) {
			Assert.notNull(content, "'content' must not be null");
			this.content = content;
			return this;
		}

		/**
		 * Set the text so far, without copying it.
		 * @param content an immutable sequence; its {@code toString()} is the text
		 * @return this
		 */
		public Builder content(CharSequence content) {
			Assert.notNull(content, "'content' must not be null");
			this.content = content;
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
			return this;
		}

		/**
		 * Set the model's reasoning.
		 * @param reasoning the text
		 * @return this
		 */
		public Builder reasoning(String reasoning) {
			Assert.notNull(reasoning, "'reasoning' must not be null");
			this.reasoning = reasoning;
			return this;
		}

		/**
		 * Set audio, image or video.
		 * @param media the media, or {@code null}
		 * @return this
		 */
		public Builder media(@Nullable MediaData media) {
			this.media = media;
			return this;
		}

		/**
		 * Set the tool calls of the model.
		 * @param toolCalls the calls; copied
		 * @return this
		 */
		public Builder toolCalls(List<ToolCall> toolCalls) {
			Assert.notNull(toolCalls, "'toolCalls' must not be null");
			this.toolCalls = List.copyOf(toolCalls);
			return this;
		}

		/**
		 * Set why the response ended.
		 * @param finishReason the reason, or {@code null}
		 * @return this
		 */
		public Builder finishReason(@Nullable FinishReason finishReason) {
			this.finishReason = finishReason;
			return this;
		}

		/**
		 * Set whether the response was interrupted.
		 * @param interrupted whether it was
		 * @return this
		 */
		public Builder interrupted(boolean interrupted) {
			this.interrupted = interrupted;
			return this;
		}

		/**
		 * Set whether the provider lost the conversation state.
		 * @param reset whether it did
		 * @return this
		 */
		public Builder reset(boolean reset) {
			this.reset = reset;
			return this;
		}

		/**
		 * Set a failure that does not end the session.
		 * @param error the failure, or {@code null}
		 * @return this
		 */
		public Builder error(@Nullable Throwable error) {
			this.error = error;
			return this;
		}

		/**
		 * Set the token usage of the response.
		 * @param usage the usage, or {@code null}
		 * @return this
		 */
		public Builder usage(@Nullable Usage usage) {
			this.usage = usage;
			return this;
		}

		/**
		 * Set the source of the text.
		 * @param source the source
		 * @return this
		 */
		public Builder source(String source) {
			Assert.notNull(source, "'source' must not be null");
			this.source = source;
			return this;
		}

		/**
		 * Set the id of the response that the chunk is a part of.
		 * @param responseId the id, or empty
		 * @return this
		 */
		public Builder responseId(String responseId) {
			Assert.notNull(responseId, "'responseId' must not be null");
			this.responseId = responseId;
			return this;
		}

		/**
		 * Set provider-specific metadata.
		 * @param metadata names and values; copied
		 * @return this
		 */
		public Builder metadata(Map<String, ?> metadata) {
			Assert.notNull(metadata, "'metadata' must not be null");
			this.metadata = new LinkedHashMap<>(metadata);
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
			this.metadata.put(name, value);
			return this;
		}

		/**
		 * Build the chunk.
		 * @return an immutable chunk
		 */
		public StreamChunk build() {
			return new StreamChunk(this);
		}

	}

}
