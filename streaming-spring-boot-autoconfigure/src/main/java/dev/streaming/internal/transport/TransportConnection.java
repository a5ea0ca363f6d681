package dev.streaming.internal.transport;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletionStage;

import org.springframework.web.socket.CloseStatus;

/**
 * Open physical connection. No method blocks.
 * <p>
 * Messages are sent one at a time: the caller waits for the stage of a send before the
 * next one. {@link #ping()}, {@link #close} and {@link #abort} may be called at any time
 * by any thread.
 */
public interface TransportConnection {

	/**
	 * Send a text message.
	 * @param text the text
	 * @return a stage that completes on any thread when the message is written
	 */
	CompletionStage<Void> sendText(String text);

	/**
	 * Send a text message.
	 * @param utf8 its text in UTF-8, which must not be changed; its position is not
	 * changed
	 * @return a stage that completes on any thread when the message is written
	 */
	CompletionStage<Void> sendText(ByteBuffer utf8);

	/**
	 * Return whether text is written from bytes, so that one is better passed as such.
	 * @return whether {@link #sendText(String)} encodes the text
	 */
	default boolean encodesText() {
		return false;
	}

	/**
	 * Send a binary message.
	 * @param bytes its bytes, which must not be changed; its position is not changed
	 * @return a stage that completes on any thread when the message is written
	 */
	CompletionStage<Void> sendBinary(ByteBuffer bytes);

	/**
	 * Send a ping. A failure is reported as the end of the connection.
	 */
	void ping();

	/**
	 * Pause reading: no more messages are delivered after the current one.
	 */
	void pause();

	/**
	 * Resume reading.
	 */
	void resume();

	/**
	 * Send a close frame. Messages in transit are still delivered;
	 * {@link TransportListener#closed} is called when the peer has answered or the socket
	 * has ended. Does not wait, and never aborts automatically: the caller must call
	 * {@link #abort()} on a timeout. A second call has no effect.
	 * @param status code and reason, which must be sendable
	 */
	void close(CloseStatus status);

	/**
	 * Drop the socket at once, regardless of its state, even during a stalled write.
	 * Reading is resumed, messages that were already read are delivered, and
	 * {@link TransportListener#closed} is called soon. Idempotent.
	 */
	void abort();

}
