package dev.streaming.openai;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

import dev.streaming.StreamingException;
import dev.streaming.ToolCall;
import dev.streaming.realtime.PeerMemory;
import dev.streaming.realtime.Question;
import dev.streaming.realtime.RealtimeTool.Scheduling;
import org.jspecify.annotations.Nullable;

/**
 * Function calls of the model, from their first argument to their result (V1), and the
 * approvals that the provider waits for. Not thread-safe; guarded by the lock of
 * {@link OpenAiTurns}.
 */
final class FunctionCalls {

	/**
	 * Maximum number of calls of one response, of calls without a result, and of
	 * approvals.
	 */
	private static final int MAX_OPEN = 1024;

	/** Maximum number of remembered calls that have ended. */
	private static final int REMEMBERED = 1024;

	private final Responses responses;

	private final EventCount count;

	private final Consumer<FunctionCall> resultListener;

	// Complete calls without a result, by id
	private final Map<String, FunctionCall> open = new LinkedHashMap<>();

	// Calls with a result that the provider has not confirmed, by id
	private final Map<String, FunctionCall> answered = new LinkedHashMap<>();

	// Ids of calls that are unknown to the provider, or have a result that was not sent
	// by
	// this session
	private final Set<String> dropped = new LinkedHashSet<>();

	// Responses of the pending requests for approval, by the id of the request
	private final Map<String, ModelResponse> approvals = new LinkedHashMap<>();

	private int maxRounds = Integer.MAX_VALUE;

	// Scheduling of the results of a tool, by name; null if the model waits for them
	private Function<String, @Nullable Scheduling> schedulings = (name) -> null;

	// Whether the provider confirms results
	private boolean echoing;

	// The arguments of the calls
	private final PeerMemory memory = new PeerMemory("arguments of function calls", this::remembered);

	/**
	 * Create an instance without calls.
	 * @param responses the responses that make the calls
	 * @param count the counter of events and inputs
	 * @param resultListener called with the response of a call whose result was sent
	 */
	FunctionCalls(Responses responses, EventCount count, Consumer<FunctionCall> resultListener) {
		this.responses = responses;
		this.count = count;
		this.resultListener = resultListener;
	}

	/**
	 * Set the maximum number of rounds of calls for one answer (V8).
	 * @param maxRounds the number
	 */
	void maxRounds(int maxRounds) {
		this.maxRounds = maxRounds;
	}

	/**
	 * Set the scheduling of the results of tools.
	 * @param schedulings returns the scheduling by the name of the tool, or {@code null}
	 * if the model waits for the result
	 */
	void schedulings(Function<String, @Nullable Scheduling> schedulings) {
		this.schedulings = schedulings;
	}

	int maxRounds() {
		return this.maxRounds;
	}

	/**
	 * Handle an event of a call that does not complete it.
	 * @param responseId the id of the response, or empty
	 * @param event the content of the event
	 */
	void updated(String responseId, CallEvent event) {
		ModelResponse response = this.responses.find(responseId);
		if (response != null) {
			updated(call(response, event), event);
		}
	}

	private void updated(FunctionCall call, CallEvent event) {
		this.memory.add(event.arguments().length());
		call.updated(event);
		call.response().named(call);
	}

	private long remembered() {
		return Stream
			.concat(this.responses.all().flatMap((response) -> response.calls().stream()),
					Stream.concat(this.open.values().stream(), this.answered.values().stream()))
			.distinct()
			.mapToLong(FunctionCall::remembered)
			.sum();
	}

	/**
	 * Handle a piece of the arguments.
	 * @param responseId the id of the response, or empty
	 * @param event identifies the call
	 * @param piece the piece
	 */
	void piece(String responseId, CallEvent event, String piece) {
		ModelResponse response = this.responses.find(responseId);
		if (response != null) {
			FunctionCall call = call(response, event);
			updated(call, event);
			this.memory.add(piece.length());
			call.piece(piece);
		}
	}

	/**
	 * Handle an event about the item of a call that names no response.
	 * @param event the content of the event
	 */
	void itemUpdated(CallEvent event) {
		if (event.itemId().isEmpty()) {
			return;
		}
		for (ModelResponse response : this.responses.inConversation()) {
			FunctionCall call = response.call(event.itemId(), event.callId());
			if (call != null) {
				updated(call, event);
				if (event.status() == CallEvent.Status.CUT) {
					call.voided();
				}
			}
		}
	}

