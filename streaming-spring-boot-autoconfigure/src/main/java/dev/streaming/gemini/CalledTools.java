package dev.streaming.gemini;

import java.util.List;

import dev.streaming.ToolCall;

/**
 * What is to be done with calls that have come.
 *
 * @param open the calls that are run, or handed to the application
 * @param refused the calls that are answered with an error
 * @param refusal the error, as the result of a call
 * @param abandoned the ids of the calls that nobody answers any more, because the model
 * calls without end
 * @param outcome what becomes of the response
 */
record CalledTools(List<ToolCall> open, List<ToolCall> refused, String refusal, List<String> abandoned,
		Outcome outcome) {

	static final CalledTools NONE = new CalledTools(List.of(), List.of(), "", List.of(), Outcome.GOES_ON);

	/**
	 * What becomes of the response.
	 */
	enum Outcome {

		/** It continues. */
		GOES_ON,

		/** It ends here, as one that nobody wants. */
		CANCELLED,

		/** It ends here, because the model does not stop calling tools. */
		ENDLESS

	}

}
