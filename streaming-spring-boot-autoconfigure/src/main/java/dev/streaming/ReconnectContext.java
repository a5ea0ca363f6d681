package dev.streaming;

import java.util.Optional;

/**
 * Context of an attempt to set up a new connection of a session.
 *
 * @since 1.0.0
 */
public interface ReconnectContext {

	/**
	 * Return the number of this attempt.
	 * @return 1 for the first
	 */
	int attempt();

	/**
	 * Return the maximum number of attempts.
	 * @return the configured maximum
	 */
	int maxAttempts();

	/**
	 * Return the failure that ended the last connection.
	 * @return the failure; for a planned change a {@link ConnectionLostException} with
	 * 1000
	 */
	Throwable cause();

	/**
	 * Return the failure of the previous attempt.
	 * @return the failure, or empty for the first attempt
	 */
	Optional<Throwable> lastFailure();

	/**
	 * Return whether the change was planned, as opposed to a lost connection.
	 * @return whether it was planned
	 */
	boolean planned();

	/**
	 * Return the reason of the change.
	 * @return the reason given to {@link Session#reconnect(String)}, or a short
	 * description of the cause
	 */
	String reason();

	/**
	 * Report to the listeners whether the provider kept the conversation state.
	 * @param restored whether it did
	 */
	void stateRestored(boolean restored);

}
