package dev.streaming.openai;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

import dev.streaming.Message;
import dev.streaming.openai.UserTurn.Answerer;
import dev.streaming.testsupport.StateDrawing;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares the state diagrams in the documentation with the code.
 */
class OpenAiStateDrawingTests {

	private static final long LATER = Duration.ofSeconds(4).toNanos();

	@Test
	void turn() throws IOException {
		Set<String> edges = new TreeSet<>();
		for (Answerer answerer : new Answerer[] { Answerer.PROVIDER, Answerer.APPLICATION }) {
			edges.addAll(StateDrawing.explore(OneTurn::new, OneTurn::state, heard(answerer), 5));
		}
		edges.addAll(StateDrawing.explore(OneTurn::new, OneTurn::state, marked(), 5));
		assertDrawn("openai turn", UserTurn.State.class, edges);
	}

	private static Map<String, Consumer<OneTurn>> heard(Answerer answerer) {
		Map<String, Consumer<OneTurn>> events = new LinkedHashMap<>();
		events.put("speech_started", (turn) -> turn.turns.speechStarted("u1", answerer, 0, 0));
		events.put("speech_stopped", (turn) -> turn.turns.speechStopped("u1", answerer, 0, 0));
		events.put("committed", (turn) -> turn.turns.committed("u1", answerer, 0, 0));
		answered(events);
		return events;
	}

	private static Map<String, Consumer<OneTurn>> marked() {
		Map<String, Consumer<OneTurn>> events = new LinkedHashMap<>();
		events.put("sendAudio", (turn) -> {
			// Later audio is another turn
			if (turn.seen == null || turn.seen.isSpoken()) {
				turn.turns.audioSent(0, 0);
			}
		});
		events.put("commitAudio", (turn) -> turn.turns.committing(Answerer.APPLICATION, 0, 0));
		events.put("commit failed", (turn) -> {
			// Of a commit that was tried
			if (turn.state().equals("committed") && turn.seen != null) {
				turn.seen.notCommitted();
			}
		});
		answered(events);
		return events;
	}

	private static void answered(Map<String, Consumer<OneTurn>> events) {
		events.put("respond", (turn) -> turn.turns.asked(turn.request));
		events.put("response.created", (turn) -> {
			boolean requested = turn.seen != null && turn.seen.request() != null;
			turn.turns.answered(requested ? turn.request : null, false);
		});
		events.put("cleared", (turn) -> turn.turns.over(UserTurn::isBuffered));
		events.put("time", (turn) -> turn.turns.expire(LATER));
	}

	@Test
	void request() throws IOException {
		Map<String, Consumer<ResponseRequest>> events = new LinkedHashMap<>();
		put(events, "response.create", is(ResponseRequest::state, ResponseRequest.State.WAITING),
				(request) -> request.sent("e1", Message.text("{}"), 0));
		put(events, "response.created", is(ResponseRequest::state, ResponseRequest.State.SENT),
				ResponseRequest::created);
		put(events, "active response", is(ResponseRequest::state, ResponseRequest.State.SENT)
			.or(is(ResponseRequest::state, ResponseRequest.State.CREATED)), ResponseRequest::collided);
		put(events, "response.done", is(ResponseRequest::state, ResponseRequest.State.CREATED), ResponseRequest::done);
		put(events, "error", is(ResponseRequest::state, ResponseRequest.State.SENT), ResponseRequest::done);
		put(events, "10 s", (request) -> request.deadline() != null, ResponseRequest::done);
		put(events, "cancel", is(ResponseRequest::state, ResponseRequest.State.WAITING), ResponseRequest::done);
		assertDrawn("openai request", ResponseRequest.State.class,
				StateDrawing.explore(() -> new ResponseRequest(ResponseRequest.Origin.APPLICATION, 0),
						(request) -> StateDrawing.name(request.state()), events, 4));
	}

	@Test
	void response() throws IOException {
		Map<String, Consumer<ModelResponse>> events = new LinkedHashMap<>();
		put(events, "no active response", ModelResponse::isActive, ModelResponse::lingering);
		put(events, "10 s", (response) -> response.deadline() != null, ModelResponse::silent);
		put(events, "event of it", ModelResponse::isActive, (response) -> response.sign(0));
		put(events, "active response", ModelResponse::isActive, (response) -> response.sign(0));
		put(events, "another response.created", is(ModelResponse::state, ModelResponse.State.SILENT),
				ModelResponse::lingering);
		put(events, "response.done", (response) -> true, ModelResponse::done);
		assertDrawn("openai response", ModelResponse.State.class,
				StateDrawing.explore(() -> new ModelResponse("r1", ModelResponse.Place.CONVERSATION),
						(response) -> StateDrawing.name(response.state()), events, 3));
	}

	@Test
	void call() throws IOException {
		Map<String, Consumer<FunctionCall>> events = new LinkedHashMap<>();
		put(events, "item or response completed", (call) -> true, FunctionCall::whole);
		put(events, "tool of ours", (call) -> true, FunctionCall::running);
		put(events, "result", FunctionCall::isOpen, FunctionCall::answered);
		put(events, "item or response cut", (call) -> true, FunctionCall::voided);
		put(events, "loss", FunctionCall::isOpen, FunctionCall::lost);
		assertDrawn("openai call", FunctionCall.State.class, StateDrawing.explore(() -> {
			FunctionCall call = new FunctionCall(new ModelResponse("r1", ModelResponse.Place.CONVERSATION), "i1", "c1");
			call.updated(new CallEvent("i1", "c1", "pay", "{}", CallEvent.Status.COMPLETED));
			return call;
		}, (call) -> StateDrawing.name(call.state()), events, 5));
	}

	// As the parts that keep these objects call them
	private static <T> void put(Map<String, Consumer<T>> events, String name, Predicate<T> when, Consumer<T> event) {
		events.put(name, (object) -> {
			if (when.test(object)) {
				event.accept(object);
			}
		});
	}

	private static <T, S> Predicate<T> is(Function<T, S> state, S expected) {
		return (object) -> state.apply(object) == expected;
	}

	private static void assertDrawn(String name, Class<? extends Enum<?>> states, Set<String> edges)
			throws IOException {
		StateDrawing drawing = StateDrawing.read(name);
		assertThat(drawing.edges()).containsExactlyInAnyOrderElementsOf(edges);
		assertThat(drawing.states()).isEqualTo(StateDrawing.names(states));
	}

	/**
	 * Turns of a user with one utterance.
	 */
	private static final class OneTurn {

		private final UserTurns turns = new UserTurns();

		private final ResponseRequest request = new ResponseRequest(ResponseRequest.Origin.APPLICATION, 0);

		private @Nullable UserTurn seen;

		private String state() {
			this.turns.isOpen((turn) -> {
				this.seen = (this.seen != null) ? this.seen : turn;
				return true;
			});
			return StateDrawing.name((this.seen != null) ? this.seen.state() : UserTurn.State.SILENT);
		}

	}

}
