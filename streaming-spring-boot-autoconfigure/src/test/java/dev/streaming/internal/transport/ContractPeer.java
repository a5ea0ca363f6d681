package dev.streaming.internal.transport;

import java.util.List;

import dev.streaming.testsupport.ReceivedMessage;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * The server's end of a connection. It answers pings and close frames unless told
 * otherwise.
 */
interface ContractPeer {

	void text(String text);

	void binary(byte[] bytes);

	/** One text message in parts; no last part leaves it open. */
	void textParts(boolean complete, byte[]... parts);

	void close(CloseStatus status);

	void closeWithoutCode();

	/** End the socket, without a close frame. */
	void drop();

	void answerPings(boolean answer);

	void answerClose(boolean answer);

	/** Run before a close frame is answered. */
	void onClose(Runnable action);

	/** Read what is under way, and then no more. */
	void stopReading();

	/** Read on, and forget what comes. */
	void readToEnd();

	List<ReceivedMessage> received();

	int pings();

	@Nullable CloseStatus closeFrame();

	/** Whether the client has dropped the socket. */
	boolean isGone();

}
