package dev.streaming.openai;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

import dev.streaming.StreamingException;
import dev.streaming.ToolCall;
import dev.streaming.realtime.PeerMemory;
import dev.streaming.realtime.Question;
import org.jspecify.annotations.Nullable;

/**
 * The calls of functions by the model, from their first argument to their result (V1),
 * and the approvals that the provider waits for. Not thread-safe; guarded by the lock of
 * {@link OpenAiTurns}.
 */
final class FunctionCalls {

	/** Calls of one response, calls without a result, and approvals. */
	private static final int MAX_OPEN = 1024;

	/** Calls that are over. */
	private static final int REMEMBERED = 1024;

	private final Responses responses;

	private final EventCount count;

	private final Consumer<ModelResponse> resultListener;

	// By the call's id: whole, and without a result
	private final Map<String, FunctionCall> open = new LinkedHashMap<>();

	// By the call's id: with a result that the provider has not confirmed
	private final Map<String, FunctionCall> answered = new LinkedHashMap<>();

	// The provider does not know these calls, or not any more
	private final Set<String> dropped = new LinkedHashSet<>();

	// By id: requests for approval, with the response that they belong to
	private final Map<String, ModelResponse> approvals = new LinkedHashMap<>();

	private int maxRounds = Integer.MAX_VALUE;

	// The provider confirms the results that it is sent
	private boolean echoing;

	// The arguments of the calls
	private final PeerMemory memory = new PeerMemory("arguments of function calls", this::remembered);

