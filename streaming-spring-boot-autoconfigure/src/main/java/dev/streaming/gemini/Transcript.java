package dev.streaming.gemini;

import java.util.List;

import dev.streaming.realtime.ConversationHistory;
import dev.streaming.realtime.ConversationHistory.Item;
import dev.streaming.realtime.ConversationHistory.Role;

/**
 * History of a conversation in order. The protocol has no ids of items, so turns are
 * numbered: the speech of the user precedes the answer even if it is transcribed later.
 * Not thread-safe, except for the history itself.
 */
final class Transcript {

	private final ConversationHistory history;

	private long texts;

	private long turn;

	// The turn of the user's speech
	private long inputTurn;

	Transcript(ConversationHistory history) {
		this.history = history;
	}

	/**
	 * Add a text of the user.
	 * @param text the text
	 * @param held whether it is sent automatically on the next connection
	 * @return the id of the text
	 */
	String wrote(String text, boolean held) {
		return wrote(Role.USER, text, held);
	}

	/**
	 * Add a text.
	 * @param role the role of the speaker
	 * @param text the text
	 * @param held whether it is sent automatically on the next connection
	 * @return the id of the text
	 */
	String wrote(Role role, String text, boolean held) {
		String id = "text-" + this.texts++;
		this.history.set(id, role, text);
		if (held) {
			this.history.hold(id);
		}
		return id;
	}

	void takeBack(String id) {
		this.history.remove(id);
	}

	/**
	 * Mark a text as held, which is sent automatically.
	 * @param id the id of the text
	 */
	void hold(String id) {
		this.history.hold(id);
	}

	/**
	 * Record that held messages are sent.
	 */
	void release() {
		this.history.release();
	}

	/**
	 * Handle the beginning of an answer.
	 */
	void answering() {
		this.history.place(inputId(this.turn), Role.USER);
		this.history.place(outputId(this.turn), Role.ASSISTANT);
	}

	void answered(String delta) {
		this.history.append(outputId(this.turn), Role.ASSISTANT, delta);
	}

	/**
	 * Replace the text of the answer.
	 * @param text the whole text
	 */
	void answeredInstead(String text) {
		this.history.set(outputId(this.turn), Role.ASSISTANT, text);
	}

	/**
	 * Append to the transcript of the user.
	 * @param delta the new text
	 * @return the number of the turn that it is part of
	 */
	long heard(String delta) {
		if (!delta.isEmpty()) {
			this.history.append(inputId(this.inputTurn), Role.USER, delta);
		}
		return this.inputTurn;
	}

	/**
	 * Record an interruption: the user's next speech is another turn.
	 */
	void interrupted() {
		this.inputTurn = this.turn + 1;
	}

	void turnEnded() {
		this.turn++;
		this.inputTurn = Math.max(this.inputTurn, this.turn);
	}

	List<Item> items() {
		return this.history.items();
	}

	private static String inputId(long turn) {
		return "input-" + turn;
	}

	private static String outputId(long turn) {
		return "output-" + turn;
	}

}
