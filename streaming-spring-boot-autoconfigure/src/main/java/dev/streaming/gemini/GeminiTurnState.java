package dev.streaming.gemini;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

import dev.streaming.Message;
import dev.streaming.ToolCall;
import dev.streaming.gemini.CalledTools.Outcome;
import dev.streaming.gemini.ModelAnswer.Fate;
import dev.streaming.gemini.ModelAnswer.Progress;
import dev.streaming.gemini.OpenCalls.Call;
import dev.streaming.gemini.OpenCalls.Round;
import dev.streaming.gemini.OutsideMessages.OutsideText;
import dev.streaming.realtime.ConversationHistory;
import dev.streaming.realtime.ConversationHistory.Item;
import dev.streaming.realtime.ToolRunner;
import org.jspecify.annotations.Nullable;

/**
 * The state machine of the conversation: the user's turn, the requests, the response and
 * the calls of tools, with one method for each event. It answers the questions that
 * depend on all of them: may the connection be changed, may a result be sent, may a call
 * be run, is content delivered. {@code docs/providers.md} has a drawing.
 * <p>
 * An answer may come before the call that asked for it has returned, so a caller says
 * first what it is about to send, and takes it back if that fails. Not thread-safe;
 * reached through its {@link TurnGuard} alone.
 */
final class GeminiTurnState {

	private final LongSupplier clock;

	private final Transcript transcript;

	private final WrittenInput input;

	private final UserSpeech speech;

	private final ModelAnswer answer = new ModelAnswer();

	private final OpenCalls calls;

	// The transcript of what is being answered is complete, so that more is a new turn
	private boolean inputFinished;

	// The number of the last response that began before the user's turn did
	private long answerBefore = TurnEnd.NOTHING;

	// What was sent from here on was not there when the last response began
	private long sentBefore;

	// What was sent from here on may have been held back by a planned change
	private long heldFrom = Long.MAX_VALUE;

	// The kind of the last connection's end, as long as there is no other
	private Link link = Link.UP;

	/**
	 * Create the state of a conversation that has not begun.
	 * @param history keeps what is said
	 * @param marking who finds out when the user speaks
	 * @param maxRounds how many rounds of tool calls one answer may have
	 * @param clock the session's time in nanoseconds
	 */
	GeminiTurnState(ConversationHistory history, UserSpeech.Marking marking, int maxRounds, LongSupplier clock) {
		this.transcript = new Transcript(history);
		this.input = new WrittenInput(this.transcript);
		this.speech = new UserSpeech(marking);
		this.calls = new OpenCalls(maxRounds);
		this.clock = clock;
	}

	// What the application does

	/**
	 * The user writes something that is sent with the next request.
	 * @param text the text
	 */
	void keeping(String text) {
		this.input.keep(text);
	}

	/**
	 * The user writes something that is sent at once, and not to be answered yet.
	 * @param text the text
	 * @param outage whether it is held back until there is a connection
	 * @return the text, to take it back
	 */
	WrittenText saying(String text, boolean outage) {
		return this.input.say(text, outage, now());
	}

	/**
	 * A text could not be sent.
	 * @param text the text
	 */
	void notSaid(WrittenText text) {
		this.input.takeBack(text);
	}

	/**
	 * Return the message that asks to answer what was written.
	 * @return the message, or {@code null} if nothing waits for an answer
	 */
	@Nullable Message question() {
		return this.input.question();
	}

	/**
	 * The model is to answer what was written.
	 * @param message what asks
	 * @param outage whether it is held back until there is a connection
	 * @return the request, to take it back
	 */
	AnswerRequest asking(Message message, boolean outage) {
		somethingNew();
		this.answer.succeeded();
		this.input.voidCancellations();
		return this.input.ask(message, outage, now());
	}

	/**
	 * A request could not be sent, or was taken back before it was: its texts wait again.
	 * @param request the request
	 */
	void notAsked(AnswerRequest request) {
		this.input.takeBack(request);
	}

