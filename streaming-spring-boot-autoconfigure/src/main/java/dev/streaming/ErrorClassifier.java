package dev.streaming;

/**
 * Says which failures a session may answer with a new connection.
 *
 * @since 1.0.0
 */
@FunctionalInterface
public interface ErrorClassifier {

	/**
	 * Say whether to reconnect. Called on a worker thread; an exception means no.
	 * @param error what ended the connection, or a dial that failed in an outage
	 * @return whether another connection may mend it
	 */
	boolean shouldReconnect(Throwable error);

	/**
	 * Return the classifier for failures that pass: lost connections, except those with
	 * 1002, 1003, 1007, 1008, 1009, 1010 and 3000 to 4999, and dials that failed for a
	 * reason which another dial may mend.
	 * @return the ready-made classifier
	 */
	static ErrorClassifier transientErrors() {
		return TransientErrors.INSTANCE;
	}

}
