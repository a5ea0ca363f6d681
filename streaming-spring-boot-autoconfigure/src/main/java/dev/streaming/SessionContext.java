package dev.streaming;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

import org.springframework.web.socket.CloseStatus;

/**
 * What a {@link SessionHandler} may do with its session; valid from
 * {@link SessionHandler#connect connect} on. Thread-safe.
 *
 * @since 1.0.0
 */
public interface SessionContext {

	/**
	 * Return the session's id.
	 * @return the id
	 */
	String sessionId();

	/**
	 * Return the connection's name.
	 * @return the name
	 */
	String connectionName();

	/**
	 * Return what the opener of the session attached to it.
	 * @return the attributes, unmodifiable
	 */
	Map<String, Object> attributes();

	/**
	 * Return the settings of the session.
	 * @return the settings, empty where the session has none, as in a test
	 */
	default Optional<SessionConfig> config() {
		return Optional.empty();
	}

	/**
	 * Put a chunk into the channel from outside of
	 * {@link SessionHandler#handle(Message, SessionContext)}. Any thread; never blocks:
	 * it waits behind the channel if that is full, and reading stops as for a message of
	 * its size. What {@link SessionHandler#connect connect} and
	 * {@link SessionHandler#reconnect reconnect} emit on their own thread is delivered
	 * when they are over, so that who takes it finds the session open. Without effect
	 * when the session has ended.
	 * @param chunk the chunk
	 */
	void emit(StreamChunk chunk);

	/**
	 * Encode a value as JSON and send it, as {@link Session#send(Object)} does.
	 * @param message a value
	 */
	void send(Object message);

	/**
	 * Send a message as it is, as {@link Session#sendRaw(Message)} does.
	 * @param message the message
	 */
	void sendRaw(Message message);

	/**
	 * Drop chunks that wait and are not yet taken.
	 * @param unwanted says which
	 * @return how many were dropped
	 * @see ResponseChannel#discard(Predicate)
	 */
	int discard(Predicate<? super StreamChunk> unwanted);

	/**
	 * Ask for a planned change of connection. Returns at once.
	 * @param reason why
	 * @param within how long a response in flight may hold it up; then it is forced
	 */
	void reconnect(String reason, Duration within);

	/**
	 * Ask to end the session. Returns at once.
	 * @param status code and reason for the peer
	 */
	void close(CloseStatus status);

}