	/**
	 * The application is about to write in the provider's own words.
	 * @param message the message
	 * @param texts the texts
	 * @param complete whether the model is to answer
	 */
	void writingOutside(Message message, List<OutsideText> texts, boolean complete) {
		boolean outage = this.link != Link.UP;
		this.input.sayOutside(message, texts, outage, now());
		if (complete) {
			somethingNew();
			this.answer.succeeded();
			this.input.voidCancellations();
			this.input.askOutside(message, outage, now());
		}
	}

	/**
	 * A message in the provider's own words could not be sent.
	 * @param message the message
	 */
	void notWrittenOutside(Message message) {
		this.input.takeBackOutside(message);
	}

	/**
	 * The application is about to say in the provider's own words that the user speaks.
	 */
	void speakingOutside() {
		sendingSpeech(this.link != Link.UP);
	}

	/**
	 * The application is about to say in the provider's own words that the user has
	 * finished.
	 */
	void spokenOutside() {
		if (endingSpeech(this.link != Link.UP)) {
			speechEnds();
		}
	}

	/**
	 * A piece of speech is about to be sent, where the application marks the turns.
	 * @param outage whether it is held back until there is a connection
	 * @return whether the service has to be told first that the user speaks
	 */
	boolean sendingSpeech(boolean outage) {
		boolean begins = this.speech.sending(outage, now());
		if (begins) {
			speechBegins();
		}
		return begins;
	}

	/**
	 * The service could not be told that the user speaks.
	 */
	void notSendingSpeech() {
		this.speech.notSending();
	}

	/**
	 * The application is about to say that the user has finished.
	 * @param outage whether that is held back until there is a connection
	 * @return whether the service has to be told
	 */
	boolean endingSpeech(boolean outage) {
		return this.speech.ending(outage, now());
	}

	/**
	 * The service was told that the user has finished.
	 */
	void speechEnded() {
		if (this.speech.state() == UserSpeech.State.ENDING) {
			speechEnds();
		}
	}

	/**
	 * The service could not be told that the user has finished.
	 */
	void speechNotEnded() {
		this.speech.notEnded(now());
	}

	/**
	 * All audio of the turn was sent, where the service finds out when the user speaks.
	 */
	void speechSentWhole() {
		this.speech.sentWhole(now());
		this.answer.succeeded();
		this.input.voidCancellations();
	}

	/**
	 * Return the requests that wait for a connection, and may be taken back.
	 * @return a copy
	 */
	List<AnswerRequest> heldRequests() {
		return this.input.held();
	}

	/**
	 * Nobody wants the response that is under way, nor the one that was asked for (V4).
	 * @return the names of the tools by the ids of the calls that have to be answered, so
	 * that the model does not wait
	 */
	Map<String, String> cancel() {
		this.input.cancel();
		if (this.answer.isOpen(now())) {
			this.answer.cancelled();
		}
		return this.calls.awaited();
	}

	// What tools do

	/**
	 * The result of a call is about to be sent.
	 * @param id the id of the call
	 * @return the call, or {@code null} if its result is not wanted
	 */
	@Nullable Call returning(String id) {
		return returning(id, AnswerRequest.Cancellation.NONE);
	}

	/**
	 * The result of a call is about to be sent.
	 * @param id the id of the call
	 * @param cancellation whether anybody wants the answer to it
	 * @return the call, or {@code null} if its result is not wanted
	 */
	@Nullable Call returning(String id, AnswerRequest.Cancellation cancellation) {
		Call call = this.calls.close(id);
		if (call != null && this.answer.progress() != Progress.BEGUN && this.calls.awaited().isEmpty()) {
			AnswerRequest request = this.input.expectAnswer(now());
			if (cancellation == AnswerRequest.Cancellation.CANCELLED) {
				request.cancel();
			}
		}
		return call;
	}

	/**
	 * A tool of the session has returned.
	 * @param id the id of the call
	 * @param json the result
	 * @return the call if the result is to be sent now; {@code null} if it is not wanted,
	 * or kept because the user speaks (V2)
	 */
	@Nullable Call returned(String id, String json) {
		if (this.speech.isSpeaking(now())) {
			this.calls.hold(id, json);
			return null;
		}
		return returning(id);
	}

