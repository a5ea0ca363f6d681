package dev.streaming.gemini;

import java.util.List;

import dev.streaming.realtime.ConversationHistory;
import dev.streaming.realtime.ConversationHistory.Item;
import dev.streaming.realtime.ConversationHistory.Role;

/**
 * History of a conversation, in its order. The protocol has no ids for that, so turns are
 * numbered: the speech of the user has its place before the answer, even where it is
 * transcribed later. Not thread-safe but for the history itself.
 */
final class Transcript {

	private final ConversationHistory history;

	private long texts;

	private long turn;

	// The turn that the speech of the user belongs to
	private long inputTurn;

	Transcript(ConversationHistory history) {
		this.history = history;
	}

	/**
	 * The user has written something.
	 * @param text the text
	 * @param held whether it is sent automatically on the next connection
	 * @return an id, to take it back
	 */
	String wrote(String text, boolean held) {
		return wrote(Role.USER, text, held);
	}

	/**
	 * A text is added to the conversation.
	 * @param role whose it is
	 * @param text the text
	 * @param held whether it is sent automatically on the next connection
	 * @return an id, to take it back
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
	 * A text was not sent, but is held back, and is sent automatically.
	 * @param id the id of the text
	 */
	void hold(String id) {
		this.history.hold(id);
	}

	/**
	 * The messages that were held back are on their way.
	 */
	void release() {
		this.history.release();
	}

	/**
	 * An answer begins.
	 */
	void answering() {
		this.history.place(inputId(this.turn), Role.USER);
		this.history.place(outputId(this.turn), Role.ASSISTANT);
	}

	void answered(String delta) {
		this.history.append(outputId(this.turn), Role.ASSISTANT, delta);
	}

	/**
	 * The text of the answer turns out to be another one.
	 * @param text the whole text
	 */
	void answeredInstead(String text) {
		this.history.set(outputId(this.turn), Role.ASSISTANT, text);
	}

	/**
	 * The user says something.
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
	 * The user's next speech is not the one that the model is answering.
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
