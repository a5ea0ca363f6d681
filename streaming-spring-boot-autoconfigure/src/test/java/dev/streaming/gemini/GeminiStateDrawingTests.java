package dev.streaming.gemini;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

import dev.streaming.Message;
import dev.streaming.ToolCall;
import dev.streaming.gemini.UserSpeech.Marking;
import dev.streaming.realtime.ConversationHistory;
import dev.streaming.realtime.ToolResult;
import dev.streaming.testsupport.StateDrawing;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares the state diagrams in the documentation with the code.
 */
class GeminiStateDrawingTests {

	private static final long LATER = Duration.ofSeconds(4).toNanos();

	@Test
	void speech() throws IOException {
		Map<String, Consumer<UserSpeech>> both = new LinkedHashMap<>();
		both.put("answer", UserSpeech::answered);
		both.put("empty turn", UserSpeech::notAnswered);
		both.put("error", UserSpeech::refused);
		both.put("empty transcript", UserSpeech::transcriptFinished);
		both.put("4 s", (speech) -> speech.isOpen(LATER));
		both.put("idle", (speech) -> speech.notExpected(LATER));
		both.put("loss", (speech) -> speech.disconnected(0));
		Map<String, Consumer<UserSpeech>> application = new LinkedHashMap<>(both);
		application.put("sendAudio", (speech) -> speech.sending(false, 0));
		application.put("commitAudio", (speech) -> speech.ending(false, 0));
		application.put("commit sent", (speech) -> {
			if (speech.state() == UserSpeech.State.ENDING) {
				speech.ended(0);
			}
		});
		application.put("commit failed", (speech) -> speech.notEnded(0));
		Map<String, Consumer<UserSpeech>> service = new LinkedHashMap<>(both);
		service.put("activity start", (speech) -> speech.started(0));
		service.put("activity end", (speech) -> speech.ended(0));
		service.put("commitAudio", (speech) -> speech.sentWhole(0));
		service.put("transcript", (speech) -> speech.heard(0, true, false));
		service.put("interruption", (speech) -> speech.interrupting(0));
		Set<String> edges = new TreeSet<>();
		edges.addAll(StateDrawing.explore(() -> new UserSpeech(Marking.BY_APPLICATION),
				(speech) -> StateDrawing.name(speech.state()), application, 4));
		edges.addAll(StateDrawing.explore(() -> new UserSpeech(Marking.BY_SERVICE),
				(speech) -> StateDrawing.name(speech.state()), service, 4));
		assertDrawn("gemini speech", UserSpeech.State.class, edges);
	}

	@Test
	void response() throws IOException {
		assertDrawn("gemini response", ModelAnswer.Progress.class, StateDrawing.explore(ModelAnswer::new,
				(answer) -> StateDrawing.name(answer.progress()), responseEvents(), 5));
	}

	@Test
	void fateOfAResponse() throws IOException {
		assertDrawn("gemini fate", ModelAnswer.Fate.class, StateDrawing.explore(ModelAnswer::new,
				(answer) -> StateDrawing.name(answer.fate()), responseEvents(), 5));
	}

	// As ModelTurn calls them
	private static Map<String, Consumer<ModelAnswer>> responseEvents() {
		Map<String, Consumer<ModelAnswer>> events = new LinkedHashMap<>();
		events.put("transcript", (answer) -> {
			endOvertaken(answer);
			answer.transcribed(0);
		});
		events.put("content", (answer) -> {
			endOvertaken(answer);
			answer.content(0);
		});
		events.put("generationComplete", (answer) -> {
			endOvertaken(answer);
			answer.generated();
			answer.content(0);
		});
		events.put("interrupted", (answer) -> {
			if (answer.progress() != ModelAnswer.Progress.NONE) {
				answer.content(0);
			}
			answer.interrupted(0);
		});
		events.put("cancel", (answer) -> {
			if (answer.isOpen(0)) {
				answer.cancelled();
			}
		});
		events.put("new turn", ModelAnswer::doubted);
		events.put("endless calls", (answer) -> {
			if (answer.progress() == ModelAnswer.Progress.BEGUN) {
				answer.givenUp();
			}
		});
		events.put("turnComplete", ModelAnswer::end);
		return events;
	}