	/**
	 * Return the results that were kept while the user spoke, if that is over, and close
	 * their calls.
	 * @return the calls with their results, by id
	 */
	Map<String, Call> releasable() {
		if (this.speech.isSpeaking(now())) {
			return Map.of();
		}
		Map<String, Call> held = this.calls.held();
		held.keySet().forEach(this::returning);
		return held;
	}

	/**
	 * Return when results that are kept could be sent if nothing more is heard of the
	 * user.
	 * @return the time from now, or {@code null} if an event will tell
	 */
	@Nullable Duration releasableIn() {
		return this.calls.held().isEmpty() ? null : this.speech.silentIn(now());
	}

	/**
	 * The result of a call could not be sent.
	 * @param id the id of the call
	 * @param call the call
	 */
	void notReturned(String id, Call call) {
		this.calls.reopen(id, call);
	}

	// What the service does

	/**
	 * Content of a response has come.
	 * @param calls whether it is a call of a tool, so that the model has not gone on
	 * without the results of others
	 * @return how much of it is delivered
	 */
	Delivery content(boolean calls) {
		overtake();
		if (!calls) {
			this.calls.overtaken();
		}
		return begin();
	}

	/**
	 * All of a response was generated.
	 */
	void generated() {
		overtake();
		this.answer.generated();
		begin();
	}

	private Delivery begin() {
		boolean known = this.answer.progress() != Progress.NONE;
		if (this.answer.content(now())) {
			if (!known) {
				responseBegins();
			}
			AnswerRequest request = this.input.answered(this.sentBefore, now());
			if (request == null) {
				speechAnswered();
			}
			else if (request.isCancelled()) {
				this.answer.cancelled();
			}
		}
		return new Delivery(this.answer.number(), this.answer.fate());
	}

	/**
	 * Return how much of the response under way is delivered.
	 * @return how much
	 */
	Delivery delivery() {
		return new Delivery(this.answer.number(), this.answer.fate());
	}

	private void responseBegins() {
		this.transcript.answering();
		this.sentBefore = this.input.nextNumber();
	}

	// A response that began before the turn is an older one, and says nothing about it
	private void speechAnswered() {
		if (this.answer.number() != this.answerBefore) {
			this.speech.answered();
		}
	}

	/**
	 * A part of the transcript of a response has come.
	 * @return how much of it is delivered
	 */
	Delivery transcribed() {
		overtake();
		this.calls.overtaken();
		if (this.input.open(now()) > 0 || this.speech.isAnswerOwed(now())) {
			// An answer is owed, so this is the beginning of it
			return begin();
		}
		if (this.answer.transcribed(now())) {
			responseBegins();
		}
		boolean unwanted = this.answer.progress() == Progress.TRANSCRIBED && this.input.isNextCancelled();
		return new Delivery(this.answer.number(), unwanted ? Fate.CANCELLED : this.answer.fate());
	}

	/**
	 * A part of the text of the answer is delivered.
	 * @param delta the new text
	 */
	void answered(String delta) {
		this.transcript.answered(delta);
	}

	/**
	 * The text of the answer turns out to be the transcript, and not what was written.
	 * @param text the transcript so far
	 */
	void answeredInstead(String text) {
		this.transcript.answeredInstead(text);
	}

	/**
	 * The service has interrupted a response, because it hears the user, or because of a
	 * request of the application.
	 */
	void interrupted() {
		if (this.answer.progress() != Progress.NONE) {
			// What is interrupted is no rest of a response before
			begin();
		}
		boolean asked = this.input.isAsked(now());
		this.answer.interrupted(now());
		this.transcript.interrupted();
		if (!asked && this.speech.interrupting(now())) {
			speechBegins();
		}
	}

	/**
	 * A response has come to its end, or there is none.
	 * @param response the number of the response that was read
	 * @param written its text if it turned out to be a written one, or empty
	 * @return how it has ended
	 */
	TurnEnd turnEnded(long response, String written) {
		boolean nothing = this.answer.progress() == Progress.NONE;
		boolean wanted = !nothing && this.answer.fate() == Fate.WANTED;
		if (wanted && !written.isEmpty() && response == this.answer.number()) {
			this.transcript.answeredInstead(written);
		}
		boolean cut = nothing && this.answer.fate() == Fate.INTERRUPTED;
		boolean unanswered = nothing || this.answer.progress() == Progress.TRANSCRIBED;
		if (cut ? this.input.open(now()) > 1 : unanswered) {
			endEmpty();
		}
		TurnEnd end = new TurnEnd(nothing ? TurnEnd.NOTHING : this.answer.number(), this.answer.fate(),
				this.answer.hasCalled() && this.calls.isResponseWaiting());
		responseOver();
		return end;
	}

