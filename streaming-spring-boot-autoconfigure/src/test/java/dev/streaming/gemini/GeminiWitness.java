package dev.streaming.gemini;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.streaming.FinishReason;
import dev.streaming.StreamChunk;
import dev.streaming.ToolCall;
import dev.streaming.gemini.SimulatedGemini.Kind;
import dev.streaming.gemini.SimulatedGemini.Said;
import tools.jackson.databind.JsonNode;

/**
 * Records what the client has received from the service, and compares it with what is
 * delivered.
 */
final class GeminiWitness {

	private final boolean marked;

	private final Set<String> ran = new HashSet<>();

	private final List<String> wrongRuns = new ArrayList<>();

	// State of the service as the client has seen it

	private final Set<String> arrived = new HashSet<>();

	private final Set<String> voided = new HashSet<>();

	private final Set<Integer> interrupted = new HashSet<>();

	private final Set<Integer> unwanted = new HashSet<>();

	private final Set<Integer> ended = new HashSet<>();

	private final Set<Integer> seen = new HashSet<>();

	private final Set<Integer> begun = new LinkedHashSet<>();

	private boolean speakingSeen;

	// Pending requests of the application from its point of view
	private int asked;

	private Duration askedAt = Duration.ZERO;

	// Time of the last event of a response
	private Duration lastEvent = Duration.ZERO;

	// They were cancelled, without later input
	private boolean cancelled;

	// There was a cancellation, without later input
	private boolean doubt;

	// Responses that may have been cancelled
	private final Set<Integer> doubtful = new HashSet<>();

	// By input of the user: the answers that had ended
	private final Map<String, Set<Integer>> answersBefore = new LinkedHashMap<>();

	// By input of the user: its answer, which had begun
	private final Map<String, Integer> answersBehind = new LinkedHashMap<>();

	// Delivered texts that have to be in the history, in order for each side
	private final Map<Integer, StringBuilder> spoken = new LinkedHashMap<>();

	private final StringBuilder heard = new StringBuilder();

	private final List<String> written = new ArrayList<>();

	// Messages on the wire, for the report of a failure
	final List<String> log = new ArrayList<>();

	GeminiWitness(boolean marked) {
		this.marked = marked;
	}

	// Actions of the application

	void wrote(String text) {
		this.written.add(text);
	}

	void asked(Duration now) {
		this.asked++;
		this.askedAt = now;
		this.cancelled = false;
		this.doubt = false;
	}

	void withdrawn() {
		this.asked--;
	}

	void spoke() {
		this.cancelled &= !this.marked;
	}

	void committing() {
		this.speakingSeen &= !this.marked;
	}

	void committed() {
		this.cancelled = false;
		this.doubt = false;
	}

	void cancelled(Duration now, boolean connected) {
		this.doubt = true;
		this.seen.stream().filter((response) -> !this.ended.contains(response)).forEach(this.doubtful::add);
		boolean recent = now.minus(this.askedAt).compareTo(AnswerRequest.PATIENCE) < 0;
		this.cancelled = this.asked > 0 && recent && connected;
		this.begun.stream().filter((response) -> !this.ended.contains(response)).forEach(this.unwanted::add);
	}

	/**
	 * Faults in the run of a tool are reported later: the runner answers errors.
	 */
	void run(String id) {
		if (!this.arrived.contains(id)) {
			this.wrongRuns.add("before it is whole: " + id);
		}
		if (this.voided.contains(id)) {
			this.wrongRuns.add("although it is void: " + id);
		}
		if (!this.ran.add(id)) {
			this.wrongRuns.add("twice: " + id);
		}
	}

	void checkRuns() {
		check(this.wrongRuns.isEmpty(), "run", this.wrongRuns);
	}

	void sending(JsonNode json) {
		boolean result = json.at("/toolResponse/functionResponses/0/response/output").asString("").equals("ok");
		check(!(result && this.speakingSeen), "a result makes the model talk while the user speaks", json);
	}

	void disconnected() {
		this.ended.addAll(this.begun);
		this.speakingSeen = false;
		this.cancelled = false;
		this.doubt = false;
		this.asked = 0;
	}

	void reconnected() {
		this.voided.clear();
	}

	boolean isOpen() {
		return isAnswering() || this.speakingSeen;
	}

	boolean hasWritten() {
		return !this.written.isEmpty();
	}

	// Messages of the service

	void see(Said said, Duration now) {
		if (said.response() >= 0) {
			boolean late = this.seen.contains(said.response())
					&& now.minus(this.lastEvent).compareTo(ModelAnswer.PATIENCE) >= 0;
			if (late && !this.cancelled) {
				// May be taken for the answer to what was asked meanwhile
				this.asked = 0;
			}
			this.lastEvent = now;
		}
		switch (said.kind()) {
			case INTERRUPTED -> this.interrupted.add(said.response());
			case START -> {
				this.speakingSeen = !this.marked;
				this.cancelled = false;
			}
			case SPEECH_END -> {
				this.speakingSeen = false;
				this.cancelled = false;
				this.doubt = false;
			}
			case VOID_CALL -> this.voided.add(said.token());
			case INPUT -> {
				this.cancelled = false;
			}
			case ERROR -> {
				this.cancelled = false;
				this.asked = Math.max(0, this.asked - 1);
			}
			case CANCELLATION -> this.voided.addAll(List.of(said.token().split(" ")));
			case CALL -> this.arrived.add(said.token());
			default -> {
			}
		}
		boolean answer = said.isContent() || said.kind() == Kind.TRANSCRIPT;
		if (answer && this.seen.add(said.response())) {
			if (this.cancelled) {
				this.unwanted.add(said.response());
			}
			if (this.doubt) {
				this.doubtful.add(said.response());
			}
			this.cancelled = false;
			this.asked = 0;
		}
		if (said.isContent() && this.begun.add(said.response())) {
			this.speakingSeen = false;
		}
	}

