package dev.streaming.internal.relay;

import java.io.IOException;

import org.springframework.web.socket.CloseStatus;

/**
 * WebSocket of a browser. Used by one thread at a time.
 */
interface BrowserSocket {

	/**
	 * Write a message. Blocks while the browser does not read.
	 * @param frame the message
	 * @throws IOException if the message could not be written in time
	 */
	void send(Frame frame) throws IOException;

	/**
	 * Write a ping.
	 * @throws IOException if the ping could not be written
	 */
	void ping() throws IOException;

	/**
	 * Close the WebSocket. Does not throw exceptions, because the browser may have closed
	 * it.
	 * @param status code and reason
	 */
	void close(CloseStatus status);

}
