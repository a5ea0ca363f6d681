package dev.streaming.openai;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.Message;
import dev.streaming.StreamingException;
import dev.streaming.ToolCall;
import dev.streaming.realtime.ToolResult;
import org.jspecify.annotations.Nullable;

/**
 * Function calls of the model that does delegated work (V1, V8): a call is run once, and
 * the model is asked to continue when its response has ended and the results of all its
 * calls were sent. Thread-safe; only {@link #returned} sends.
 */
final class LiveDelegations {

	/** Maximum number of calls without a result, and of responses with such calls. */
	private static final int MAX_OPEN = 1024;

	/** Maximum number of calls that are remembered, over all responses. */
	private static final int MAX_CALLS = 4 * MAX_OPEN;

	private final ReentrantLock lock = new ReentrantLock();

	// Active responses, by the id of the delegation, or empty
	@GuardedBy("lock")
	private final Map<String, Round> rounds = new LinkedHashMap<>();

	// Calls without a result, by id
	@GuardedBy("lock")
	private final Map<String, Round> open = new LinkedHashMap<>();

	// Number of results that are being sent, with what follows them
	@GuardedBy("lock")
	private int sending;

	// Number of the calls of the active responses
	@GuardedBy("lock")
	private int calls;

	// Ids of the last delegations to the application on this connection, oldest first
	@GuardedBy("lock")
	private final Set<String> delegated = new LinkedHashSet<>();

	@GuardedBy("lock")
	private int maxRounds = Integer.MAX_VALUE;

