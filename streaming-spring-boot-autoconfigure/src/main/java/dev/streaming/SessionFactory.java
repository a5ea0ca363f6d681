package dev.streaming;

import java.util.Collection;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Factory for sessions with the application's settings and handler beans. Thread-safe.
 *
 * @since 1.0.0
 */
public interface SessionFactory {

	/**
	 * Open a session on the connection {@code default}. Blocks for the dials, with retry,
	 * and for the setup of the connection by the handler.
	 * @return the open session
	 * @throws ConnectFailedException if all dials failed, or one failed permanently
	 * @throws SessionSetupException if the handler's setup failed permanently
	 * @throws InterruptedException if the calling thread was interrupted; no connection
	 * is left open
	 */
	Session open() throws InterruptedException;

	/**
	 * Open a session on a named connection.
	 * @param name the name under {@code streaming.connections}
	 * @return the open session
	 * @throws IllegalArgumentException if there is no such connection; the message has
	 * the available names
	 * @throws InterruptedException if the calling thread was interrupted
	 */
	Session open(String name) throws InterruptedException;

	/**
	 * Open a session on a named connection, with changes for this session.
	 * @param name the name under {@code streaming.connections}
	 * @param spec the customizer of the session
	 * @return the open session
	 * @throws InterruptedException if the calling thread was interrupted
	 */
	Session open(String name, Consumer<SessionSpec> spec) throws InterruptedException;

	/**
	 * Open a session without blocking the caller. No thread is occupied between dials;
	 * blocking calls, such as the handler's setup, run on a worker (S14).
	 * <p>
	 * Cancelling the stage's {@link CompletionStage#toCompletableFuture() future} ends
	 * the attempt: a dial is aborted, and a session that is opened nevertheless is
	 * closed. The default implementation opens the session on a new thread.
	 * @param name the name under {@code streaming.connections}
	 * @param spec the customizer of the session, called on the calling thread
	 * @return a stage that completes with the open session on a worker thread, or fails
	 * with an exception of {@link #open(String, Consumer)}
	 */
	default CompletionStage<Session> openAsync(String name, Consumer<SessionSpec> spec) {
		return OpeningThread.open(() -> open(name, spec));
	}

	/**
	 * As {@link #openAsync(String, Consumer)}, without changes.
	 * @param name the name under {@code streaming.connections}
	 * @return a stage that completes with the open session
	 */
	default CompletionStage<Session> openAsync(String name) {
		return openAsync(name, (spec) -> {
		});
	}

	/**
	 * Open a session on a connection that is defined in code.
	 * @param definition the connection
	 * @return the open session
	 * @throws IllegalArgumentException if the connection that it is based on does not
	 * exist
	 * @throws InterruptedException if the calling thread was interrupted
	 */
	default Session open(ConnectionDefinition definition) throws InterruptedException {
		return open(definition, (spec) -> {
		});
	}

	/**
	 * Open a session on a connection that is defined in code, with changes for this
	 * session.
	 * @param definition the connection
	 * @param spec the customizer of the session
	 * @return the open session
	 * @throws UnsupportedOperationException if the implementation supports configured
	 * connections only
	 * @throws InterruptedException if the calling thread was interrupted
	 */
	default Session open(ConnectionDefinition definition, Consumer<SessionSpec> spec) throws InterruptedException {
		throw new UnsupportedOperationException("This SessionFactory supports configured connections only");
	}

	/**
	 * Open a session on a connection that is defined in code, without blocking the
	 * caller, as {@link #openAsync(String, Consumer)} does on a configured one.
	 * @param definition the connection
	 * @param spec the customizer of the session, called on the calling thread
	 * @return a stage that completes with the open session on a worker thread, or fails
	 * with an exception of {@link #open(ConnectionDefinition, Consumer)}
	 */
	default CompletionStage<Session> openAsync(ConnectionDefinition definition, Consumer<SessionSpec> spec) {
		return OpeningThread.open(() -> open(definition, spec));
	}

	/**
	 * As {@link #openAsync(ConnectionDefinition, Consumer)}, without changes.
	 * @param definition the connection
	 * @return a stage that completes with the open session
	 */
	default CompletionStage<Session> openAsync(ConnectionDefinition definition) {
		return openAsync(definition, (spec) -> {
		});
	}

	/**
	 * Return the live sessions.
	 * @return a snapshot
	 */
	Collection<Session> sessions();

}
