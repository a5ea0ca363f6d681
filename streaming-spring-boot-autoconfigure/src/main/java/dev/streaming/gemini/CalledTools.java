package dev.streaming.gemini;

import java.util.List;

import dev.streaming.ToolCall;

/**
 * Actions for received calls.
 *
 * @param open the calls to run, or to deliver to the application
 * @param refused the calls to answer with an error
 * @param refusal the error, as the result of a call
 * @param abandoned the ids of the calls that are not answered any more, because the model
 * does not stop calling
 * @param outcome the outcome of the response
 */
record CalledTools(List<ToolCall> open, List<ToolCall> refused, String refusal, List<String> abandoned,
		Outcome outcome) {

	static final CalledTools NONE = new CalledTools(List.of(), List.of(), "", List.of(), Outcome.GOES_ON);

	/**
	 * Effect on the response.
	 */
	enum Outcome {

		/** The response continues. */
		GOES_ON,

		/** The response ends because it was cancelled. */
		CANCELLED,

		/** The response ends because the model does not stop calling tools. */
		ENDLESS

	}

}
