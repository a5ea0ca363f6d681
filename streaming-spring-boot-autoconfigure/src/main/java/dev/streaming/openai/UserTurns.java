package dev.streaming.openai;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

import dev.streaming.openai.UserTurn.Answerer;
import org.jspecify.annotations.Nullable;

/**
 * Open turns of the user: the latest may be spoken while older ones wait for their
 * answer. An event concerns only the turn that it names (V2). Not thread-safe; guarded by
 * the lock of {@link OpenAiTurns}.
 */
final class UserTurns {

	/** Maximum number of open turns, and of remembered ids of turns that have ended. */
	private static final int REMEMBERED = 64;

	// Oldest first
	private final List<UserTurn> open = new ArrayList<>();

	// Ids of turns that have ended, whose events may arrive late
	private final Set<String> over = new LinkedHashSet<>();

	// Whether the provider reports the end of speech
	private boolean endsReported;

	// Number of clear requests that the provider has not confirmed
	private int clears;

	/**
	 * Return whether there is a turn.
	 * @param wanted matches the turns
	 * @return whether a matching turn is open
	 */
	boolean isOpen(Predicate<UserTurn> wanted) {
		for (UserTurn turn : this.open) {
			if (wanted.test(turn)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Handle the start of speech.
	 * @param itemId the id of its future item, or empty
	 * @param answerer the party that answers
	 * @param number the number of this event
	 * @param now the time
	 */
	void speechStarted(String itemId, Answerer answerer, long number, long now) {
		this.over.remove(itemId);
		UserTurn turn = named(itemId);
		turn = (turn != null) ? turn : newest((candidate) -> candidate.isSpoken() && matches(candidate, itemId));
		if (turn == null || turn.request() != null) {
			turn = added(itemId, number, now);
		}
		turn.named(itemId);
		turn.speaking(now);
		for (UserTurn other : this.open) {
			if (other != turn && other.isSpoken()) {
				// There is only one speech at a time, so that turn has ended
				other.finished(answerer, number, now);
			}
		}
	}

	/**
	 * Record a piece of the user's audio before it is sent, where the application marks
	 * the turns.
	 * @param number the number of this event
	 * @param now the time
	 * @return the turn that begins with it, or {@code null}
	 */
	@Nullable UserTurn audioSent(long number, long now) {
		UserTurn spoken = newest(UserTurn::isSpoken);
		if (spoken != null) {
			spoken.touched(now);
			return null;
		}
		UserTurn turn = added("", number, now);
		turn.marked();
		turn.speaking(now);
		return turn;
	}

	/**
	 * Record the end of the user's turn before the application reports it.
	 * @param answerer the party that answers
	 * @param number the number of this event
	 * @param now the time
	 * @return the turn, or {@code null} if there is none
	 */
	@Nullable UserTurn committing(Answerer answerer, long number, long now) {
		UserTurn turn = newest(UserTurn::isSpoken);
		if (turn != null) {
			turn.finished(answerer, number, now);
			turn.committing();
		}
		return turn;
	}

	/**
	 * Handle the end of speech.
	 * @param itemId the id of the item, or empty
	 * @param answerer the party that answers
	 * @param number the number of this event
	 * @param now the time
	 */
	void speechStopped(String itemId, Answerer answerer, long number, long now) {
		this.endsReported = true;
		if (this.over.contains(itemId)) {
			return;
		}
		UserTurn turn = named(itemId);
		turn = (turn != null) ? turn : newest((candidate) -> candidate.isSpoken() && matches(candidate, itemId));
		finish((turn != null) ? turn : added(itemId, number, now), itemId, answerer, number, now);
	}

	/**
	 * Handle the commit of the user's speech to an item of the conversation.
	 * @param itemId the id of the item, or empty
	 * @param answerer the party that answers
	 * @param number the number of this event
	 * @param now the time
	 */
	void committed(String itemId, Answerer answerer, long number, long now) {
		this.endsReported = true;
		if (this.over.contains(itemId)) {
			return;
		}
		UserTurn turn = named(itemId);
		turn = (turn != null) ? turn : oldest(
				(candidate) -> !candidate.isSpoken() && !candidate.isConfirmed() && matches(candidate, itemId));
		turn = (turn != null) ? turn : newest((candidate) -> candidate.isSpoken() && matches(candidate, itemId));
		turn = (turn != null) ? turn : added(itemId, number, now);
		turn.confirmed();
		finish(turn, itemId, answerer, number, now);
	}

	private static void finish(UserTurn turn, String itemId, Answerer answerer, long number, long now) {
		turn.named(itemId);
		turn.finished(answerer, number, now);
	}

	/**
	 * Return whether an event can refer to a turn: it names the turn's item or none, or
	 * the turn's item has not been named yet.
	 * @param turn the turn
	 * @param itemId the id that the event names, or empty
	 * @return whether it can
	 */
	private static boolean matches(UserTurn turn, String itemId) {
		return itemId.isEmpty() || turn.itemId().isEmpty();
	}

	/**
	 * Handle a part of the transcript of a turn, or its failure.
	 * @param itemId the id of the item, or empty
	 * @param part the part
	 * @param answerer the party that answers
	 * @param now the time
	 */
	void transcript(String itemId, TranscriptPart part, Answerer answerer, long now) {
		UserTurn turn = named(itemId);
		turn = (turn != null) ? turn : oldest((candidate) -> !candidate.isSpoken() && matches(candidate, itemId));
		if (turn == null || this.over.contains(itemId)) {
			return;
		}
		UserTurn said = turn;
		if (part != TranscriptPart.PIECE && answerer == Answerer.TRANSCRIPT && !turn.isSpoken()) {
			over((candidate) -> candidate == said);
		}
		else if (part == TranscriptPart.BLANK) {
			turn.blank(now);
		}
		else {
			turn.touched(now);
		}
	}

	/**
	 * Assign a request of the application to the finished turns.
	 * @param request its request
	 */
	void asked(ResponseRequest request) {
		this.open.forEach((turn) -> turn.asked(request));
	}

	/**
	 * Replace a request by the one that repeats it.
	 * @param request the request
	 * @param later the request that will be sent
	 */
	void moved(ResponseRequest request, ResponseRequest later) {
		this.open.stream().filter((turn) -> turn.request() == request).forEach((turn) -> turn.moved(later));
	}

	/**
	 * Handle the creation of a response in the conversation, which answers the finished
	 * turns, but not the current one.
	 * @param request the request that it answers, or {@code null} if the provider answers
	 * automatically
	 * @param unexpected whether nothing else explains the response, so that it answers
	 * the current turn: some endpoints report the beginning of speech only
	 */
	void answered(@Nullable ResponseRequest request, boolean unexpected) {
		boolean finished = isOpen((turn) -> !turn.isSpoken());
		boolean spoken = unexpected && !finished && !this.endsReported;
		over((turn) -> switch (turn.state()) {
			case AWAITING_ANSWER -> true;
			case COMMITTED -> request == null;
			default -> spoken;
		});
	}

	/**
	 * End turns.
	 * @param ended matches the turns to end
	 */
	void over(Predicate<UserTurn> ended) {
		this.open.removeIf((turn) -> {
			boolean gone = ended.test(turn);
			if (gone) {
				turn.over();
				remember(turn.itemId());
			}
			return gone;
		});
	}

	/**
	 * Handle the application's request to clear uncommitted audio. Later audio is another
	 * turn, which the provider's confirmation does not apply to.
	 */
	void clearing() {
		over(UserTurn::isBuffered);
		this.clears++;
	}

	/**
	 * Handle the provider's confirmation that uncommitted audio was cleared.
	 */
	void cleared() {
		if (this.clears > 0) {
			this.clears--;
		}
		else {
			over(UserTurn::isBuffered);
		}
	}

	/**
	 * Handle the refusal of a commit because the buffer is empty.
	 */
	void foundEmpty() {
		UserTurn turn = oldest((candidate) -> !candidate.isSpoken() && !candidate.isConfirmed());
		if (turn != null) {
			over((candidate) -> candidate == turn);
		}
	}

	/**
	 * End the turns that were not answered in time (V3).
	 * @param now the time
	 */
	void expire(long now) {
		over((turn) -> Deadlines.isDue(turn.deadline(), now));
	}

	/**
	 * Return the time at which the next turn ends without an answer.
	 * @return the time, or {@code null} if no turn expires
	 */
	@Nullable Long deadline() {
		Long deadline = null;
		for (UserTurn turn : this.open) {
			deadline = Deadlines.earlier(deadline, turn.deadline());
		}
		return deadline;
	}

	/**
	 * Remove the turns that are not held, because the connection has ended.
	 * @param held matches the held turns
	 * @return whether a turn was removed
	 */
	boolean reset(Predicate<UserTurn> held) {
		boolean lost = this.open.removeIf((turn) -> !held.test(turn));
		this.open.forEach((turn) -> turn.hold(true));
		this.over.clear();
		this.endsReported = false;
		this.clears = 0;
		return lost;
	}

	/**
	 * Record that held messages are sent now that there is a connection.
	 * @param now the time
	 */
	void released(long now) {
		this.open.stream().filter(UserTurn::isHeld).forEach((turn) -> {
			turn.hold(false);
			turn.touched(now);
		});
	}

	private UserTurn added(String itemId, long number, long now) {
		if (this.open.size() == REMEMBERED) {
			UserTurn oldest = this.open.get(0);
			over((turn) -> turn == oldest);
		}
		UserTurn turn = new UserTurn(itemId, number, now);
		this.open.add(turn);
		return turn;
	}

	private @Nullable UserTurn named(String itemId) {
		return itemId.isEmpty() ? null : newest((turn) -> turn.itemId().equals(itemId));
	}

	private @Nullable UserTurn newest(Predicate<UserTurn> wanted) {
		UserTurn found = null;
		for (UserTurn turn : this.open) {
			found = wanted.test(turn) ? turn : found;
		}
		return found;
	}

	private @Nullable UserTurn oldest(Predicate<UserTurn> wanted) {
		return this.open.stream().filter(wanted).findFirst().orElse(null);
	}

	private void remember(String itemId) {
		if (!itemId.isEmpty() && this.over.add(itemId) && this.over.size() > REMEMBERED) {
			this.over.remove(this.over.iterator().next());
		}
	}

	/**
	 * Parts of the transcript of the user's speech.
	 */
	enum TranscriptPart {

		/** More may follow. */
		PIECE,

		/** The complete transcript, or a report that there is none. */
		END,

		/** A blank transcript. */
		BLANK

	}

}
