package dev.streaming.gemini;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Simulated connection of the service, which complies with the protocol: a step that is
 * not possible has no effect.
 */
final class SimulatedGemini {

	private final boolean marked;

	private final boolean signals;

	// Messages in transit to the client
	final Deque<Said> toClient = new ArrayDeque<>();

	// Faults in the messages of the client
	final List<String> refusals = new ArrayList<>();

	// Calls without a result, by id
	private final Map<String, Call> open = new LinkedHashMap<>();

	private final Set<String> known = new LinkedHashSet<>();

	private final Numbers numbers;

	private @Nullable Response current;

	// The rest of a call whose first piece was sent
	private @Nullable String rest;

	private int owed;

	private boolean speaking;

	// The pending answer is one to speech
	private boolean spoken;

	private int messages;

	SimulatedGemini(boolean marked, boolean signals, Numbers numbers) {
		this.marked = marked;
		this.signals = signals;
		this.numbers = numbers;
	}

	// Messages of the client

	void receive(JsonNode message) {
		boolean setup = message.has("setup");
		if (setup != (this.messages == 0)) {
			refuse("the setup is the first message, and only that: " + message);
		}
		this.messages++;
		JsonNode content = message.path("clientContent");
		if (content.isObject()) {
			if (content.path("turnComplete").booleanValue()) {
				asked();
			}
		}
		realtimeInput(message.path("realtimeInput"));
		for (JsonNode result : message.path("toolResponse").path("functionResponses")) {
			returned(result.path("id").asString(), result);
		}
	}

	private void realtimeInput(JsonNode input) {
		if (input.has("activityStart")) {
			if (!this.marked || this.speaking) {
				refuse("activityStart while the user speaks");
			}
			this.speaking = true;
			interrupt(0);
		}
		if (input.has("activityEnd")) {
			if (!this.marked || !this.speaking) {
				refuse("activityEnd while the user does not speak");
			}
			this.speaking = false;
			this.owed++;
		}
		if (input.has("text")) {
			asked();
		}
		if (input.has("audio") && this.marked && !this.speaking) {
			refuse("audio outside of the user's activity");
		}
	}

	private void asked() {
		interrupt(0);
		endInterrupted();
		// Earlier requests without an answer are answered with it
		this.owed = 1;
	}

	private void returned(String id, JsonNode result) {
		if (!this.known.contains(id)) {
			refuse("a result for a call that was not made on this connection: " + result);
		}
		Call call = this.open.remove(id);
		if (call == null) {
			// It may have crossed its cancellation
			return;
		}
		boolean waits = this.open.values().stream().anyMatch((other) -> other.response() == call.response());
		if (!waits && (this.current == null || this.current.number != call.response())) {
			this.owed++;
		}
	}

	private void refuse(String why) {
		this.refusals.add(why);
	}

	// Actions of the service

	/**
	 * Begin an answer if one is owed.
	 */
	private @Nullable Response answering() {
		if (this.current == null && this.owed > 0 && !this.speaking) {
			this.owed--;
			this.current = new Response(this.numbers.responses++, this.spoken);
			this.spoken = false;
		}
		Response response = this.current;
		boolean paused = response == null || response.interrupted || this.rest != null || isPaused(response);
		return (paused || this.speaking) ? null : response;
	}

	private boolean isPaused(Response response) {
		return this.open.values().stream().anyMatch((call) -> call.blocking() && call.response() == response.number);
	}

	void say(int value) {
		Response response = answering();
		if (response == null) {
			return;
		}
		switch (value % 4) {
			case 0 -> audio(response);
			case 1 -> transcript(response);
			case 2 ->
				send(new Said("{'serverContent':{'modelTurn':{'parts':[{'text':'plan" + response.number + " '}]}}}",
						Kind.PLAN, response.number, ""));
			default -> {
				audio(response);
				transcript(response);
			}
		}
	}

	private void audio(Response response) {
		response.audible = true;
		send(new Said("{'serverContent':{'modelTurn':{'parts':[{'inlineData':{'mimeType':'audio/pcm;rate=24000',"
				+ "'data':'AQI='}}]}}}", Kind.AUDIO, response.number, ""));
	}

	private void transcript(Response response) {
		response.audible = true;
		String token = "r" + response.number + "." + this.numbers.tokens++ + " ";
		send(new Said("{'serverContent':{'outputTranscription':{'text':'" + token + "'}}}", Kind.TRANSCRIPT,
				response.number, token));
	}