	/**
	 * Create a book without calls.
	 * @param responses the responses that make the calls
	 * @param count counts what was said
	 * @param resultListener called with the response of a call that has its result
	 */
	FunctionCalls(Responses responses, EventCount count, Consumer<ModelResponse> resultListener) {
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

	int maxRounds() {
		return this.maxRounds;
	}

	/**
	 * An event tells something of a call, but not whether it is whole.
	 * @param responseId the id of the response, or empty
	 * @param told its content
	 */
	void told(String responseId, CallEvent told) {
		ModelResponse response = this.responses.find(responseId);
		if (response != null) {
			told(call(response, told), told);
		}
	}

	private void told(FunctionCall call, CallEvent told) {
		this.memory.add(told.arguments().length());
		call.told(told);
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
	 * A piece of the arguments has come.
	 * @param responseId the id of the response, or empty
	 * @param told which call it is of
	 * @param piece the piece
	 */
	void piece(String responseId, CallEvent told, String piece) {
		ModelResponse response = this.responses.find(responseId);
		if (response != null) {
			FunctionCall call = call(response, told);
			told(call, told);
			this.memory.add(piece.length());
			call.piece(piece);
		}
	}

	/**
	 * The conversation tells of the item of a call, but not of which response it is.
	 * @param told its content
	 */
	void itemTold(CallEvent told) {
		for (ModelResponse response : this.responses.inConversation()) {
			for (FunctionCall call : response.calls()) {
				if (!told.itemId().isEmpty() && call.isNamed(told.itemId(), told.callId())) {
					told(call, told);
					if (told.status() == CallEvent.Status.CUT) {
						call.voided();
					}
				}
			}
		}
	}

	/**
	 * The item of a call has ended.
	 * @param responseId the id of the response, or empty
	 * @param told the content of its item
	 * @return the call, or {@code null} if it is not whole, is not to be run, or was
	 * whole before
	 */
	@Nullable ToolCall done(String responseId, CallEvent told) {
		ModelResponse response = this.responses.find(responseId);
		if (response == null) {
			return null;
		}
		FunctionCall call = ended(response, told);
		return (told.status() == CallEvent.Status.COMPLETED) ? whole(call) : null;
	}

	/**
	 * The end of a response tells of a call.
	 * @param response the response
	 * @param told its content
	 * @return the call, which is not whole by that
	 */
	FunctionCall ended(ModelResponse response, CallEvent told) {
		FunctionCall call = call(response, told);
		told(call, told);
		if (told.status() == CallEvent.Status.CUT) {
			call.voided();
		}
		return call;
	}

	/**
	 * A response was completed, and with it those of its calls of whose items nothing
	 * else was told.
	 * @param response the response
	 * @return the calls that were not whole before
	 */
	List<ToolCall> completed(ModelResponse response) {
		return response.calls().stream().map(this::whole).filter(Objects::nonNull).toList();
	}

	private @Nullable ToolCall whole(FunctionCall call) {
		if (call.response().isSilenced()) {
			// Its response was cancelled, though that may have come too late
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
		this.open.put(call.callId(), call);
		return call.takeToolCall();
	}

	private FunctionCall call(ModelResponse response, CallEvent told) {
		for (FunctionCall call : response.calls()) {
			if (call.isNamed(told.itemId(), told.callId())) {
				return call;
			}
		}
		if (response.calls().size() == MAX_OPEN) {
			throw new StreamingException("A response has called more than " + MAX_OPEN + " functions");
		}
		FunctionCall call = new FunctionCall(response, told.itemId(), told.callId());
		this.memory.add(call.remembered());
		response.calls().add(call);
		return call;
	}

	/**
	 * Return whether a call may be run now, which happens once.
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
	 * The result of a call is about to be sent.
	 * @param callId the call's id
	 * @return {@code false} if it is to be dropped, because the provider does not know
	 * the call
	 */
	boolean resultSending(String callId) {
		FunctionCall call = this.open.get(callId);
		if (call != null) {
			call.returning(true);
		}
		return call != null || !this.dropped.contains(callId);
	}

	void resultNotSent(String callId) {
		FunctionCall call = this.open.get(callId);
		if (call != null) {
			call.returning(false);
		}
	}

	/**
	 * The result of a call was sent: behind the last one the model is asked to go on.
	 * @param callId the call's id
	 */
	void resultSent(String callId) {
		FunctionCall call = this.open.remove(callId);
		if (call != null) {
			call.answered();
			remember(call);
			call.response().resultSent(this.count.inputs());
			this.resultListener.accept(call.response());
		}
	}

	/**
	 * The provider has the result of a call. If it is none of ours, the application has
	 * sent it in its own words, and asks the model to go on in its own words too.
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
			call.response().resultSentOutside();
			this.resultListener.accept(call.response());
		}
	}

	/**
	 * Return whether the provider confirms results, so that it can be known what a
	 * response knows of them.
	 * @return whether it has done so
	 */
	boolean isEchoing() {
		return this.echoing;
	}

	/**
	 * Return whether a call has no result, or somebody has to approve one.
	 * @param meant the questions whose calls count, {@code null} for none
	 * @return whether something is at work
	 */
	boolean isOpen(Predicate<@Nullable Question> meant) {
		return this.open.values().stream().anyMatch((call) -> meant.test(call.response().question()))
				|| this.approvals.values().stream().anyMatch((response) -> meant.test(response.question()));
	}

	/**
	 * Return the calls without a result.
	 * @return the calls
	 */
	Collection<FunctionCall> open() {
		return this.open.values();
	}

	/**
	 * Return the responses of the conversation that are active, or have calls without a
	 * result.
	 * @return the responses
	 */
	Stream<ModelResponse> callers() {
		return Stream.concat(this.responses.inConversation().stream(),
				this.open.values().stream().map(FunctionCall::response));
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
	 * The provider waits for the approval of a call that it makes itself.
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
	 * An approval was given, refused or withdrawn.
	 * @param id the id of the request for it
	 */
	void approvalOver(String id) {
		this.approvals.remove(id);
	}

	/**
	 * A response was cancelled or has failed: its calls are void, and there is no wait
	 * for its approvals.
	 * @param response the response
	 */
	void failed(ModelResponse response) {
		response.calls().forEach(FunctionCall::voided);
		this.approvals.values().removeIf((candidate) -> candidate == response);
	}

	/**
	 * Return whether a response has called a function, or waits for the approval of a
	 * call.
	 * @param response the response
	 * @return whether it has
	 */
	boolean isCalledBy(ModelResponse response) {
		return response.calls().stream().anyMatch(FunctionCall::isCalled) || this.approvals.containsValue(response);
	}

	/**
	 * The connection is gone, and the calls with it.
	 */
	void reset() {
		this.open.values().forEach((call) -> {
			call.lost();
			drop(call.callId());
		});
		this.open.clear();
		this.answered.clear();
		this.approvals.clear();
		this.echoing = false;
	}

}
