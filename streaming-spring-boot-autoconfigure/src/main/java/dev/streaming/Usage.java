package dev.streaming;

/**
 * Token usage of a response, as reported by the provider. Counts are 0 if the provider
 * does not report them.
 *
 * @param inputTokens the number of input tokens
 * @param outputTokens the number of output tokens
 * @param totalTokens the total number of tokens
 * @param inputTextTokens the number of input tokens of text
 * @param inputAudioTokens the number of input tokens of audio
 * @param inputCachedTokens the number of input tokens from the provider's cache
 * @param outputTextTokens the number of output tokens of text
 * @param outputAudioTokens the number of output tokens of audio
 * @param audioSeconds the duration of audio in seconds, if the provider bills by time
 * @since 1.0.0
 */
public record Usage(long inputTokens, long outputTokens, long totalTokens, long inputTextTokens, long inputAudioTokens,
		long inputCachedTokens, long outputTextTokens, long outputAudioTokens, double audioSeconds) {

	/** No usage. */
	public static final Usage NONE = new Usage(0, 0, 0);

	/**
	 * Create a usage without details.
	 * @param inputTokens the number of input tokens
	 * @param outputTokens the number of output tokens
	 * @param totalTokens the total number of tokens
	 */
	public Usage(long inputTokens, long outputTokens, long totalTokens) {
		this(inputTokens, outputTokens, totalTokens, 0, 0, 0, 0, 0, 0);
	}

	/**
	 * Return the sum of this usage and another.
	 * @param other the other usage
	 * @return the sum of each count
	 */
	public Usage plus(Usage other) {
		return new Usage(this.inputTokens + other.inputTokens, this.outputTokens + other.outputTokens,
				this.totalTokens + other.totalTokens, this.inputTextTokens + other.inputTextTokens,
				this.inputAudioTokens + other.inputAudioTokens, this.inputCachedTokens + other.inputCachedTokens,
				this.outputTextTokens + other.outputTextTokens, this.outputAudioTokens + other.outputAudioTokens,
				this.audioSeconds + other.audioSeconds);
	}

	/**
	 * Return the difference between this usage and another.
	 * @param other the other usage
	 * @return the difference of each count, at least zero
	 */
	public Usage minus(Usage other) {
		return new Usage(more(this.inputTokens, other.inputTokens), more(this.outputTokens, other.outputTokens),
				more(this.totalTokens, other.totalTokens), more(this.inputTextTokens, other.inputTextTokens),
				more(this.inputAudioTokens, other.inputAudioTokens),
				more(this.inputCachedTokens, other.inputCachedTokens),
				more(this.outputTextTokens, other.outputTextTokens),
				more(this.outputAudioTokens, other.outputAudioTokens),
				Math.max(0, this.audioSeconds - other.audioSeconds));
	}

	private static long more(long one, long other) {
		return Math.max(0, one - other);
	}

}
