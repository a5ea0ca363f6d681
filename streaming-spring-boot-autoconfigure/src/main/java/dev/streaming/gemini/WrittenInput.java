package dev.streaming.gemini;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;

import dev.streaming.Message;
import dev.streaming.gemini.AnswerRequest.Origin;
import dev.streaming.gemini.OutsideMessages.OutsideText;
import dev.streaming.gemini.WrittenText.State;
import dev.streaming.realtime.ConversationHistory.Role;
import dev.streaming.realtime.Question;
import org.jspecify.annotations.Nullable;

/**
 * What the user has written, and the requests to answer it. Part of
 * {@link GeminiTurnState}, not thread-safe.
 */
final class WrittenInput {

	/**
	 * How long a text that nobody has asked to answer holds up a change of connection: a
	 * request usually follows at once (V3).
	 */
	static final Duration UNASKED = Duration.ofSeconds(1);

	/**
	 * Maximum time in which a message of ours and one of the service may cross.
	 */
	static final Duration CROSSING = Duration.ofSeconds(1);

	private static final int MAX_REQUESTS = 1024;

	private final Transcript transcript;

	// Not yet asked to be answered
	private final List<WrittenText> texts = new ArrayList<>();

	// The oldest first
	private final Deque<AnswerRequest> requests = new ArrayDeque<>();

	private long numbers;

	private long lastText;

	WrittenInput(Transcript transcript) {
		this.transcript = transcript;
	}

	/**
	 * Return the number of what is sent next.
	 * @return the number
	 */
	long nextNumber() {
		return this.numbers;
	}

	/**
	 * Keep a text that is sent with the next request.
	 * @param text the text
	 */
	void keep(String text) {
		this.texts.add(new WrittenText(null, "", text, this.numbers++, State.KEPT));
	}

	/**
	 * Add a text that is sent by itself.
	 * @param text the text
	 * @param held whether it is held back
	 * @param now the time
	 * @return the text, to take it back
	 */
	WrittenText say(String text, boolean held, long now) {
		WrittenText said = new WrittenText(null, this.transcript.wrote(text, held), text, this.numbers++,
				held ? State.HELD : State.SENT);
		this.texts.add(said);
		this.lastText = now;
		return said;
	}

	void takeBack(WrittenText text) {
		this.transcript.takeBack(text.id());
		this.texts.remove(text);
	}

	/**
	 * Return the message that asks to answer what was written.
	 * @return the message, or {@code null} if nothing waits for an answer
	 */
	@Nullable Message question() {
		if (this.texts.isEmpty()) {
			return null;
		}
		String kept = this.texts.stream()
			.filter((text) -> text.state() == State.KEPT)
			.map(WrittenText::text)
			.collect(Collectors.joining("\n"));
		return kept.isEmpty() ? ClientMessages.userTurn(List.of(), true) : ClientMessages.realtimeText(kept);
	}

	/**
	 * Ask to answer all that was written.
	 * @param message what asks
	 * @param held whether it is held back
	 * @param now the time
	 * @return the request, to take it back
	 */
	AnswerRequest ask(Message message, boolean held, long now) {
		List<WrittenText> asked = new ArrayList<>();
		for (WrittenText text : this.texts) {
			asked.add((text.state() != State.KEPT) ? text : new WrittenText(null,
					this.transcript.wrote(text.text(), held), text.text(), text.number(), State.KEPT));
		}
		this.texts.clear();
		return add(new AnswerRequest(Origin.APPLICATION, message, asked, this.numbers++, stateOf(held), now));
	}

	/**
	 * The model is going to answer the results of tools.
	 * @param now the time
	 * @return the request
	 */
	AnswerRequest expectAnswer(long now) {
		return add(new AnswerRequest(Origin.TOOLS, null, List.of(), this.numbers++, AnswerRequest.State.SENT, now));
	}

	/**
	 * The results of tools could not be sent, so the model is not going to answer them.
	 */
	void expectNoAnswer() {
		AnswerRequest last = this.requests.peekLast();
		if (last != null && last.origin() == Origin.TOOLS) {
			this.requests.removeLast();
		}
	}

