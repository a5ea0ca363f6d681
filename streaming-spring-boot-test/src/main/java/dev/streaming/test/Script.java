package dev.streaming.test;

import java.time.Duration;

import dev.streaming.MediaData;

/**
 * Line of a script, which defines an answer of a {@link ScriptedProvider}. Reads like the
 * conversation:
 *
 * <pre>{@code
 * provider.onText("Weather?").callTool("get_weather", "{\"city\":\"Oslo\"}").thenReply("It is ", "cold.");
 * provider.next().say("Once upon a").drop();
 * }</pre>
 *
 * The answer ends after its last step, unless the step specifies otherwise. All methods
 * return this line, and must be called before the request of the application.
 *
 * @since 1.0.0
 */
public interface Script {

	/**
	 * Answer in the modality of the session's settings: written or spoken.
	 * @param pieces the pieces of the text
	 * @return this
	 */
	Script reply(String... pieces);

	/**
	 * Answer with speech: each piece is sent as a transcript with 100 ms of silent audio.
	 * @param pieces the pieces of the transcript
	 * @return this
	 */
	Script say(String... pieces);

	/**
	 * Answer with speech without a transcript.
	 * @param audio 16 bit PCM of any rate of {@link dev.streaming.realtime.Pcm}, sent in
	 * pieces of 100 ms in the session's output format
	 * @return this
	 */
	Script audio(MediaData audio);

	/**
	 * Answer with speech without a transcript.
	 * @param location a WAV file on the class path, 16 bit mono PCM
	 * @return this
	 */
	Script wav(String location);

	/**
	 * Send reasoning of the model, if the protocol supports it.
	 * @param pieces the pieces of its reasoning
	 * @return this
	 */
	Script think(String... pieces);

	/**
	 * Call a tool. Consecutive calls are parallel.
	 * @param name the name of the tool
	 * @param arguments its arguments as JSON
	 * @return this
	 */
	Script callTool(String name, String arguments);

	/**
	 * Call a tool without waiting for its result
	 * ({@link dev.streaming.realtime.RealtimeTool.Execution#ASYNC}), and continue. The
	 * next part answers the result only: meanwhile other lines answer requests of the
	 * user. A {@link dev.streaming.realtime.RealtimeTool.Scheduling#SILENT} result is not
	 * answered, and has no part. With {@code gemini-live} the application must declare
	 * the tool as {@code NON_BLOCKING}, otherwise the test fails.
	 * @param name the name of the tool
	 * @param arguments its arguments as JSON
	 * @return this
	 */
	Script callAsyncTool(String name, String arguments);

	/**
	 * Start the answer to the next request of this exchange: the one with the results of
	 * the tools, the next one on the connection, or the same one after an outage.
	 * @return this
	 */
	Script then();

	/**
	 * As {@link #then()} and {@link #reply}.
	 * @param pieces the pieces of the text
	 * @return this
	 */
	default Script thenReply(String... pieces) {
		return then().reply(pieces);
	}

	/**
	 * As {@link #then()} and {@link #say}.
	 * @param pieces the pieces of the transcript
	 * @return this
	 */
	default Script thenSay(String... pieces) {
		return then().say(pieces);
	}

	/**
	 * As {@link #then()} and {@link #callTool}.
	 * @param name the name of the tool
	 * @param arguments its arguments as JSON
	 * @return this
	 */
	default Script thenCallTool(String name, String arguments) {
		return then().callTool(name, arguments);
	}

	/**
	 * Send the transcript of the user's speech before this answer. In a session that only
	 * transcribes it is the answer.
	 * @param pieces the pieces of the transcript
	 * @return this
	 */
	Script transcribe(String... pieces);

	/**
	 * Let the user interrupt the answer, and continue to speak until
	 * {@link ScriptedProvider#userSays}.
	 * @return this
	 */
	Script interrupt();

	/**
	 * Set the token usage of this answer.
	 * @param input the number of input tokens
	 * @param output the number of output tokens
	 * @return this
	 */
	Script usage(long input, long output);

	/**
	 * Wait for some time.
	 * @param delay the delay, on the clock of {@link TestTime}
	 * @return this
	 */
	Script after(Duration delay);

	/**
	 * Add a pause after each later piece of text, speech, audio and reasoning of this
	 * part.
	 * @param pause the pause, on the clock of {@link TestTime}; zero for no pauses
	 * @return this
	 */
	default Script pace(Duration pause) {
		return bursts(1, pause);
	}

	/**
	 * Send later pieces of this part in bursts with a pause after each. A piece of speech
	 * is its transcript and its audio.
	 * @param pieces the pieces of a burst, positive
	 * @param pause the pause, on the clock of {@link TestTime}; zero for no pauses
	 * @return this
	 */
	Script bursts(int pieces, Duration pause);

	/**
	 * Split later texts of {@link #reply}, {@link #say} and {@link #think} into small
	 * pieces.
	 * @param characters the length of a piece in code points, positive
	 * @return this
	 */
	Script chunked(int characters);

	/**
	 * Wait for {@link ScriptedProvider#proceed()}.
	 * @return this
	 */
	Script hold();

	/**
	 * Send nothing more: the answer never ends.
	 * @return this
	 */
	Script staySilent();

	/**
	 * End the answer at a token limit.
	 * @return this
	 */
	Script stopAtLength();

	/**
	 * Fail in the answer.
	 * @param code the code of the error
	 * @param message its message
	 * @return this
	 */
	Script fail(String code, String message);

	/**
	 * Report an error. The first step of an answer refuses the request; otherwise the
	 * answer continues.
	 * @param code the code of the error
	 * @param message its message
	 * @return this
	 */
	Script error(String code, String message);

	/**
	 * Reset the connection (RST).
	 * @return this
	 */
	Script drop();

	/**
	 * End the connection without a close frame (FIN).
	 * @return this
	 */
	Script hangUp();

	/**
	 * Close the connection.
	 * @param code the code of the close frame
	 * @param reason its reason
	 * @return this
	 */
	Script close(int code, String reason);

	/**
	 * Announce that the connection will be closed, if the protocol supports it.
	 * @param timeLeft the time until the close
	 * @return this
	 */
	Script goAway(Duration timeLeft);

	/**
	 * End the connection because of its maximum age, as defined by the protocol.
	 * @return this
	 */
	Script expire();

	/**
	 * Send a raw event.
	 * @param json the event
	 * @return this
	 */
	Script raw(String json);

	/**
	 * Answer a number of requests instead of one.
	 * @param times the number of times
	 * @return this
	 */
	Script times(int times);

	/**
	 * Answer any number of requests, but at least one.
	 * @return this
	 */
	Script always();

	/**
	 * Allow this line to be unused without failing the test.
	 * @return this
	 */
	Script optional();

}
