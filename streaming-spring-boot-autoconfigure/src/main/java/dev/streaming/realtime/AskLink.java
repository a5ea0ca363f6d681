package dev.streaming.realtime;

/**
 * State of the connection of an {@link AnswerQueue}.
 */
enum AskLink {

	/** There is a connection. */
	UP,

	/** There is no connection. */
	DOWN

}
