package dev.streaming.openai;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

import dev.streaming.openai.UserTurn.Answerer;
import org.jspecify.annotations.Nullable;

/**
 * The user's turns that are open: the newest may be spoken while older ones wait for
 * their answer. An event says something about the turn that it names, and nothing about
 * another (V2). Not thread-safe; guarded by the lock of {@link OpenAiTurns}.
 */
final class UserTurns {

	/** Turns that are open, and ids of turns that have ended. */
	private static final int REMEMBERED = 64;

	// The oldest first
	private final List<UserTurn> open = new ArrayList<>();

	// Their events may straggle
	private final Set<String> over = new LinkedHashSet<>();

	// Whether the provider has told that a user has finished
	private boolean endsTold;

	/**
	 * Return whether there is a turn.
	 * @param wanted which turns count
	 * @return whether one of them is open
	 */
	boolean isOpen(Predicate<UserTurn> wanted) {
		return this.open.stream().anyMatch(wanted);
	}

	/**
	 * The user speaks.
	 * @param itemId the id of the item that it will be, or empty
	 * @param answerer the side that answers
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
				// Nobody can say two things at once, so that one has ended
				other.finished(answerer, number, now);
			}
		}
	}

	/**
	 * A piece of the user's speech is about to be sent, where the application marks the
	 * turns.
	 * @param number the number of this event
	 * @param now the time
	 * @return the turn if it begins with that, or {@code null}
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
	 * The application is about to say that the user has finished.
	 * @param answerer the side that answers
	 * @param number the number of this event
	 * @param now the time
	 * @return the turn, or {@code null} if nothing was said
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
	 * The provider hears the user no more.
	 * @param itemId the id of the item, or empty
	 * @param answerer the side that answers
	 * @param number the number of this event
	 * @param now the time
	 */
	void speechStopped(String itemId, Answerer answerer, long number, long now) {
		this.endsTold = true;
		if (this.over.contains(itemId)) {
			return;
		}
		UserTurn turn = named(itemId);
		turn = (turn != null) ? turn : newest((candidate) -> candidate.isSpoken() && matches(candidate, itemId));
		finish((turn != null) ? turn : added(itemId, number, now), itemId, answerer, number, now);
	}

	/**
	 * The speech of the user is an item of the conversation now.
	 * @param itemId the id of the item, or empty
	 * @param answerer the side that answers
	 * @param number the number of this event
	 * @param now the time
	 */
	void committed(String itemId, Answerer answerer, long number, long now) {
		this.endsTold = true;
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
	 * Return whether an event can be about a turn: it names no item, or the turn's item
	 * has not been named yet.
	 * @param turn the turn
	 * @param itemId the id that the event names, or empty
	 * @return whether it can
	 */
	private static boolean matches(UserTurn turn, String itemId) {
		return itemId.isEmpty() || turn.itemId().isEmpty();
	}

	/**
	 * A part of the transcript of a turn has come, or it could not be made.
	 * @param itemId the id of the item, or empty
	 * @param part which part it is
	 * @param answerer the side that answers
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
	 * The application asks for an answer to what was said.
	 * @param request its request
	 */
	void asked(ResponseRequest request) {
		this.open.forEach((turn) -> turn.asked(request));
	}

	/**
	 * A request is repeated by another one.
	 * @param request the request
	 * @param later the one that will be sent
	 */
	void moved(ResponseRequest request, ResponseRequest later) {
		this.open.stream().filter((turn) -> turn.request() == request).forEach((turn) -> turn.moved(later));
	}

	/**
	 * A response was created in the conversation: it answers what was finished before. It
	 * does not answer what the user is saying.
	 * @param request the request that it is for, or {@code null} if the provider answers
	 * automatically
	 * @param unexpected whether nothing else explains the response, so that it answers
	 * what the user was saying: some endpoints tell the beginning of speech only
	 */
	void answered(@Nullable ResponseRequest request, boolean unexpected) {
		boolean finished = isOpen((turn) -> !turn.isSpoken());
		boolean spoken = unexpected && !finished && !this.endsTold;
		over((turn) -> switch (turn.state()) {
			case AWAITING_ANSWER -> true;
			case COMMITTED -> request == null;
			default -> spoken;
		});
	}

	/**
	 * End turns.
	 * @param ended which ones
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
	 * A commit was refused, because there is nothing in it.
	 */
	void foundEmpty() {
		UserTurn turn = oldest((candidate) -> !candidate.isSpoken() && !candidate.isConfirmed());
		if (turn != null) {
			over((candidate) -> candidate == turn);
		}
	}

	/**
	 * End the turns that nobody has answered in time (V3).
	 * @param now the time
	 */
	void expire(long now) {
		over((turn) -> {
			Long deadline = turn.deadline();
			return deadline != null && now - deadline >= 0;
		});
	}

	/**
	 * Return when the next turn will be over.
	 * @return the time, or {@code null} if none ends without an event
	 */
	@Nullable Long deadline() {
		return this.open.stream().map(UserTurn::deadline).filter(Objects::nonNull).min(Long::compare).orElse(null);
	}

	/**
	 * The connection has ended, and the turns with it that are not held.
	 * @param held which turns are
	 * @return whether there was one that is not
	 */
	boolean reset(Predicate<UserTurn> held) {
		boolean lost = this.open.removeIf((turn) -> !held.test(turn));
		this.open.forEach((turn) -> turn.hold(true));
		this.over.clear();
		this.endsTold = false;
		return lost;
	}

	/**
	 * There is a connection again, and what was held goes out now.
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
	 * A part of the transcript of the speech of the user.
	 */
	enum TranscriptPart {

		/** More may follow. */
		PIECE,

		/** All of it, or the word that there is none. */
		END,

		/** The word that nothing was said. */
		BLANK

	}

}
