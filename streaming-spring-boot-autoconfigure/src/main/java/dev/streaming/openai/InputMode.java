package dev.streaming.openai;

import dev.streaming.openai.UserTurn.Answerer;

/**
 * Behavior of the provider when the user speaks.
 *
 * @param detecting whether it detects that; otherwise the application marks the turns
 * @param answering whether it answers automatically
 * @param interrupting whether it stops a response
 * @param transcribing whether the session only transcribes, and nobody answers
 */
record InputMode(boolean detecting, boolean answering, boolean interrupting, boolean transcribing) {

	Answerer answerer() {
		if (this.transcribing) {
			return Answerer.TRANSCRIPT;
		}
		return (this.detecting && this.answering) ? Answerer.PROVIDER : Answerer.APPLICATION;
	}

}
