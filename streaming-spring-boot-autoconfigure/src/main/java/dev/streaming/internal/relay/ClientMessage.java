package dev.streaming.internal.relay;

import java.time.Duration;

/**
 * Message of a browser.
 */
sealed interface ClientMessage {

	/**
	 * First message.
	 *
	 * @param token the token of a session to resume, or empty
	 * @param received the number of the last event that was received, 0 for none
	 */
	record Hello(String token, long received) implements ClientMessage {
	}

	/**
	 * Text of the user, which must be answered.
	 *
	 * @param text the text
	 */
	record Text(String text) implements ClientMessage {
	}

	/**
	 * End of the user's turn.
	 */
	record Commit() implements ClientMessage {
	}

	/**
	 * Stop of the playback.
	 *
	 * @param answer the answer that was played
	 * @param position the duration that was played
	 */
	record Heard(String answer, Duration position) implements ClientMessage {
	}

	/**
	 * Stop of the playback and of the answer.
	 *
	 * @param answer the answer that was played, or empty if none was
	 * @param position the duration that was played
	 */
	record Cancel(String answer, Duration position) implements ClientMessage {
	}

	/**
	 * End of the session.
	 */
	record Bye() implements ClientMessage {
	}

}
