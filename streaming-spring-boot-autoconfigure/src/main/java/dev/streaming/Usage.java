package dev.streaming;

/**
 * What a response cost.
 *
 * @param inputTokens tokens read
 * @param outputTokens tokens written
 * @param totalTokens both, as the provider counts them
 * @since 1.0.0
 */
public record Usage(long inputTokens, long outputTokens, long totalTokens) {
}
