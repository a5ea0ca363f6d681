package dev.streaming.gemini;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.streaming.StreamChunk;
import dev.streaming.ToolCall;
import dev.streaming.gemini.CalledTools.Outcome;

/**
 * Callbacks for the events in a server message, in addition to its chunks. Called while a
 * message is read, in the order of the effects.
 */
interface ServerEvents {

	/**
	 * Sanitize a text of the service for messages and logs.
	 * @param text the text
	 * @return the sanitized text
	 */
	String sanitize(String text);

	/**
	 * Count unknown fields.
	 * @param count the number
	 */
	void unknownFields(int count);

	/**
	 * Handle content of a response.
	 * @param calls whether it is a tool call
	 * @return the part of it that is delivered
	 */
	Delivery content(boolean calls);

	/**
	 * Handle a part of the transcript of a response.
	 * @return the part of it that is delivered
	 */
	Delivery transcribed();

	/**
	 * Start a chunk of the response of the content.
	 * @param transcript whether it is the transcript of speech
	 * @return the chunk; its id and metadata are shared with the other ones
	 */
	StreamChunk.Builder chunk(boolean transcript);

	/**
	 * Return the part of the current response that is delivered.
	 * @return the part that is delivered
	 */
	Delivery delivery();

	/**
	 * Handle the report that all of a response was generated.
	 */
	void generated();

	/**
	 * Record a delivered part of the text of the answer.
	 * @param delta the new text
	 */
	void answered(String delta);

	/**
	 * Replace the text of the answer by its transcript.
	 * @param text the transcript so far
	 */
	void answeredInstead(String text);

	/**
	 * Record chunks that are dropped.
	 * @param chunks the number of chunks
	 */
	void dropped(int chunks);

	/**
	 * Handle a part of the transcript of the user's speech.
	 * @param delta the new text
	 * @param finished whether the transcript is complete
	 * @return the number of the turn that it is part of
	 */
	long heard(String delta, boolean finished);

	/**
	 * Handle an interim transcript of the user's speech.
	 * @param words whether it contains words
	 */
	void hearing(boolean words);

	/**
	 * Handle the beginning or end of the user's speech.
	 * @param begins whether it is the beginning
	 */
	void activity(boolean begins);

	/**
	 * Handle the interruption of a response.
	 */
	void interrupted();

	/**
	 * Handle the report that the model waits for more input.
	 */
	void idle();

	/**
	 * Handle an error of the service.
	 */
	void refused();

	/**
	 * Handle the end of the turn.
	 * @param response the number of the response that was read
	 * @param written its text if it was written although the model speaks, or empty
	 * @return the end of the turn
	 */
	TurnEnd turnEnded(long response, String written);

	/**
	 * Handle tool calls of the model.
	 * @param calls the calls, each with an id
	 * @return the chunks for the application
	 */
	ReportedCalls toolsCalled(List<ToolCall> calls);

	/**
	 * Void calls, including those that were not received yet.
	 * @param ids the ids of the calls
	 */
	void toolsCancelled(List<String> ids);

	/**
	 * Handle the service's confirmation of a setup.
	 */
	void setUp();

	/**
	 * Handle an update of the handle for resumption.
	 * @param resumable whether the session can be resumed
	 * @param handle the handle; may be empty
	 */
	void resumption(boolean resumable, String handle);

	/**
	 * Handle the announcement of the end of the connection.
	 * @param timeLeft the time until the end
	 */
	void goAway(Duration timeLeft);

	/**
	 * Calls to report to the application.
	 *
	 * @param calls the new calls, by whether the session calls the tool itself
	 * @param outcome the outcome of the response
	 */
	record ReportedCalls(Map<Boolean, List<ToolCall>> calls, Outcome outcome) {

	}

}
