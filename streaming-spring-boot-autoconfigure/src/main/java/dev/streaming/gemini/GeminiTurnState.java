package dev.streaming.gemini;

import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

import dev.streaming.realtime.ConversationHistory;
import dev.streaming.realtime.ConversationHistory.Item;
import dev.streaming.realtime.Question;

/**
 * The state machine of the conversation: what is written, the user's turn in speech, the
 * response and the calls of tools, each with one method for each of its events, and the
 * connection that they share. It answers the questions that depend on all of them: may
 * the connection be changed, and what is lost with it. {@code docs/providers.md} has
 * drawings.
 * <p>
 * An answer may come before the call that asked for it has returned, so a caller says
 * first what it is about to send, and takes it back if that fails. Not thread-safe;
 * reached through its {@link TurnGuard} alone.
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

	// What was sent from here on may have been held back by a planned change
	private long heldFrom = Long.MAX_VALUE;

	/**
	 * Create the state of a conversation that has not begun.
	 * @param history keeps what is said
	 * @param marking who finds out when the user speaks
	 * @param maxRounds how many rounds of tool calls one answer may have
	 * @param clock the session's time in nanoseconds
	 */
	GeminiTurnState(ConversationHistory history, UserSpeech.Marking marking, int maxRounds, LongSupplier clock) {
		ModelAnswer answer = new ModelAnswer();
		OpenCalls calls = new OpenCalls(maxRounds);
		this.clock = clock;
		this.transcript = new Transcript(history);
		this.input = new WrittenInput(this.transcript);
		Succession succession = new Succession(answer, calls, this.input);
		this.written = new WrittenTurn(this.input, succession, this.link, clock);
		this.spoken = new SpokenTurn(new UserSpeech(marking), answer, this.input, this.transcript, succession,
				this.link, clock);
		this.model = new ModelTurn(answer, this.input, this.spoken, calls, this.transcript, clock);
		this.tools = new ToolRound(calls, answer, this.input, this.spoken, clock);
	}

	/**
	 * Return the part with what the application writes and asks.
	 * @return the part
	 */
	WrittenTurn written() {
		return this.written;
	}

	/**
	 * Return the part with the user's turn in speech.
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
	 * Return the part with the calls of tools.
	 * @return the part
	 */
	ToolRound tools() {
		return this.tools;
	}

	/**
	 * Nobody wants the response that is under way, nor the one that was asked for (V4).
	 * @return the names of the tools by the ids of the calls that have to be answered, so
	 * that the model does not wait
	 */
	Map<String, String> cancel() {
		this.model.cancel();
		return this.tools.awaited();
	}

	/**
	 * Nobody wants the answer to a question any more.
	 * @param question the question
	 * @return the names of the tools by the ids of its calls, which have to be answered
	 */
	Map<String, String> cancel(Question question) {
		this.model.cancel(question);
		return (this.tools.question() == question) ? this.tools.awaited() : Map.of();
	}

	/**
	 * Return the questions that were asked.
	 * @return the questions without an answer
	 */
	AskedQuestions questions() {
		return this.questions;
	}

	/**
	 * Return whether a question may be asked: no other answer is under way or asked for,
	 * and the user has been answered.
	 * @return whether it may
	 */
	boolean mayAsk() {
		return !isAnswering() && !this.input.isRequested(this.clock.getAsLong()) && !this.spoken.isOpen();
	}

	/**
	 * Return whether an answer waits for us, and not for the model.
	 * @param question the question
	 * @param own whether the session calls a tool itself, by the name of the tool
	 * @return whether it waits for a tool, or for a connection
	 */
	boolean isHeldUp(Question question, Predicate<String> own) {
		return this.input.isHeld(question)
				|| (this.tools.question() == question && this.tools.awaited().values().stream().anyMatch(own));
	}

	/**
	 * Forget the questions that nothing will come of.
	 * @return those questions
	 */
	List<AskedQuestions.Abandoned> abandoned() {
		long now = this.clock.getAsLong();
		return this.questions.abandoned((question) -> this.input.isAsked(question, now)
				|| this.model.question() == question || isCalling(question));
	}

	private boolean isCalling(Question question) {
		return this.tools.question() == question && !this.tools.awaited().isEmpty();
	}

	/**
	 * The connection is gone, and with it what was under way.
	 * @param planned whether it was changed as planned
	 * @return what is lost
	 */
	Lost disconnected(boolean planned) {
		boolean lost = (this.model.isOpen() && this.model.question() == null)
				|| (!this.tools.awaited().isEmpty() && this.tools.question() == null);
		lost |= this.input.disconnected(planned ? this.heldFrom : Long.MAX_VALUE, this.clock.getAsLong());
		lost |= this.spoken.disconnected();
		List<String> awaited = this.tools.disconnected();
		this.model.over();
		this.heldFrom = Long.MAX_VALUE;
		this.link.lost(planned);
		return new Lost(lost, awaited, abandoned().stream().map(AskedQuestions.Abandoned::question).toList());
	}

	/**
	 * There is a connection again, and what was held back goes out now.
	 */
	void reconnected() {
		if (this.link.restored()) {
			released();
		}
	}

	/**
	 * What was held back is on its way: there was a connection by then.
	 */
	void released() {
		this.input.release(this.clock.getAsLong());
		this.spoken.released();
	}

	/**
	 * Return whether what is sent without a connection is dropped, under a policy that
	 * drops: a planned change holds it back all the same.
	 * @return whether it is
	 */
	boolean isDropping() {
		return this.link.isDown();
	}

	List<Item> history() {
		return this.transcript.items();
	}

	/**
	 * Return whether something is under way that a change of connection would cut.
	 * @return whether the change has to wait
	 */
	boolean isInFlight() {
		boolean inFlight = isAnswering() || this.input.isUnderWay(this.clock.getAsLong()) || this.spoken.isOpen();
		this.heldFrom = inFlight ? Long.MAX_VALUE : this.input.nextNumber();
		return inFlight;
	}

	/**
	 * Return whether a response or its tools are at work.
	 * @return whether they are
	 */
	boolean isAnswering() {
		return this.model.isOpen() || !this.tools.awaited().isEmpty();
	}

	/**
	 * State that was lost with a connection.
	 *
	 * @param turn whether a turn was under way that was for no question
	 * @param calls the ids of calls whose results were awaited
	 * @param questions the questions whose answers were under way
	 */
	record Lost(boolean turn, List<String> calls, List<Question> questions) {

	}

}
