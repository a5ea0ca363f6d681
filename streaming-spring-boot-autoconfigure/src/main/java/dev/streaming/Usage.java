package dev.streaming;

/**
 * Token usage of a response, as the provider counts. Counts are 0 where the provider does
 * not report them.
 *
 * @param inputTokens tokens read
 * @param outputTokens tokens written
 * @param totalTokens both
 * @param inputTextTokens tokens of text among those read
 * @param inputAudioTokens tokens of audio among those read
 * @param inputCachedTokens tokens among those read that came from the provider's cache
 * @param outputTextTokens tokens of text among those written
 * @param outputAudioTokens tokens of audio among those written
 * @param audioSeconds seconds of audio, where the provider bills by time
 * @since 1.0.0
 */
public record Usage(long inputTokens, long outputTokens, long totalTokens, long inputTextTokens, long inputAudioTokens,
		long inputCachedTokens, long outputTextTokens, long outputAudioTokens, double audioSeconds) {

	/**
	 * Create a usage without details.
	 * @param inputTokens tokens read
	 * @param outputTokens tokens written
	 * @param totalTokens both
	 */
	public Usage(long inputTokens, long outputTokens, long totalTokens) {
		this(inputTokens, outputTokens, totalTokens, 0, 0, 0, 0, 0, 0);
	}

}
