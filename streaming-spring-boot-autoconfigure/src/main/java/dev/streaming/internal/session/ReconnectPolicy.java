package dev.streaming.internal.session;

import dev.streaming.ErrorClassifier;
import dev.streaming.PermanentFailureException;
import dev.streaming.SessionConfig;
import dev.streaming.SessionHandler;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a session reconnects. Called by any thread; the classifier is provided
 * by the application.
 */
final class ReconnectPolicy {

	private final SessionConfig config;

	private final @Nullable ErrorClassifier classifier;

	private final SessionLog log;

	/**
	 * Create a policy.
	 * @param config the session's settings
	 * @param handler the handler, which may have its own classifier
	 * @param log the session's log
	 */
	ReconnectPolicy(SessionConfig config, SessionHandler handler, SessionLog log) {
		this.config = config;
		ErrorClassifier own = handler.errorClassifier();
		this.classifier = (own != null) ? own : config.onError();
		this.log = log;
	}

	/**
	 * Return whether another connection can be set up.
	 * @return whether there is a handler or a hook
	 */
	boolean canSetUp() {
		return this.config.handler() != null || this.config.onReconnect() != null;
	}

	/**
	 * Return whether the session reconnects after a loss.
	 * @param loss the loss
	 * @return whether to reconnect
	 */
	boolean reconnectsAfter(Throwable loss) {
		return this.config.maxReconnectAttempts() > 0 && canSetUp() && isTransient(loss);
	}

	/**
	 * Return whether reconnecting may succeed after a failure.
	 * @param failure the failure
	 * @return {@code false} if it is permanent
	 */
	boolean isTransient(Throwable failure) {
		if (this.classifier == null || failure instanceof PermanentFailureException) {
			return false;
		}
		try {
			return this.classifier.shouldReconnect(failure);
		}
		catch (Throwable ex) {
			this.log.error()
				.setCause(ex)
				.log("The error classifier threw an exception; the failure is treated as permanent");
			return false;
		}
	}

}
