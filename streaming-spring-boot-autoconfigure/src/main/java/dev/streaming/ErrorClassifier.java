package dev.streaming;

/**
 * Strategy that decides which failures are transient, so that a session may reconnect.
 *
 * @since 1.0.0
 */
@FunctionalInterface
public interface ErrorClassifier {

	/**
	 * Return whether to reconnect. Called on a worker thread; an exception means no.
	 * @param error the failure that ended the connection, or a dial that failed in an
	 * outage
	 * @return whether reconnecting may succeed
	 */
	boolean shouldReconnect(Throwable error);

	/**
	 * Return the classifier for transient failures: lost connections, except those with
	 * 1002, 1003, 1007, 1008, 1009, 1010 and 3000 to 4999, and dials that failed for a
	 * transient reason.
	 * @return the classifier
	 */
	static ErrorClassifier transientErrors() {
		return TransientErrors.INSTANCE;
	}

}
