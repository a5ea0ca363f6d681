package dev.streaming;

import java.util.Collection;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Opens sessions from the application's settings and handler beans. Thread-safe.
 *
 * @since 1.0.0
 */
public interface SessionFactory {

	/**
	 * Open a session on the connection {@code default}. Blocks while it dials, with
	 * retry, and while the handler sets the connection up.
	 * @return the open session
	 * @throws ConnectFailedException if the dials are spent or one failed permanently
	 * @throws SessionSetupException if the handler's setup failed permanently
	 * @throws InterruptedException if the calling thread was interrupted; nothing is left
	 * open
	 */
	Session open() throws InterruptedException;

	/**
	 * Open a session on a named connection.
	 * @param name the name under {@code streaming.connections}
	 * @return the open session
	 * @throws IllegalArgumentException if there is no such connection; names those there
	 * are
	 * @throws InterruptedException if the calling thread was interrupted
	 */
	Session open(String name) throws InterruptedException;

	/**
	 * Open a session on a named connection, with changes for this one call.
	 * @param name the name under {@code streaming.connections}
	 * @param spec makes the changes
	 * @return the open session
	 * @throws InterruptedException if the calling thread was interrupted
	 */
	Session open(String name, Consumer<SessionSpec> spec) throws InterruptedException;

	/**
	 * Open a session without blocking the caller. No thread is held between dials; what
	 * blocks, such as the handler's setup, runs on a worker (S14).
	 * <p>
	 * Cancelling the stage's {@link CompletionStage#toCompletableFuture() future} ends
	 * the attempt: a dial is aborted, and a session that comes up later is closed. A
	 * factory that is not the starter's opens on a thread of its own unless it overrides
	 * this.
	 * @param name the name under {@code streaming.connections}
	 * @param spec makes the changes; called on the calling thread
	 * @return completes with the open session, on a worker thread, or fails with what
	 * {@link #open(String, Consumer)} throws
	 */
	default CompletionStage<Session> openAsync(String name, Consumer<SessionSpec> spec) {
		return OpeningThread.open(() -> open(name, spec));
	}

	/**
	 * As {@link #openAsync(String, Consumer)}, without changes.
	 * @param name the name under {@code streaming.connections}
	 * @return completes with the open session
	 */
	default CompletionStage<Session> openAsync(String name) {
		return openAsync(name, (spec) -> {
		});
	}

	/**
	 * Open a session on a connection that is defined in code.
	 * @param definition the connection
	 * @return the open session
	 * @throws IllegalArgumentException if there is no connection of the name that it is
	 * based on
	 * @throws InterruptedException if the calling thread was interrupted
	 */
	default Session open(ConnectionDefinition definition) throws InterruptedException {
		return open(definition, (spec) -> {
		});
	}

	/**
	 * Open a session on a connection that is defined in code, with changes for this one
	 * call.
	 * @param definition the connection
	 * @param spec makes the changes
	 * @return the open session
	 * @throws UnsupportedOperationException if an implementation has only configured
	 * connections
	 * @throws InterruptedException if the calling thread was interrupted
	 */
	default Session open(ConnectionDefinition definition, Consumer<SessionSpec> spec) throws InterruptedException {
		throw new UnsupportedOperationException("This SessionFactory has only configured connections");
	}

	/**
	 * Return the live sessions.
	 * @return a snapshot
	 */
	Collection<Session> sessions();

}
