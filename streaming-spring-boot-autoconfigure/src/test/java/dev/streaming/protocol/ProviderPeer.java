package dev.streaming.protocol;

import java.util.Optional;

import org.springframework.web.socket.CloseStatus;

/**
 * The provider's end of one connection, over a socket or without one.
 */
interface ProviderPeer {

	/**
	 * Say something.
	 * @param message the message
	 */
	void say(String message);

	/**
	 * Wait for a message of the client.
	 * @return the message; empty if it closes the connection instead
	 */
	Optional<String> hear() throws InterruptedException;

	/**
	 * Close the connection.
	 * @param status code and reason
	 */
	void close(CloseStatus status);

}
