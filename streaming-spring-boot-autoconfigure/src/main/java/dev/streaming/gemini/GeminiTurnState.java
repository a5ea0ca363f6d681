package dev.streaming.gemini;

import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

import dev.streaming.realtime.ConversationHistory;
import dev.streaming.realtime.ConversationHistory.Item;
import dev.streaming.realtime.Question;

/**
 * State machine of the conversation: the written texts and requests, the spoken turn of
 * the user, the response and the tool calls, each with one method for each of its events,
 * and the connection that they share. It decides whether the connection may be changed,
 * and which work is lost with it. See the diagrams in
 * {@code docs/providers/gemini-live.md}.
 * <p>
 * An answer may arrive before the call that requested it has returned. A caller therefore
 * records a message before it is sent, and reverts that if sending fails. Not
 * thread-safe; accessed through its {@link TurnGuard} only.
 */
final class GeminiTurnState {

	private final LongSupplier clock;

	private final Transcript transcript;

	private final WrittenInput input;

	private final Link link = new Link();

	private final WrittenTurn written;

	private final SpokenTurn spoken;

	private final ModelTurn model;

	private final ToolRound tools;

	private final AskedQuestions questions = new AskedQuestions();

	// Number from which on messages may have been held by a planned change
	private long heldFrom = Long.MAX_VALUE;

	/**
	 * Create the state of a new conversation.
	 * @param history the history of texts
	 * @param marking the party that marks the user's turns
	 * @param maxRounds the maximum number of rounds of tool calls for one answer
	 * @param clock the session's time in nanoseconds
	 */
	GeminiTurnState(ConversationHistory history, UserSpeech.Marking marking, int maxRounds, LongSupplier clock) {
		ModelAnswer answer = new ModelAnswer();
		OpenCalls calls = new OpenCalls(maxRounds);
		this.clock = clock;
		this.transcript = new Transcript(history);
		this.input = new WrittenInput(this.transcript);
		Succession succession = new Succession(answer, calls, this.input, clock);
		this.written = new WrittenTurn(this.input, succession, this.link, clock);
		this.spoken = new SpokenTurn(new UserSpeech(marking), answer, this.input, this.transcript, succession,
				this.link, clock);
		this.model = new ModelTurn(answer, this.input, this.spoken, calls, this.transcript, clock);
		this.tools = new ToolRound(calls, answer, this.input, this.spoken, clock);
	}

	/**
	 * Return the part with the texts and requests of the application.
	 * @return the part
	 */
	WrittenTurn written() {
		return this.written;
	}

	/**
	 * Return the part with the spoken turn of the user.
	 * @return the part
	 */
	SpokenTurn spoken() {
		return this.spoken;
	}

	/**
	 * Return the part with the response of the model.
	 * @return the part
	 */
	ModelTurn model() {
		return this.model;
	}

	/**
	 * Return the part with the tool calls.
	 * @return the part
	 */
	ToolRound tools() {
		return this.tools;
	}

	/**
	 * Cancel the current response and the requested one (V4).
	 * @return the names of the tools by the ids of the calls that must be answered, so
	 * that the model does not wait
	 */
	Map<String, String> cancel() {
		this.model.cancel();
		return this.tools.awaited();
	}

	/**
	 * Cancel the answer to a question.
	 * @param question the question
	 * @return the names of the tools by the ids of its calls, which must be answered
	 */
	Map<String, String> cancel(Question question) {
		this.model.cancel(question);
		return (this.tools.question() == question) ? this.tools.awaited() : Map.of();
	}

	/**
	 * Return the questions.
	 * @return the questions without an answer
	 */
	AskedQuestions questions() {
		return this.questions;
	}

	/**
	 * Return whether a question may be asked: no other answer is in progress or
	 * requested, and no answer is due to the user.
	 * @return whether it may
	 */
	boolean mayAsk() {
		return !this.model.isHoldingUp() && !this.tools.isAwaited() && !this.input.isRequested(this.clock.getAsLong())
				&& !this.spoken.isOpen();
	}

	/**
	 * Return whether an answer waits for this session instead of the model.
	 * @param question the question
	 * @param own whether the session calls the tool of a name
	 * @return whether it waits for a tool, or for a connection
	 */
	boolean isHeldUp(Question question, Predicate<String> own) {
		return this.input.isHeld(question)
				|| (this.tools.question() == question && this.tools.awaited().values().stream().anyMatch(own));
	}

	/**
	 * Remove the questions without a pending request, response or call.
	 * @return the removed questions
	 */
	List<AskedQuestions.Abandoned> abandoned() {
		long now = this.clock.getAsLong();
		return this.questions.abandoned((question) -> this.input.isAsked(question, now)
				|| this.model.question() == question || isCalling(question));
	}

	private boolean isCalling(Question question) {
		return this.tools.question() == question && this.tools.isAwaited();
	}

	/**
	 * Handle the end of the connection.
	 * @param planned whether it was changed as planned
	 * @return the lost work
	 */
	Lost disconnected(boolean planned) {
		boolean lost = (this.model.isOpen() && this.model.question() == null)
				|| (this.tools.isAwaited() && this.tools.question() == null);
		lost |= this.input.disconnected(planned ? this.heldFrom : Long.MAX_VALUE, this.clock.getAsLong());
		lost |= this.spoken.disconnected();
		List<String> awaited = this.tools.disconnected();
		this.model.over();
		this.heldFrom = Long.MAX_VALUE;
		this.link.lost(planned);
		return new Lost(lost, awaited, abandoned().stream().map(AskedQuestions.Abandoned::question).toList());
	}

	/**
	 * Handle a new connection, on which held messages are sent.
	 */
	void reconnected() {
		if (this.link.restored()) {
			released();
		}
	}

	/**
	 * Record that held messages are sent now that there is a connection.
	 */
	void released() {
		this.input.release(this.clock.getAsLong());
		this.spoken.released();
	}

	/**
	 * Return whether messages are dropped without a connection under a policy that drops.
	 * A planned change holds them nevertheless.
	 * @return whether they are dropped
	 */
	boolean isDropping() {
		return this.link.isDown();
	}

	List<Item> history() {
		return this.transcript.items();
	}

	/**
	 * Return whether work is in progress that a change of connection would interrupt.
	 * @return whether the change must wait
	 */
	boolean isInFlight() {
		boolean inFlight = isAnswering() || this.tools.isAtWork() || this.input.isUnderWay(this.clock.getAsLong())
				|| this.spoken.isOpen();
		this.heldFrom = inFlight ? Long.MAX_VALUE : this.input.nextNumber();
		return inFlight;
	}

	/**
	 * Return whether a response or its tool calls are in progress.
	 * @return whether they are
	 */
	boolean isAnswering() {
		return this.model.isOpen() || this.tools.isAwaited();
	}

	/**
	 * State that was lost with a connection.
	 *
	 * @param turn whether a turn was in progress that was not for a question
	 * @param calls the ids of calls whose results were awaited
	 * @param questions the questions whose answers were in progress
	 */
	record Lost(boolean turn, List<String> calls, List<Question> questions) {

	}

}