	/**
	 * Handle the end of the item of a call.
	 * @param responseId the id of the response, or empty
	 * @param event the content of its item
	 * @return the call, or {@code null} if it is incomplete, must not be run, or was
	 * complete before
	 */
	@Nullable ToolCall done(String responseId, CallEvent event) {
		ModelResponse response = this.responses.find(responseId);
		if (response == null) {
			return null;
		}
		FunctionCall call = ended(response, event);
		return (event.status() == CallEvent.Status.COMPLETED) ? whole(call) : null;
	}

	/**
	 * Handle a call that the end of a response reports.
	 * @param response the response
	 * @param event the content of the event
	 * @return the call, which is not yet complete
	 */
	FunctionCall ended(ModelResponse response, CallEvent event) {
		FunctionCall call = call(response, event);
		updated(call, event);
		if (event.status() == CallEvent.Status.CUT) {
			call.voided();
		}
		return call;
	}

	/**
	 * Handle the completion of a response, which completes those of its calls whose items
	 * have no status.
	 * @param response the response
	 * @return the calls that were not complete before
	 */
	List<ToolCall> completed(ModelResponse response) {
		return response.calls().stream().map(this::whole).filter(Objects::nonNull).toList();
	}

	private @Nullable ToolCall whole(FunctionCall call) {
		if (call.response().isSilenced()) {
			// Its response was cancelled, possibly too late
			call.voided();
		}
		if (!call.whole()) {
			return null;
		}
		if (call.response().isBeside()) {
			drop(call.callId());
			return call.takeToolCall();
		}
		if (this.open.size() == MAX_OPEN) {
			throw new StreamingException("More than " + MAX_OPEN + " function calls have no result");
		}
		this.dropped.remove(call.callId());
		this.answered.remove(call.callId());
		call.scheduled(this.schedulings.apply(call.name()));
		this.open.put(call.callId(), call);
		return call.takeToolCall();
	}

	private FunctionCall call(ModelResponse response, CallEvent event) {
		FunctionCall known = response.call(event.itemId(), event.callId());
		if (known != null) {
			return known;
		}
		if (response.calls().size() == MAX_OPEN) {
			throw new StreamingException("A response has called more than " + MAX_OPEN + " functions");
		}
		FunctionCall call = new FunctionCall(response, event.itemId(), event.callId());
		this.memory.add(call.remembered());
		response.add(call);
		return call;
	}

	/**
	 * Return whether a call may be run now. A call is permitted once.
	 * @param callId the call's id
	 * @return the permission
	 */
	CallPermission permission(String callId) {
		FunctionCall call = this.open.get(callId);
		if (call == null || call.state() != FunctionCall.State.WHOLE) {
			return CallPermission.NONE;
		}
		if (call.response().round() >= this.maxRounds) {
			return CallPermission.TOO_MANY_ROUNDS;
		}
		call.running();
		return CallPermission.RUN;
	}

	/**
	 * Record the result of a call before it is sent.
	 * @param callId the call's id
	 * @return {@code false} if the result must be dropped because the call has a result,
	 * or is unknown to the provider
	 */
	boolean resultSending(String callId) {
		FunctionCall call = this.open.get(callId);
		if (call != null) {
			call.returning(true);
		}
		return call != null || !(this.answered.containsKey(callId) || this.dropped.contains(callId));
	}

	/**
	 * Return the question whose answer a call is part of.
	 * @param callId the call's id
	 * @return the question, or {@code null}
	 */
	@Nullable Question questionOf(String callId) {
		FunctionCall call = this.open.get(callId);
		return (call != null) ? call.response().question() : null;
	}

	void resultNotSent(String callId) {
		FunctionCall call = this.open.get(callId);
		if (call != null) {
			call.returning(false);
		}
	}

	/**
	 * Record that the result of a call was sent. After the last result the model is asked
	 * to continue.
	 * @param callId the call's id
	 * @param now the time
	 */
	void resultSent(String callId, long now) {
		FunctionCall call = this.open.remove(callId);
		if (call != null) {
			call.answered();
			remember(call);
			call.response().sign(now);
			if (call.isAwaited()) {
				call.response().resultSent(this.count.inputs());
			}
			this.resultListener.accept(call);
		}
	}

