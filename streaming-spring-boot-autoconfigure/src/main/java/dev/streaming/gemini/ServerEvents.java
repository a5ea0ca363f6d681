package dev.streaming.gemini;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.streaming.ToolCall;

/**
 * What a server message means for the handler, beside the chunks it stands for. Called
 * while a message is read, in the order in which things are to happen.
 */
interface ServerEvents {

	/**
	 * Count fields that this version does not know.
	 * @param count how many
	 */
	void unknownFields(int count);

	/**
	 * The model has begun, or goes on, to answer.
	 */
	void answering();

	/**
	 * Return whether the application has cancelled the turn.
	 * @return whether the rest of it is to be dropped
	 */
	boolean isCancelled();

	/**
	 * A part of the answer's text.
	 * @param delta the new text
	 */
	void answered(String delta);

	/**
	 * A part of what the user said.
	 * @param delta the new text
	 * @param finished whether that is all
	 */
	void heard(String delta, boolean finished);

	/**
	 * The user interrupted the answer.
	 */
	void interrupted();

	/**
	 * The model says that it waits for more.
	 */
	void idle();

	/**
	 * The turn is over.
	 */
	void turnEnded();

	/**
	 * The model wants tools.
	 * @param calls the calls, each with an id
	 * @return those that are new, by whether the session calls the tool itself
	 */
	Map<Boolean, List<ToolCall>> toolsCalled(List<ToolCall> calls);

	/**
	 * The model does not want the results of tools any more.
	 * @param ids the calls' ids
	 */
	void toolsCancelled(List<String> ids);

	/**
	 * Return whether results of tools are still awaited.
	 * @return whether there are open calls
	 */
	boolean isAwaitingTools();

	/**
	 * How the session could be resumed now.
	 * @param resumable whether it could
	 * @param handle with what; may be empty
	 */
	void resumption(boolean resumable, String handle);

	/**
	 * The server will end the connection.
	 * @param timeLeft when
	 */
	void goAway(Duration timeLeft);

}