	void call(int value, boolean own) {
		Response response = answering();
		if (response == null) {
			return;
		}
		String id = "c" + this.numbers.calls++;
		String name = own ? "own" : "other";
		boolean blocking = value % 2 == 0;
		response.called = true;
		if (value % 5 == 4) {
			send(new Said(
					"{'toolCall':{'functionCalls':[{'id':'" + id + "','name':'own','willContinue':true,"
							+ "'partialArgs':[{'jsonPath':'$.id','stringValue':'c'}]}]}}",
					Kind.PIECE, response.number, id));
			this.rest = id;
			return;
		}
		this.open.put(id, new Call(response.number, blocking));
		this.known.add(id);
		boolean part = value % 3 == 1;
		send(new Said(
				part ? "{'serverContent':{'modelTurn':{'parts':[{'functionCall':" + functionCall(id, name) + "}]}}}"
						: whole(id, name),
				Kind.CALL, response.number, id));
		response.calls.add(whole(id, name));
		response.callIds.add(id);
	}

	private static String whole(String id, String name) {
		return "{'toolCall':{'functionCalls':[" + functionCall(id, name) + "]}}";
	}

	private static String functionCall(String id, String name) {
		return "{'id':'" + id + "','name':'" + name + "','args':{'id':'" + id + "'}}";
	}

	/**
	 * The same call comes by the other way too.
	 */
	void repeatCall(int value) {
		Response response = this.current;
		if (response != null && !response.interrupted && !response.calls.isEmpty()) {
			int which = value % response.calls.size();
			send(new Said(response.calls.get(which), Kind.CALL, response.number, response.callIds.get(which)));
		}
	}

	/**
	 * A call that the same message cancels.
	 */
	void voidCall() {
		Response response = answering();
		if (response != null) {
			String id = "c" + this.numbers.calls++;
			this.known.add(id);
			send(new Said("{'toolCall':{'functionCalls':[" + functionCall(id, "own")
					+ "]},'toolCallCancellation':{'ids':['" + id + "']}}", Kind.VOID_CALL, response.number, id));
		}
	}

	void completeCall() {
		String id = this.rest;
		Response response = this.current;
		if (id == null || response == null) {
			return;
		}
		this.rest = null;
		this.open.put(id, new Call(response.number, true));
		this.known.add(id);
		send(new Said(
				"{'toolCall':{'functionCalls':[{'id':'" + id + "','name':'own',"
						+ "'partialArgs':[{'jsonPath':'$.id','stringValue':'" + id.substring(1) + "'}]}]}}",
				Kind.CALL, response.number, id));
	}

	/**
	 * The model does not wait for a call any more.
	 */
	void cancelCall() {
		this.open.entrySet().stream().filter((entry) -> entry.getValue().blocking()).findFirst().ifPresent((entry) -> {
			Call call = entry.getValue();
			this.open.remove(entry.getKey());
			cancellation(List.of(entry.getKey()));
			if (this.current == null || this.current.number != call.response()) {
				// The rest of the answer follows without it
				this.owed++;
			}
		});
	}

	private void cancellation(List<String> ids) {
		send(new Said("{'toolCallCancellation':{'ids':["
				+ String.join(",", ids.stream().map((id) -> "'" + id + "'").toList()) + "]}}", Kind.CANCELLATION, -1,
				String.join(" ", ids)));
	}

	void finish(int value) {
		endInterrupted();
		Response response = this.current;
		if (response == null) {
			answering();
			response = this.current;
		}
		if (response == null || this.rest != null || this.speaking) {
			return;
		}
		if (!response.audible) {
			audio(response);
		}
		if (value % 3 == 0) {
			send(new Said("{'serverContent':{'generationComplete':true}}", Kind.GENERATED, response.number, ""));
		}
		end(response);
	}

	private void end(Response response) {
		this.current = null;
		send(new Said("{'serverContent':{'turnComplete':true}}", Kind.END, response.number,
				response.called ? "called" : ""));
	}

	/**
	 * The user begins to speak, where the service finds out.
	 */
	void speechStarted(int value) {
		if (this.marked || this.speaking) {
			return;
		}
		this.speaking = true;
		if (this.signals) {
			send(new Said("{'voiceActivity':{'voiceActivityType':'ACTIVITY_START'}}", Kind.START, -1, ""));
		}
		interrupt(value);
	}