	/**
	 * Handle the provider's confirmation of the result of a call. If the result was not
	 * sent by this session, the application has sent it as a raw event, and requests the
	 * answer with a raw event, too.
	 * @param callId the call's id
	 */
	void resultConfirmed(String callId) {
		FunctionCall call = this.open.get(callId);
		FunctionCall ours = (call != null) ? call : this.answered.get(callId);
		if (ours != null && (call == null || call.isReturning())) {
			this.echoing = true;
			ours.confirmed();
		}
		else if (call != null) {
			this.open.remove(callId);
			call.answered();
			drop(callId);
			if (call.isAwaited()) {
				call.response().resultSentOutside();
				this.resultListener.accept(call);
			}
		}
	}

	/**
	 * Return whether the provider confirms results, so that it is known which results a
	 * response takes into account.
	 * @return whether it has confirmed one
	 */
	boolean isEchoing() {
		return this.echoing;
	}

	/**
	 * Return whether a call has no result or waits for approval.
	 * @param meant the questions whose calls count, {@code null} for none
	 * @return whether there is such a call
	 */
	boolean isOpen(Predicate<@Nullable Question> meant) {
		if (this.open.isEmpty() && this.approvals.isEmpty()) {
			return false;
		}
		return this.open.values().stream().anyMatch((call) -> meant.test(call.response().question()))
				|| this.approvals.values().stream().anyMatch((response) -> meant.test(response.question()));
	}

	/**
	 * Return the calls whose results the model waits for.
	 * @return the calls
	 */
	List<FunctionCall> awaited() {
		return this.open.values().stream().filter(FunctionCall::isAwaited).toList();
	}

	/**
	 * Return the responses of the conversation that are active or wait for results.
	 * @return the responses
	 */
	Stream<ModelResponse> callers() {
		return Stream.concat(this.responses.inConversation().stream(), awaited().stream().map(FunctionCall::response));
	}

	private void remember(FunctionCall call) {
		this.answered.put(call.callId(), call);
		if (this.answered.size() > REMEMBERED) {
			this.answered.remove(this.answered.keySet().iterator().next());
		}
	}

	private void drop(String callId) {
		this.dropped.add(callId);
		if (this.dropped.size() > REMEMBERED) {
			this.dropped.remove(this.dropped.iterator().next());
		}
	}

	/**
	 * Handle the provider's request for approval of a call of its own.
	 * @param responseId the id of the response, or empty
	 * @param id the id of its request
	 */
	void approvalRequested(String responseId, String id) {
		ModelResponse response = this.responses.find(responseId);
		if (response != null && !response.isBeside() && !id.isEmpty()) {
			this.approvals.put(id, response);
			if (this.approvals.size() > MAX_OPEN) {
				this.approvals.remove(this.approvals.keySet().iterator().next());
			}
		}
	}

	/**
	 * Remove a request for approval that was answered or withdrawn.
	 * @param id the id of the request
	 */
	void approvalOver(String id) {
		this.approvals.remove(id);
	}

	/**
	 * Handle the failure or cancellation of a response: its calls become void, and its
	 * approvals are no longer awaited.
	 * @param response the response
	 */
	void failed(ModelResponse response) {
		response.calls().forEach(FunctionCall::voided);
		this.approvals.values().removeIf((candidate) -> candidate == response);
	}

	/**
	 * Return whether a response has called a function whose result the model waits for,
	 * or waits for an approval.
	 * @param response the response
	 * @return whether it has
	 */
	boolean isCalledBy(ModelResponse response) {
		return response.calls().stream().anyMatch((call) -> call.isCalled() && call.isAwaited())
				|| this.approvals.containsValue(response);
	}

	/**
	 * Remove all calls because the connection has ended.
	 */
	void reset() {
		this.open.values().forEach((call) -> {
			call.lost();
			drop(call.callId());
		});
		this.open.clear();
		this.answered.keySet().forEach(this::drop);
		this.answered.clear();
		this.approvals.clear();
		this.echoing = false;
	}

}
