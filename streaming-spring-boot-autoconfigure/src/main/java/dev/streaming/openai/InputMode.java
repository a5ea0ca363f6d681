package dev.streaming.openai;

import dev.streaming.openai.UserTurn.Answerer;

/**
 * Behavior of the provider on speech of the user.
 *
 * @param detecting whether the provider detects speech; otherwise the application marks
 * the turns
 * @param answering whether the provider answers automatically
 * @param interrupting whether speech interrupts a response
 * @param transcribing whether the session only transcribes and has no answers
 */
record InputMode(boolean detecting, boolean answering, boolean interrupting, boolean transcribing) {

	Answerer answerer() {
		if (this.transcribing) {
			return Answerer.TRANSCRIPT;
		}
		return (this.detecting && this.answering) ? Answerer.PROVIDER : Answerer.APPLICATION;
	}

}