	private void endEmpty() {
		boolean began = this.answer.progress() != Progress.NONE;
		AnswerRequest request = this.input.answered(began ? this.sentBefore : Long.MAX_VALUE, now());
		if (request != null && request.isCancelled()) {
			this.answer.cancelled();
		}
		if (request == null && this.answer.fate() != Fate.INTERRUPTED) {
			if (this.answer.progress() == Progress.TRANSCRIBED) {
				speechAnswered();
			}
			else {
				this.speech.notAnswered();
			}
		}
	}

	private void responseOver() {
		this.calls.responseEnded(this.answer.hasCalled());
		this.answer.end();
		this.transcript.turnEnded();
	}

	/**
	 * The model says that it waits for the user.
	 */
	void idle() {
		if (!this.answer.isOpen(now())) {
			this.input.over();
			this.speech.refused();
		}
	}

	/**
	 * The service reports an error: what was asked or said is not going to be answered.
	 */
	void refused() {
		if (!this.answer.isOpen(now())) {
			this.input.answered(Long.MAX_VALUE, now());
			this.speech.refused();
		}
	}

	/**
	 * The service hears that the user begins to speak.
	 */
	void activityStarted() {
		if (!this.speech.isMarkedByApplication()) {
			this.speech.started(now());
			speechBegins();
		}
	}

	/**
	 * The service hears that the user has finished.
	 */
	void activityEnded() {
		if (!this.speech.isMarkedByApplication()) {
			speechEnds();
		}
	}

	/**
	 * Something that the user says was transcribed.
	 * @param delta the new text
	 * @param finished whether the transcript is complete
	 */
	void heard(String delta, boolean finished) {
		hearing(!delta.isBlank());
		this.transcript.heard(delta);
		if (finished) {
			this.inputFinished = true;
			this.speech.transcriptFinished();
			if (this.answer.isOpen(now())) {
				this.transcript.interrupted();
			}
		}
	}

	/**
	 * Something that the user says was transcribed for the time being.
	 * @param words whether there are words in it
	 */
	void hearing(boolean words) {
		if (this.speech.heard(now(), words, this.answer.isOpen(now()) && !this.inputFinished)) {
			speechBegins();
			// Nobody tells the end, so what is answered from now on may be this turn
			this.input.voidCancellations();
		}
		if (words) {
			this.answer.succeeded();
		}
	}

	private void speechBegins() {
		this.inputFinished = false;
		this.answerBefore = this.answer.number();
		somethingNew();
		if (this.answer.isOpen(now())) {
			this.transcript.interrupted();
		}
	}

	private void speechEnds() {
		this.speech.ended(now());
		this.answer.succeeded();
		this.input.voidCancellations();
	}

	// The next answer has all rounds to itself
	private void somethingNew() {
		this.calls.answerEnded();
		this.answer.doubted();
	}

	/**
	 * The model wants tools (V1). Told behind {@link #content}.
	 * @param whole the calls
	 * @param own whether the session calls a tool itself, by the name of the tool
	 * @return what to do with the calls
	 */
	CalledTools called(List<ToolCall> whole, Predicate<String> own) {
		if (this.answer.fate() == Fate.INTERRUPTED || this.answer.fate() == Fate.GIVEN_UP) {
			callsVoided(whole.stream().map(ToolCall::id).toList());
			return CalledTools.NONE;
		}
		List<ToolCall> fresh = this.calls.fresh(whole);
		Round round = fresh.isEmpty() ? Round.WITHIN : this.calls.round();
		if (round == Round.ENDLESS) {
			return endless();
		}
		if (this.answer.fate() == Fate.CANCELLED || round == Round.EXCEEDED) {
			this.calls.refused();
			return new CalledTools(List.of(), fresh,
					(round == Round.EXCEEDED) ? ToolRunner.roundsExceeded() : ClientMessages.CANCELLED, List.of(),
					Outcome.GOES_ON);
		}
		List<ToolCall> open = new ArrayList<>();
		List<ToolCall> refused = new ArrayList<>();
		fresh.forEach((call) -> (this.calls.open(call, own.test(call.name())) ? open : refused).add(call));
		if (!open.isEmpty()) {
			this.answer.called();
		}
		return new CalledTools(open, refused, ClientMessages.TOO_MANY_CALLS, List.of(), Outcome.GOES_ON);
	}