	/**
	 * Check the chunks that were made of a message.
	 * @return the calls that the application has to answer
	 */
	List<ToolCall> checkChunks(Said said, List<StreamChunk> chunks) {
		List<ToolCall> others = new ArrayList<>();
		boolean dropped = this.unwanted.contains(said.response()) && said.response() >= 0;
		boolean wanted = (said.kind() == Kind.AUDIO || said.kind() == Kind.TRANSCRIPT || said.kind() == Kind.PLAN)
				&& !dropped && !this.doubtful.contains(said.response()) && !this.interrupted.contains(said.response())
				&& !this.ended.contains(said.response());
		check(!wanted || !chunks.isEmpty(), "content is dropped that was wanted", said);
		for (StreamChunk chunk : chunks) {
			boolean content = said.kind() != Kind.INPUT
					&& (chunk.media() != null || !chunk.delta().isEmpty() || !chunk.reasoning().isEmpty());
			check(!(content && dropped), "content of a cancelled response", said);
			check(!(content && this.ended.contains(said.response())), "content behind the end", said);
			check(!(chunk.media() != null && this.interrupted.contains(said.response())),
					"audio behind the interruption", said);
			for (ToolCall call : chunk.toolCalls()) {
				called(said, call);
				if (!chunk.metadata().containsKey("handled")) {
					others.add(call);
				}
			}
			if (chunk.finishReason() != null) {
				finished(said, chunk);
			}
			if (said.kind() == Kind.TRANSCRIPT && !chunk.delta().isEmpty()) {
				this.spoken.computeIfAbsent(said.response(), (added) -> new StringBuilder()).append(chunk.delta());
			}
			if (said.kind() == Kind.INPUT) {
				this.heard.append(chunk.delta());
				Set<Integer> over = new HashSet<>(this.ended);
				over.addAll(this.interrupted);
				this.answersBefore.put(chunk.delta(), over);
				if (said.response() >= 0) {
					this.answersBehind.put(chunk.delta(), said.response());
				}
			}
		}
		return others;
	}

	private void called(Said said, ToolCall call) {
		check(said.kind() == Kind.CALL, "a call that is not whole", said);
		check(!this.voided.contains(call.id()), "a call that is void", said);
		check(!this.interrupted.contains(said.response()), "a call of an interrupted response", said);
		check(!this.unwanted.contains(said.response()), "a call of a cancelled response", said);
		check(call.arguments().equals("{\"id\":\"" + call.id() + "\"}"), "the arguments are not whole",
				call.arguments());
	}

	private void finished(Said said, StreamChunk chunk) {
		check(said.kind() == Kind.END || said.kind() == Kind.CALL, "an end without its message", said);
		check(this.ended.add(said.response()), "a second end", said);
		if (chunk.finishReason() == FinishReason.TOOL_CALLS) {
			check(said.token().equals("called"), "TOOL_CALLS ends a response that called nothing", said);
		}
		check(!(this.interrupted.contains(said.response()) || this.unwanted.contains(said.response()))
				|| chunk.finishReason() == FinishReason.CANCELLED, "the end of what was interrupted is CANCELLED",
				said);
	}

	// The end of an interrupted answer is not awaited without limit
	private boolean isAnswering() {
		return this.begun.stream()
			.anyMatch((response) -> !this.ended.contains(response) && !this.interrupted.contains(response));
	}

	void checkInFlight(boolean inFlight) {
		boolean open = isAnswering();
		check(inFlight || !open, "a response is under way, but not in flight", this.begun);
		check(inFlight || !this.speakingSeen, "the user speaks, but not in flight", "");
	}

	/**
	 * Check the history that is sent on a connection.
	 * @param message the message
	 */
	void checkHistory(JsonNode message) {
		List<String> texts = message.path("clientContent").path("turns").findValuesAsString("text");
		List<String> own = texts.stream().filter((text) -> text.startsWith("text")).toList();
		check(this.written.containsAll(own) && new HashSet<>(own).size() == own.size(), "texts twice or never written",
				own);
		if (own.size() == texts.size()) {
			return;
		}
		StringBuilder users = new StringBuilder();
		Map<String, Integer> positions = new LinkedHashMap<>();
		Iterator<StringBuilder> answers = this.spoken.values().iterator();
		for (int i = 0; i < texts.size(); i++) {
			String text = texts.get(i);
			check(!text.contains("plan"), "a plan is nobody's words", text);
			for (String token : text.split(" ")) {
				positions.put(token + " ", i);
			}
			if (text.startsWith("u")) {
				users.append(text);
			}
			else if (text.startsWith("r")) {
				check(answers.hasNext() && answers.next().toString().equals(text), "not what was said", texts);
			}
		}
		check(!answers.hasNext(), "an answer is missing", texts);
		check(users.toString().equals(this.heard.toString()), "not what the user said", texts);
		this.answersBefore.forEach((token, before) -> before.forEach((response) -> {
			StringBuilder answer = this.spoken.get(response);
			String first = (answer != null) ? answer.toString().split(" ")[0] + " " : token;
			check(positions.get(first) <= positions.get(token), "an order that was not", texts);
		}));
		this.answersBehind.forEach((token, response) -> {
			StringBuilder answer = this.spoken.get(response);
			String first = (answer != null) ? answer.toString().split(" ")[0] + " " : token;
			check(positions.get(token) <= positions.get(first), "an answer before what it answers", texts);
		});
	}

	void check(boolean holds, String rule, Object detail) {
		if (!holds) {
			throw new AssertionError(rule + ": " + detail + "\n  " + String.join("\n  ", this.log));
		}
	}

}
