package dev.streaming.internal.transport;

import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * Listener of one physical connection. Either {@link #opened} or {@link #failed} is
 * called first, once; {@code opened} is followed by any number of messages, and finally
 * one call of {@link #closed}.
 * <p>
 * Calls do not overlap, except {@link #activity()} and {@link #pong()}, and are made on
 * the transport's threads. Implementations must not block.
 */
public interface TransportListener {

	/**
	 * Called when the connection is open. Messages may follow before the dialing thread
	 * returns.
	 * @param connection the connection
	 */
	void opened(TransportConnection connection);

	/**
	 * Called when the dial has failed, without further calls.
	 * @param failure the failure
	 */
	void failed(DialException failure);

	/**
	 * Called with a complete text message as a string.
	 * @param text the text
	 */
	void text(String text);

	/**
	 * Called with a complete text message as bytes. The receiver owns the array.
	 * @param utf8 valid UTF-8
	 */
	void text(byte[] utf8);

	/**
	 * Called with a complete binary message. The receiver owns the array.
	 * @param bytes the bytes
	 */
	void binary(byte[] bytes);

	/**
	 * Called on activity of the peer other than a complete message or a pong, such as a
	 * part of a message.
	 */
	void activity();

	/**
	 * Called with a pong.
	 */
	void pong();

	/**
	 * Called when the connection has ended, after its last message.
	 * @param status the code and reason of the peer's close frame, also in response to a
	 * local close; 1000 for a frame without a code; 1006 without a close frame; the code
	 * that was sent for a protocol violation (1002, 1007, 1009)
	 * @param cause the cause, if any
	 */
	void closed(CloseStatus status, @Nullable Throwable cause);

}