	private CalledTools endless() {
		Outcome outcome = (this.answer.fate() == Fate.CANCELLED) ? Outcome.CANCELLED : Outcome.ENDLESS;
		List<String> left = List.copyOf(this.calls.awaited().keySet());
		callsVoided(left);
		this.answer.givenUp();
		return new CalledTools(List.of(), List.of(), "", left, outcome);
	}

	/**
	 * Calls are not to be run, nor are their results wanted, even if they are still to
	 * come.
	 * @param ids the ids of the calls
	 */
	void callsVoided(List<String> ids) {
		this.calls.voided(ids);
	}

	// The connection

	/**
	 * The connection is gone, and with it what was under way.
	 * @param planned whether it was changed as planned
	 * @return what is lost
	 */
	Lost disconnected(boolean planned) {
		long from = planned ? this.heldFrom : Long.MAX_VALUE;
		List<String> awaited = List.copyOf(this.calls.awaited().keySet());
		boolean lost = this.answer.isOpen(now()) || !awaited.isEmpty();
		lost |= this.input.disconnected(from, now());
		lost |= this.speech.disconnected(now());
		this.calls.reset();
		responseOver();
		this.inputFinished = false;
		this.heldFrom = Long.MAX_VALUE;
		this.link = planned ? Link.CHANGING : Link.DOWN;
		return new Lost(lost, awaited);
	}

	/**
	 * There is a connection again, and what was held back goes out now.
	 */
	void reconnected() {
		if (this.link != Link.UP) {
			this.link = Link.UP;
			released();
		}
	}

	/**
	 * What was held back is on its way: there was a connection by then.
	 */
	void released() {
		this.input.release(now());
		this.speech.released(now());
	}

	/**
	 * Return whether what is sent without a connection is dropped, under a policy that
	 * drops: a planned change holds it back all the same.
	 * @return whether it is
	 */
	boolean isDropping() {
		return this.link == Link.DOWN;
	}

	/**
	 * Return the speech of the last connection that is neither answered nor repeated.
	 * @return the texts
	 */
	List<String> unasked() {
		return this.input.unasked();
	}

	List<Item> history() {
		return this.transcript.items();
	}

	// The questions

	/**
	 * Return whether something is under way that a change of connection would cut.
	 * @return whether the change has to wait
	 */
	boolean isInFlight() {
		boolean inFlight = this.answer.isOpen(now()) || !this.calls.awaited().isEmpty() || this.input.open(now()) > 0
				|| this.input.isHeld() || this.input.isUnasked(now()) || this.speech.isOpen(now());
		this.heldFrom = inFlight ? Long.MAX_VALUE : this.input.nextNumber();
		return inFlight;
	}

	/**
	 * Return whether a response or its tools are at work.
	 * @return whether they are
	 */
	boolean isAnswering() {
		return this.answer.isOpen(now()) || !this.calls.awaited().isEmpty();
	}

	private void overtake() {
		if (this.answer.isOvertaken(now())) {
			responseOver();
		}
	}

	private long now() {
		return this.clock.getAsLong();
	}

	/**
	 * State that was lost with a connection.
	 *
	 * @param turn whether a turn was under way
	 * @param calls the ids of calls whose results were awaited
	 */
	record Lost(boolean turn, List<String> calls) {

	}

	/**
	 * Whether there is a connection.
	 */
	enum Link {

		/** There is one. */
		UP,

		/** It is changed as planned. */
		CHANGING,

		/** It was lost. */
		DOWN

	}

}