	/**
	 * The application writes in the provider's own words.
	 * @param message the message
	 * @param texts the texts
	 * @param held whether it is held back
	 * @param now the time
	 */
	void sayOutside(Message message, List<OutsideText> texts, boolean held, long now) {
		for (OutsideText text : texts) {
			String id = this.transcript.wrote(text.role(), text.text(), held);
			if (text.role() == Role.USER) {
				this.texts
					.add(new WrittenText(message, id, text.text(), this.numbers++, held ? State.HELD : State.SENT));
				this.lastText = now;
			}
		}
	}

	/**
	 * The application asks in the provider's own words: for all that the service knows.
	 * @param message the message
	 * @param held whether it is held back
	 * @param now the time
	 */
	void askOutside(Message message, boolean held, long now) {
		List<WrittenText> known = this.texts.stream().filter((text) -> text.state() != State.KEPT).toList();
		this.texts.removeAll(known);
		add(new AnswerRequest(Origin.APPLICATION, message, known, this.numbers++, stateOf(held), now));
	}

	/**
	 * A message in the provider's own words could not be sent.
	 * @param message the message
	 */
	void takeBackOutside(Message message) {
		this.requests.stream().filter((request) -> request.message() == message).toList().forEach(this::takeBack);
		this.texts.stream().filter((text) -> text.message() == message).toList().forEach(this::takeBack);
	}

	private AnswerRequest add(AnswerRequest request) {
		if (this.requests.size() == MAX_REQUESTS) {
			this.requests.removeFirst();
		}
		this.requests.add(request);
		return request;
	}

	private static AnswerRequest.State stateOf(boolean held) {
		return held ? AnswerRequest.State.HELD : AnswerRequest.State.SENT;
	}

	/**
	 * Take a request back that was not sent: its texts wait again.
	 * @param request the request
	 */
	void takeBack(AnswerRequest request) {
		if (!this.requests.remove(request)) {
			return;
		}
		List<WrittenText> again = new ArrayList<>();
		for (WrittenText text : request.texts()) {
			if (text.state() == State.KEPT) {
				this.transcript.takeBack(text.id());
			}
			again.add(text);
		}
		this.texts.addAll(0, again);
	}

	/**
	 * Return the requests that wait for a connection.
	 * @return a copy
	 */
	List<AnswerRequest> held() {
		return this.requests.stream().filter((request) -> request.state() == AnswerRequest.State.HELD).toList();
	}

	/**
	 * A response begins: it is the answer to the oldest request that waits for one.
	 * @param before the number of what was sent next when it began
	 * @param now the time
	 * @return the request, or {@code null} if the service answers by itself
	 */
	@Nullable AnswerRequest answered(long before, long now) {
		forget(now);
		for (Iterator<AnswerRequest> each = this.requests.iterator(); each.hasNext();) {
			AnswerRequest request = each.next();
			if (request.state() == AnswerRequest.State.SENT && request.number() < before) {
				each.remove();
				return request;
			}
		}
		return null;
	}

	/**
	 * Return whether the next response is one that the application has cancelled.
	 * @return whether only its end is to be delivered
	 */
	boolean isNextCancelled() {
		return this.requests.stream()
			.filter((request) -> request.state() == AnswerRequest.State.SENT)
			.findFirst()
			.filter(AnswerRequest::isCancelled)
			.isPresent();
	}

	/**
	 * The model has nothing to answer, or does not want to. It does not know of requests
	 * that its word may have crossed.
	 * @param now the time
	 */
	void over(long now) {
		this.requests.removeIf((request) -> request.isSentBefore(now - CROSSING.toNanos()));
	}

	/**
	 * A response is over that began when the service had texts which nobody has asked to
	 * answer: it knew them.
	 * @param before the number of what was sent next when the response began
	 */
	void spokenSince(long before) {
		this.texts.replaceAll(
				(text) -> (text.state() == State.SENT && text.number() < before) ? text.in(State.ANSWERED) : text);
	}

