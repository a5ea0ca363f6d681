package dev.streaming.internal.transport;

import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * Listener of one physical connection. First {@link #opened} or {@link #failed}, once;
 * after {@code opened} any number of messages, then {@link #closed}, once, and nothing
 * more.
 * <p>
 * Calls do not overlap, apart from {@link #activity()} and {@link #pong()}, and happen on
 * the transport's threads. No implementation of this interface ever blocks.
 */
public interface TransportListener {

	/**
	 * The connection is open. Messages may follow before the dial's own thread knows.
	 * @param connection the connection
	 */
	void opened(TransportConnection connection);

	/**
	 * The dial failed; nothing follows.
	 * @param failure why
	 */
	void failed(DialException failure);

	/**
	 * A whole text message, fragments joined, as a string.
	 * @param text the text
	 */
	void text(String text);

	/**
	 * A whole text message, fragments joined, as the bytes that came. The receiver owns
	 * the array.
	 * @param utf8 valid UTF-8
	 */
	void text(byte[] utf8);

	/**
	 * A whole binary message, fragments joined. The receiver owns the array.
	 * @param bytes the bytes
	 */
	void binary(byte[] bytes);

	/**
	 * A part of a message, or another sign of life that is not a message or a pong.
	 */
	void activity();

	/**
	 * A pong.
	 */
	void pong();

	/**
	 * The connection has ended, behind its last message.
	 * @param status the code and reason of the peer's close frame, also of its answer to
	 * ours; 1000 for one without a code; 1006 if there was none; the code we sent for a
	 * violation that the transport found (1002, 1007, 1009)
	 * @param cause the cause, if any
	 */
	void closed(CloseStatus status, @Nullable Throwable cause);

}