	private static void endOvertaken(ModelAnswer answer) {
		if (answer.isOvertaken(0)) {
			answer.end();
		}
	}

	@Test
	void request() throws IOException {
		Map<String, Consumer<WrittenInput>> events = new LinkedHashMap<>();
		events.put("respond", (input) -> ask(input, false));
		events.put("respond in an outage", (input) -> ask(input, true));
		events.put("connection", (input) -> input.release(0));
		events.put("planned change", (input) -> input.disconnected(0, 0));
		events.put("loss", (input) -> input.disconnected(Long.MAX_VALUE, 0));
		events.put("answer", (input) -> input.answered(Long.MAX_VALUE, 0));
		events.put("answer in doubt", (input) -> input.assumed(Long.MAX_VALUE, 0));
		events.put("turnComplete", WrittenInput::answerOver);
		events.put("cancel", WrittenInput::cancel);
		events.put("new turn", WrittenInput::voidCancellations);
		assertDrawn("gemini request", AnswerRequest.State.class,
				StateDrawing.explore(() -> new WrittenInput(new Transcript(new ConversationHistory(10))),
						GeminiStateDrawingTests::state, events, 5));
	}

	private static void ask(WrittenInput input, boolean outage) {
		if (input.requests().isEmpty()) {
			input.ask(Message.text("{}"), outage, 0);
		}
	}

	private static String state(WrittenInput input) {
		List<AnswerRequest> requests = input.requests();
		return requests.isEmpty() ? StateDrawing.OUTSIDE : StateDrawing.name(requests.get(0).state());
	}

	@Test
	void call() throws IOException {
		Map<String, Consumer<OpenCalls>> events = new LinkedHashMap<>();
		events.put("call of our tool", (calls) -> open(calls, true));
		events.put("call of another tool", (calls) -> open(calls, false));
		events.put("result while the user speaks", (calls) -> {
			// Only a tool of the session waits for the user
			if (state(calls).equals("running")) {
				calls.hold("c1", ToolResult.of("{}"));
			}
		});
		events.put("result", (calls) -> calls.close("c1"));
		events.put("cancellation", (calls) -> calls.voided(List.of("c1")));
		events.put("content", OpenCalls::overtaken);
		events.put("loss", OpenCalls::reset);
		assertDrawn("gemini call", OpenCalls.CallState.class,
				StateDrawing.explore(() -> new OpenCalls(10), GeminiStateDrawingTests::state, events, 3));
	}

	private static void open(OpenCalls calls, boolean own) {
		ToolCall call = new ToolCall("c1", "tool", "{}");
		if (!calls.fresh(List.of(call)).isEmpty()) {
			calls.open(call, own, null);
		}
	}

	private static String state(OpenCalls calls) {
		OpenCalls.Call call = calls.find("c1");
		return (call != null) ? StateDrawing.name(call.state()) : StateDrawing.OUTSIDE;
	}

	@Test
	void connection() throws IOException {
		Map<String, Consumer<Link>> events = Map.of("planned change", (link) -> link.lost(true), "loss",
				(link) -> link.lost(false), "connection", Link::restored);
		assertDrawn("gemini connection", Link.State.class,
				StateDrawing.explore(Link::new, (link) -> StateDrawing.name(link.state()), events, 3));
	}

	private static void assertDrawn(String name, Class<? extends Enum<?>> states, Set<String> edges)
			throws IOException {
		StateDrawing drawing = StateDrawing.read(name);
		assertThat(drawing.edges()).containsExactlyInAnyOrderElementsOf(edges);
		assertThat(drawing.states()).isEqualTo(StateDrawing.names(states));
	}

}
