package dev.streaming.internal.transport;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletionStage;

import org.springframework.web.socket.CloseStatus;

/**
 * One open physical connection. No method blocks.
 * <p>
 * Sends are made one at a time: the caller waits for a send's stage before the next one.
 * {@link #ping()}, {@link #close} and {@link #abort} may come at any time and from any
 * thread.
 */
public interface TransportConnection {

	/**
	 * Send a text message.
	 * @param text the text
	 * @return completes when it is written, on any thread
	 */
	CompletionStage<Void> sendText(String text);

	/**
	 * Send a text message.
	 * @param utf8 its text in UTF-8; must not be changed, its position is not moved
	 * @return completes when it is written, on any thread
	 */
	CompletionStage<Void> sendText(ByteBuffer utf8);

	/**
	 * Send a binary message.
	 * @param bytes its bytes; must not be changed, its position is not moved
	 * @return completes when it is written, on any thread
	 */
	CompletionStage<Void> sendBinary(ByteBuffer bytes);

	/**
	 * Send a ping. A failure shows as the end of the connection.
	 */
	void ping();

	/**
	 * Stop reading: no more messages are delivered than the one now being delivered. From
	 * within a delivery it holds for all messages after that one.
	 */
	void pause();

	/**
	 * Read on.
	 */
	void resume();

	/**
	 * Send a close frame. Messages in transit are still delivered;
	 * {@link TransportListener#closed} comes when the peer has answered or the socket is
	 * gone. Waits for nothing, and never aborts on its own: that is the caller's to do,
	 * with {@link #abort()}. A second call has no effect.
	 * @param status code and reason, one that may be sent
	 */
	void close(CloseStatus status);

	/**
	 * Drop the socket at once, whatever state it is in, a stalled write included. Reading
	 * is resumed, messages already read are delivered, and
	 * {@link TransportListener#closed} follows soon. Idempotent.
	 */
	void abort();

}
