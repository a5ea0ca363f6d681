package dev.streaming.internal.connection;

import dev.streaming.Message;
import dev.streaming.StreamingException;

import org.springframework.web.socket.CloseStatus;

/**
 * Owner of a connection, such as a session. Called without a lock of the connection, by
 * any thread. Only {@link #send} and {@link #close} may block.
 */
public interface ConnectionOwner {

	/**
	 * Return the name of the owner for the log.
	 * @return the name
	 */
	String name();

	/**
	 * Return whether the owner handles the calls of users on the connection: from its
	 * opening until its end.
	 * @return whether it does
	 */
	boolean isLive();

	/**
	 * Send a message for a user of the connection. Blocks as a send of the owner does.
	 * @param message the message
	 */
	void send(Message message);

	/**
	 * Close the owner for a user of the connection, and the connection with it. Blocks as
	 * a close of the owner does.
	 * @param status code and reason for the peer
	 */
	void close(CloseStatus status);

	/**
	 * Take back the messages that a physical connection did not begin to write.
	 * @param ending the send queue, to be closed and emptied atomically with the handling
	 * of the messages
	 * @return {@code false} if the owner has ended and did not change the queue
	 */
	boolean takeBack(SendQueue ending);

	/**
	 * Record the loss of a message whose sender cannot be notified, because it does not
	 * wait any more.
	 * @param failure the reason
	 */
	void lost(StreamingException failure);

}