	private void interrupt(int value) {
		Response response = this.current;
		if (response == null || response.interrupted) {
			return;
		}
		response.interrupted = true;
		send(new Said("{'serverContent':{'interrupted':true}}", Kind.INTERRUPTED, response.number, ""));
		List<String> cut = new ArrayList<>(keys((call) -> call.blocking() && call.response() == response.number));
		if (this.rest != null) {
			cut.add(this.rest);
			this.rest = null;
		}
		if (!cut.isEmpty()) {
			this.open.keySet().removeAll(cut);
			cancellation(cut);
		}
		if (value % 2 == 0 && response.audible) {
			audio(response);
		}
		if (value % 3 == 1) {
			// Was in transit
			String late = "c" + this.numbers.calls++;
			this.known.add(late);
			send(new Said(whole(late, "own"), Kind.CALL, response.number, late));
		}
	}

	private List<String> keys(Predicate<Call> wanted) {
		return this.open.entrySet()
			.stream()
			.filter((entry) -> wanted.test(entry.getValue()))
			.map(Map.Entry::getKey)
			.toList();
	}

	void endInterrupted() {
		if (this.current != null && this.current.interrupted) {
			end(this.current);
		}
	}

	void transcribe() {
		if (this.speaking && !this.marked) {
			String token = "u" + this.numbers.tokens++ + " ";
			send(new Said("{'serverContent':{'inputTranscription':{'text':'" + token + "'}}}", Kind.INPUT, -1, token));
		}
	}

	/**
	 * Transcripts are late: what is being answered is transcribed.
	 */
	void transcribeLate() {
		Response response = this.current;
		if (this.signals && !this.marked && !this.speaking && response != null && response.toSpeech
				&& !response.interrupted) {
			String token = "u" + this.numbers.tokens++ + " ";
			send(new Said("{'serverContent':{'inputTranscription':{'text':'" + token + "'}}}", Kind.INPUT,
					response.number, token));
		}
	}

	/**
	 * The user has finished, where the service finds out.
	 */
	void speechEnded(boolean noise) {
		if (this.marked || !this.speaking) {
			return;
		}
		this.speaking = false;
		if (this.signals) {
			send(new Said("{'voiceActivity':{'voiceActivityType':'ACTIVITY_END'}}", Kind.SPEECH_END, -1, ""));
		}
		endInterrupted();
		this.owed += noise ? 0 : 1;
		this.spoken |= !noise;
	}

	/**
	 * The service refuses what it owes.
	 */
	void error() {
		if (this.owed == 0 || this.current != null) {
			return;
		}
		send(new Said("{'error':{'code':500,'message':'Internal'}}", Kind.ERROR, -1, ""));
		this.owed = 0;
		this.spoken = false;
	}

	void handle() {
		String handle = "h" + this.numbers.handles++;
		send(new Said("{'sessionResumptionUpdate':{'newHandle':'" + handle + "','resumable':true}}", Kind.OTHER, -1,
				""));
	}

	/**
	 * End everything that has an end in the protocol.
	 * @return whether there was anything
	 */
	boolean complete() {
		endInterrupted();
		speechEnded(false);
		completeCall();
		say(3);
		finish(0);
		return !this.toClient.isEmpty();
	}

	boolean isSpeaking() {
		return this.speaking;
	}

	private void send(Said said) {
		this.toClient.add(said);
	}

	enum Kind {

		AUDIO, TRANSCRIPT, PLAN, CALL, VOID_CALL, PIECE, CANCELLATION, GENERATED, END, INTERRUPTED, START, SPEECH_END,
		INPUT, ERROR, OTHER

	}

	/**
	 * Message to the client, with its subject.
	 */
	record Said(String json, Kind kind, int response, String token) {

		boolean isContent() {
			return this.kind == Kind.AUDIO || this.kind == Kind.PLAN || this.kind == Kind.CALL
					|| this.kind == Kind.PIECE || this.kind == Kind.VOID_CALL;
		}

	}

	/**
	 * Numbers that go on over connections.
	 */
	static final class Numbers {

		private int responses;

		private int calls;

		private int tokens;

		private int handles;

	}

	private record Call(int response, boolean blocking) {

	}

	private static final class Response {

		private final int number;

		private final boolean toSpeech;

		private boolean interrupted;

		private boolean audible;

		private boolean called;

		private final List<String> calls = new ArrayList<>();

		private final List<String> callIds = new ArrayList<>();

		Response(int number, boolean toSpeech) {
			this.number = number;
			this.toSpeech = toSpeech;
		}

	}

}
