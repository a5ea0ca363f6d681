package dev.streaming.openai;

/**
 * Request that the application has sent to a {@link SimulatedOpenAi}.
 */
final class AwaitedRequest {

	final long sentAt;

	// Its response can be distinguished from others
	boolean told;

	boolean cancelled;

	// Answered with "no active response"
	boolean disowned;

	AwaitedRequest(long sentAt, boolean told) {
		this.sentAt = sentAt;
		this.told = told;
	}

}