	// A cancelled one is remembered: its answer is not wanted, however late it comes
	private void forget(long now) {
		this.requests.removeIf((request) -> request.state() == AnswerRequest.State.SENT && !request.isCancelled()
				&& !request.isOpen(now));
	}

	/**
	 * Return how many requests wait for their answer.
	 * @param now the time
	 * @return the number
	 */
	long open(long now) {
		return this.requests.stream().filter((request) -> request.isOpen(now)).count();
	}

	/**
	 * Return whether a request of the application waits for its answer.
	 * @param now the time
	 * @return whether one does
	 */
	boolean isAsked(long now) {
		return this.requests.stream()
			.anyMatch((request) -> request.isOpen(now) && request.origin() == Origin.APPLICATION);
	}

	/**
	 * Return whether a change of connection would cut a request, or part a text from the
	 * request that is likely to follow.
	 * @param now the time
	 * @return whether something is under way
	 */
	boolean isUnderWay(long now) {
		return open(now) > 0 || isHeld() || isUnasked(now);
	}

	// It goes out by itself, and a change may come before anybody has told that it did
	private boolean isHeld() {
		return this.requests.stream().anyMatch((request) -> request.state() == AnswerRequest.State.HELD);
	}

	private boolean isUnasked(long now) {
		return now - this.lastText < UNASKED.toNanos()
				&& this.texts.stream().anyMatch((text) -> text.state() == State.SENT);
	}

	/**
	 * Return what was said on the last connection, is not asked, and nobody repeats.
	 * @return the texts
	 */
	List<String> unasked() {
		return this.texts.stream().filter((text) -> text.state() == State.SENT).map(WrittenText::text).toList();
	}

	/**
	 * Nobody wants the answer to a question any more.
	 * @param question the question
	 */
	void cancel(Question question) {
		this.requests.stream().filter((request) -> request.question() == question).forEach(AnswerRequest::giveUp);
	}

	/**
	 * Return whether a request for a question waits for its answer, or for a connection.
	 * @param question the question
	 * @param now the time
	 * @return whether there is one
	 */
	boolean isAsked(Question question, long now) {
		return this.requests.stream()
			.anyMatch((request) -> request.question() == question
					&& (request.isOpen(now) || request.state() == AnswerRequest.State.HELD));
	}

	/**
	 * Return whether a request for a question waits for a connection.
	 * @param question the question
	 * @return whether there is one
	 */
	boolean isHeld(Question question) {
		return held().stream().anyMatch((request) -> request.question() == question);
	}

	/**
	 * Return whether a request waits for its answer, or for a connection.
	 * @param now the time
	 * @return whether there is one
	 */
	boolean isRequested(long now) {
		return open(now) > 0 || isHeld();
	}

	void cancel() {
		this.requests.forEach(AnswerRequest::cancel);
	}

	void voidCancellations() {
		this.requests.forEach(AnswerRequest::voidCancellation);
	}

	/**
	 * The connection is gone, and requests with it that were sent.
	 * @param heldFrom the number from which on messages were held back, or may have been
	 * @param now the time
	 * @return whether a request is lost that is for no question
	 */
	boolean disconnected(long heldFrom, long now) {
		boolean lost = this.requests.stream()
			.anyMatch((request) -> request.isOpen(now) && request.number() < heldFrom && request.question() == null);
		this.requests.removeIf((request) -> request.state() == AnswerRequest.State.SENT && request.number() < heldFrom);
		this.requests.forEach(AnswerRequest::hold);
		this.texts.replaceAll((text) -> (text.number() < heldFrom || text.state() != State.SENT) ? text : held(text));
		return lost;
	}

	private WrittenText held(WrittenText text) {
		this.transcript.hold(text.id());
		return text.in(State.HELD);
	}

	/**
	 * There is a connection, and what was held back is on its way.
	 * @param now the time
	 */
	void release(long now) {
		this.transcript.release();
		this.texts.replaceAll((text) -> (text.state() == State.HELD) ? text.in(State.SENT) : text);
		this.requests.forEach((request) -> request.release(now));
	}

}
