package dev.streaming.realtime;

/**
 * State of the attempt to ask the head of an {@link AnswerQueue}.
 */
enum AskTurn {

	/** No thread is asking. */
	IDLE,

	/** A thread is asking. */
	ASKING,

	/** A thread is asking, and must check the queue again. */
	ASKING_AGAIN

}
