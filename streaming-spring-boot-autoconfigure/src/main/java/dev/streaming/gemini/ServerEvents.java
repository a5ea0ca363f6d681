package dev.streaming.gemini;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.streaming.ToolCall;
import dev.streaming.gemini.CalledTools.Outcome;

/**
 * What a server message means for the handler, beside the chunks that it represents.
 * Called while a message is read, in the order in which things are to happen.
 */
interface ServerEvents {

	/**
	 * Make a text of the service fit for messages and logs.
	 * @param text the text
	 * @return the text to show
	 */
	String sanitize(String text);

	/**
	 * Count fields that this version does not know.
	 * @param count the number
	 */
	void unknownFields(int count);

	/**
	 * Content of a response has come.
	 * @param calls whether it is a call of a tool
	 * @return how much of it is delivered
	 */
	Delivery content(boolean calls);

	/**
	 * A part of the transcript of a response has come.
	 * @return how much of it is delivered
	 */
	Delivery transcribed();

	/**
	 * Return how much of the response in progress is delivered.
	 * @return how much
	 */
	Delivery delivery();

	/**
	 * All of a response was generated.
	 */
	void generated();

	/**
	 * A part of the text of the answer is delivered.
	 * @param delta the new text
	 */
	void answered(String delta);

	/**
	 * The text of the answer turns out to be the transcript, and not what was written.
	 * @param text the transcript so far
	 */
	void answeredInstead(String text);

	/**
	 * Chunks are dropped, because nobody wants them any more.
	 * @param chunks how many
	 */
	void dropped(int chunks);

	/**
	 * A part of the speech of the user was transcribed.
	 * @param delta the new text
	 * @param finished whether that is all
	 * @return the number of the turn that it is part of
	 */
	long heard(String delta, boolean finished);

	/**
	 * A part of the speech of the user was transcribed for the time being.
	 * @param words whether there are words in it
	 */
	void hearing(boolean words);

	/**
	 * The service hears the user begin or end.
	 * @param begins whether the user begins
	 */
	void activity(boolean begins);

	/**
	 * A response was interrupted.
	 */
	void interrupted();

	/**
	 * The model says that it waits for more.
	 */
	void idle();

	/**
	 * The service reports an error.
	 */
	void refused();

	/**
	 * The turn has ended.
	 * @param response the number of the response that was read
	 * @param written its text if it turned out to be a written one, or empty
	 * @return how the turn has ended
	 */
	TurnEnd turnEnded(long response, String written);

	/**
	 * The model wants tools.
	 * @param calls the calls, each with an id
	 * @return what to tell the application
	 */
	ToldCalls toolsCalled(List<ToolCall> calls);

	/**
	 * Calls are void, be they open or still to come.
	 * @param ids the ids of the calls
	 */
	void toolsCancelled(List<String> ids);

	/**
	 * The service has taken a setup.
	 */
	void setUp();

	/**
	 * The session could be resumed with a handle from now on.
	 * @param resumable whether it could
	 * @param handle the handle; may be empty
	 */
	void resumption(boolean resumable, String handle);

	/**
	 * The server will end the connection.
	 * @param timeLeft when
	 */
	void goAway(Duration timeLeft);

	/**
	 * What the application is told of calls.
	 *
	 * @param calls the new calls, by whether the session calls the tool itself
	 * @param outcome what becomes of the response
	 */
	record ToldCalls(Map<Boolean, List<ToolCall>> calls, Outcome outcome) {

	}

}
