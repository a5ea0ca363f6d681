package dev.streaming.internal.relay;

import java.time.Duration;

import dev.streaming.internal.util.PeerText;
import dev.streaming.realtime.AudioFormat;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Event for a browser, in the relay's protocol, which is independent of the provider.
 *
 * @param json its fields
 * @param kept whether to retain it for a browser that resumes
 */
record ServerEvent(ObjectNode json, boolean kept) {

	private static ServerEvent of(String type, boolean kept) {
		return new ServerEvent(JsonNodeFactory.instance.objectNode().put("type", type), kept);
	}

	private static ServerEvent kept(String type) {
		return of(type, true);
	}

	private static ServerEvent passing(String type) {
		return of(type, false);
	}

	private ServerEvent with(String name, String value) {
		this.json.put(name, value);
		return this;
	}

	private ServerEvent with(String name, long value) {
		this.json.put(name, value);
		return this;
	}

	private ServerEvent with(String name, boolean value) {
		this.json.put(name, value);
		return this;
	}

	static ServerEvent opening() {
		return passing("opening");
	}

	static ServerEvent ready(Ready ready) {
		ServerEvent event = passing("ready").with("version", ClientMessageReader.VERSION)
			.with("token", ready.token)
			.with("resumed", ready.resumed)
			.with("missed", ready.missed)
			.with("state", ready.state)
			.with("turnDetection", ready.turnDetection)
			.with("reattachFor", ready.reattachFor.toMillis());
		event.json.putObject("input").put("sampleRate", ready.input.sampleRate());
		event.json.putObject("output").put("sampleRate", ready.output.sampleRate());
		return event;
	}

	static ServerEvent speech(boolean started) {
		return passing(started ? "speech.started" : "speech.stopped");
	}

	static ServerEvent interrupted(String answer) {
		return passing("interrupted").with("answer", answer);
	}

	static ServerEvent audio(String answer, long position, int sampleRate) {
		return passing("audio").with("answer", answer).with("position", position).with("sampleRate", sampleRate);
	}

	static ServerEvent userTranscript(String turn, String delta, String text, boolean isFinal) {
		ServerEvent event = kept("transcript").with("speaker", "user").with("turn", turn).with("final", isFinal);
		return isFinal ? event.with("text", text) : event.with("delta", delta);
	}

	static ServerEvent transcript(String answer, String delta) {
		return kept("transcript").with("speaker", "assistant").with("answer", answer).with("delta", delta);
	}

	static ServerEvent tool(String answer, String call, String name) {
		// The name is chosen by the model, and may be arbitrary
		return kept("tool").with("answer", answer).with("call", call).with("name", PeerText.PLAIN.sanitize(name));
	}

	static ServerEvent answerDone(String answer, String reason, long inputTokens, long outputTokens) {
		ServerEvent event = kept("answer.done").with("answer", answer).with("reason", reason);
		if (inputTokens + outputTokens > 0) {
			event.json.putObject("usage").put("inputTokens", inputTokens).put("outputTokens", outputTokens);
		}
		return event;
	}

	static ServerEvent disconnected(int code) {
		return passing("disconnected").with("code", code);
	}

	static ServerEvent reconnecting(int attempt, Duration delay) {
		return passing("reconnecting").with("attempt", attempt).with("delay", delay.toMillis());
	}

	static ServerEvent reconnected(int attempt, Duration outage, boolean planned, boolean stateRestored) {
		return passing("reconnected").with("attempt", attempt)
			.with("outage", outage.toMillis())
			.with("planned", planned)
			.with("stateRestored", stateRestored);
	}

	static ServerEvent reset(long replayed) {
		return kept("reset").with("replayed", replayed);
	}

	static ServerEvent error(String code, String message) {
		return kept("error").with("code", code).with("message", message);
	}

	static ServerEvent closed(String reason, String message) {
		return passing("closed").with("reason", reason).with("message", message);
	}

	/**
	 * Return the event as a frame.
	 * @param number its number, for an event that is retained
	 * @return the frame
	 */
	Frame.Event frame(long number) {
		if (this.kept) {
			this.json.put("n", number);
		}
		return Frame.Event.of(this.kept ? number : 0, this.json.toString());
	}

	/**
	 * Event for an open session.
	 *
	 * @param token the token to reattach with
	 * @param resumed whether the browser has resumed its session
	 * @param missed whether events were lost that it has not received
	 * @param state the state of the session
	 * @param turnDetection the party that detects the end of the user's turn
	 * @param reattachFor the time in which the browser may resume the session
	 * @param input the format of the user's audio
	 * @param output the format of the answers
	 */
	record Ready(String token, boolean resumed, boolean missed, String state, String turnDetection,
			Duration reattachFor, AudioFormat input, AudioFormat output) {
	}

}