	void maxRounds(int maxRounds) {
		this.lock.lock();
		try {
			this.maxRounds = maxRounds;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Handle a delegation to the application.
	 * @param delegationId the id of the delegation
	 * @return whether its work must be done; {@code false} if it was reported before
	 */
	boolean delegated(String delegationId) {
		this.lock.lock();
		try {
			boolean first = this.delegated.add(delegationId);
			if (this.delegated.size() > MAX_OPEN) {
				this.delegated.remove(this.delegated.iterator().next());
			}
			return first;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Handle the beginning of a response of the model that does the work.
	 * @param delegationId the id of the delegation, or empty
	 */
	void begun(String delegationId) {
		this.lock.lock();
		try {
			Round before = this.rounds.get(delegationId);
			if (before == null || before.state == Round.State.ASKED) {
				put(delegationId, new Round((before != null) ? before.number + 1 : 0));
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	@GuardedBy("lock")
	private Round put(String delegationId, Round round) {
		remove(delegationId);
		this.rounds.put(delegationId, round);
		if (this.rounds.size() > MAX_OPEN) {
			remove(this.rounds.keySet().iterator().next());
		}
		return round;
	}

	@GuardedBy("lock")
	private void remove(String delegationId) {
		Round removed = this.rounds.remove(delegationId);
		this.calls -= (removed != null) ? removed.calls.size() : 0;
	}

	/**
	 * Handle a complete function call.
	 * @param delegationId the id of the delegation, or empty
	 * @param call the call
	 * @return the permission, or {@code null} if the call was reported before
	 */
	@Nullable CallPermission called(String delegationId, ToolCall call) {
		this.lock.lock();
		try {
			Round known = this.rounds.get(delegationId);
			Round round = (known != null) ? known : put(delegationId, new Round(0));
			if (round.calls.contains(call.id())) {
				return null;
			}
			if (this.open.size() >= MAX_OPEN) {
				throw new StreamingException("More than " + MAX_OPEN + " function calls have no result");
			}
			remember(round, call.id());
			open(call.id(), round);
			return (round.number < this.maxRounds) ? CallPermission.RUN : CallPermission.TOO_MANY_ROUNDS;
		}
		finally {
			this.lock.unlock();
		}
	}

	@GuardedBy("lock")
	private void remember(Round round, String callId) {
		if (this.calls >= MAX_CALLS) {
			// The provider has not continued after their results
			this.rounds.entrySet()
				.stream()
				.filter((entry) -> entry.getValue() != round && entry.getValue().open == 0)
				.map(Map.Entry::getKey)
				.toList()
				.forEach(this::remove);
		}
		if (this.calls >= MAX_CALLS) {
			throw new StreamingException(
					"More than " + MAX_CALLS + " functions were called in responses that have not ended");
		}
		round.calls.add(callId);
		this.calls++;
	}

	@GuardedBy("lock")
	private void open(String callId, Round round) {
		Round before = this.open.put(callId, round);
		if (before != null) {
			before.open--;
		}
		round.open++;
	}

	/**
	 * Handle the end of a response of a delegation.
	 * @param delegationId the id of the delegation, or empty
	 * @param completed whether it was completed, so that its calls count
	 * @return the messages to send
	 */
	List<Message> ended(String delegationId, boolean completed) {
		this.lock.lock();
		try {
			Round round = this.rounds.get(delegationId);
			if (round == null) {
				return List.of();
			}
			if (!completed || round.calls.isEmpty()) {
				remove(delegationId);
				this.open.values().removeIf((other) -> other == round);
				return List.of();
			}
			round.state = Round.State.OVER;
			return continueIfComplete(round);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Send the result of a call and, if it is the last one, ask the model to continue. A
	 * response that ends meanwhile, or another result, must not ask before this result
	 * was sent.
	 * @param callId the id of the call
	 * @param result the result
	 * @param sender sends a message; called without the lock, may block
	 * @return {@code false} if the result is not awaited
	 */
	boolean returned(String callId, ToolResult result, Consumer<Message> sender) {
		Round round = returning(callId);
		if (round == null) {
			return false;
		}
		boolean sent = false;
		try {
			sender.accept(LiveClientEvents.toolOutput(callId, result));
			sent = true;
			sent(round).forEach(sender);
		}
		finally {
			settled(callId, round, sent);
		}
		return true;
	}

	private @Nullable Round returning(String callId) {
		this.lock.lock();
		try {
			Round round = this.open.remove(callId);
			this.sending += (round != null) ? 1 : 0;
			return round;
		}
		finally {
			this.lock.unlock();
		}
	}

	private List<Message> sent(Round round) {
		this.lock.lock();
		try {
			round.open--;
			return continueIfComplete(round);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void settled(String callId, Round round, boolean sent) {
		this.lock.lock();
		try {
			this.sending--;
			if (!sent && this.rounds.containsValue(round)) {
				// The model cannot continue without it, and it may be sent again
				this.open.putIfAbsent(callId, round);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	// Only after the last result, and not in endless rounds
	@GuardedBy("lock")
	private List<Message> continueIfComplete(Round round) {
		if (round.state != Round.State.OVER || round.open > 0) {
			return List.of();
		}
		round.state = Round.State.ASKED;
		return (round.number <= this.maxRounds) ? List.of(LiveClientEvents.responseCreate()) : List.of();
	}

	/**
	 * Return whether results are awaited, or are being sent.
	 * @return whether the model waits
	 */
	boolean isOpen() {
		this.lock.lock();
		try {
			return !this.open.isEmpty() || this.sending > 0;
		}
		finally {
			this.lock.unlock();
		}
	}

	void reset() {
		this.lock.lock();
		try {
			this.rounds.clear();
			this.open.clear();
			this.delegated.clear();
			this.calls = 0;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Response of the model that does the work.
	 */
	private static final class Round {

		// Number of earlier rounds of calls of the same delegation
		private final int number;

		private final Set<String> calls = new HashSet<>();

		// Number of its calls whose result was not sent
		private int open;

		private State state = State.ACTIVE;

		Round(int number) {
			this.number = number;
		}

		private enum State {

			/** More calls may come. */
			ACTIVE,

			/** The response has ended, and calls have no result yet. */
			OVER,

			/** The model was asked to continue. */
			ASKED

		}

	}

}
