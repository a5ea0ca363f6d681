package dev.streaming.gemini;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
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
 * Texts of the user, and the requests to answer them. Part of {@link GeminiTurnState},
 * not thread-safe.
 */
final class WrittenInput {

	/**
	 * Time for which a text without a request delays a change of connection: a request
	 * usually follows at once (V3).
	 */
	static final Duration UNASKED = Duration.ofSeconds(1);

	/**
	 * Maximum time in which a message of the client and one of the service may cross.
	 */
	static final Duration CROSSING = Duration.ofSeconds(1);

	private static final int MAX_REQUESTS = 1024;

	private final Transcript transcript;

	// Texts whose answer was not requested yet
	private final List<WrittenText> texts = new ArrayList<>();

	// Oldest first
	private final Deque<AnswerRequest> requests = new ArrayDeque<>();

	private long numbers;

	private long lastText;

	WrittenInput(Transcript transcript) {
		this.transcript = transcript;
	}

	/**
	 * Return the number of the next message.
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
	 * Add a text that is sent without a request.
	 * @param text the text
	 * @param held whether it is held
	 * @param now the time
	 * @return the text
	 */
	WrittenText say(String text, boolean held, long now) {
		WrittenText said = new WrittenText(null, this.transcript.wrote(text, held), text, this.numbers++,
				held ? State.HELD : State.SENT);
		this.texts.add(said);
		this.lastText = now;
		return said;
	}

	/**
	 * Add a text of the model.
	 * @param text the text
	 * @param held whether it is held
	 * @return the id of the text
	 */
	String sayForModel(String text, boolean held) {
		return this.transcript.wrote(Role.ASSISTANT, text, held);
	}

	void takeBack(String id) {
		this.transcript.takeBack(id);
	}

	void takeBack(WrittenText text) {
		this.transcript.takeBack(text.id());
		this.texts.remove(text);
	}

	/**
	 * Return the message that requests the answer to the texts.
	 * @return the message, or {@code null} if there are none
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
	 * Request the answer to all texts.
	 * @param message the message of the request
	 * @param held whether it is held
	 * @param now the time
	 * @return the request
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
	 * Record that the model will answer the results of tools.
	 * @param now the time
	 * @return the request
	 */
	AnswerRequest expectAnswer(long now) {
		return add(new AnswerRequest(Origin.TOOLS, null, List.of(), this.numbers++, AnswerRequest.State.SENT, now));
	}

	/**
	 * Record that the model will not answer the results of tools, because they could not
	 * be sent.
	 */
	void expectNoAnswer() {
		AnswerRequest last = this.requests.peekLast();
		if (last != null && last.origin() == Origin.TOOLS) {
			this.requests.removeLast();
		}
	}

	/**
	 * Record texts in a raw message of the application.
	 * @param message the message
	 * @param texts the texts
	 * @param held whether it is held
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
	 * Record a request in a raw message of the application, for the answer to all texts
	 * that were sent.
	 * @param message the message
	 * @param held whether it is held
	 * @param now the time
	 */
	void askOutside(Message message, boolean held, long now) {
		List<WrittenText> known = this.texts.stream().filter((text) -> text.state() != State.KEPT).toList();
		this.texts.removeAll(known);
		add(new AnswerRequest(Origin.APPLICATION, message, known, this.numbers++, stateOf(held), now));
	}

	/**
	 * Remove the texts and the request of a raw message that could not be sent.
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
	 * Withdraw a request that was not sent: its texts wait for another one.
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
	 * Return all requests, oldest first.
	 * @return a copy
	 */
	List<AnswerRequest> requests() {
		return List.copyOf(this.requests);
	}

	/**
	 * Return the held requests.
	 * @return a copy
	 */
	List<AnswerRequest> held() {
		return this.requests.stream().filter((request) -> request.state() == AnswerRequest.State.HELD).toList();
	}

	/**
	 * Handle the beginning of a response, which answers the oldest open request.
	 * @param before the number of the next message when the response began
	 * @param now the time
	 * @return the request, or {@code null} if the service answers automatically
	 */
	@Nullable AnswerRequest answered(long before, long now) {
		AnswerRequest request = nextAnswered(before, now);
		this.requests.remove(request);
		return request;
	}

	/**
	 * Handle the beginning of a response that may be the rest of the previous one: it is
	 * assumed to answer the oldest open request, which is kept until the response has
	 * ended.
	 * @param before the number of the next message when the response began
	 * @param now the time
	 * @return the request, or {@code null} if the service answers automatically
	 */
	@Nullable AnswerRequest assumed(long before, long now) {
		AnswerRequest request = nextAnswered(before, now);
		if (request != null) {
			request.assume();
		}
		return request;
	}

	private @Nullable AnswerRequest nextAnswered(long before, long now) {
		forget(now);
		return this.requests.stream()
			.filter((request) -> request.isAnswerable() && request.number() < before)
			.findFirst()
			.orElse(null);
	}

	/**
	 * Handle an error of the service, which names no request: it is about the oldest one,
	 * even if that was not answered in time.
	 */
	void refused() {
		this.requests.stream().filter(AnswerRequest::isAnswerable).findFirst().ifPresent(this.requests::remove);
	}

	/**
	 * Handle the end of the current response, which was the assumed answer.
	 */
	void answerOver() {
		this.requests.removeIf((request) -> !request.answerOver());
	}

	/**
	 * Return whether the application has cancelled the next response.
	 * @return whether only its end is delivered
	 */
	boolean isNextCancelled() {
		return this.requests.stream()
			.filter(AnswerRequest::isAnswerable)
			.findFirst()
			.filter(AnswerRequest::isCancelled)
			.isPresent();
	}

	/**
	 * Handle the report that the model does not answer, which may have crossed a request.
	 * @param now the time
	 */
	void over(long now) {
		this.requests.removeIf((request) -> request.isSentBefore(now - CROSSING.toNanos()));
	}

	/**
	 * Handle the end of a response that began after texts without a request were sent: it
	 * took them into account.
	 * @param before the number of the next message when the response began
	 */
	void spokenSince(long before) {
		this.texts.replaceAll(
				(text) -> (text.state() == State.SENT && text.number() < before) ? text.in(State.ANSWERED) : text);
	}

	// A cancelled request is kept, because its answer must not be delivered however late
	private void forget(long now) {
		this.requests.removeIf((request) -> request.state() == AnswerRequest.State.SENT && !request.isCancelled()
				&& !request.isOpen(now));
	}

	/**
	 * Return the number of open requests.
	 * @param now the time
	 * @return the number
	 */
	long open(long now) {
		return this.requests.stream().filter((request) -> request.isOpen(now)).count();
	}

	/**
	 * Return whether a request of the application is open.
	 * @param now the time
	 * @return whether there is one
	 */
	boolean isAsked(long now) {
		return this.requests.stream()
			.anyMatch((request) -> request.isOpen(now) && request.origin() == Origin.APPLICATION);
	}

	/**
	 * Return whether a change of connection would interrupt a request, or separate a text
	 * from the request that is likely to follow.
	 * @param now the time
	 * @return whether the change must wait
	 */
	boolean isUnderWay(long now) {
		return open(now) > 0 || isHeld() || isUnasked(now);
	}

	// Held messages are sent automatically, and a change may occur before that is
	// reported
	private boolean isHeld() {
		return this.requests.stream().anyMatch((request) -> request.state() == AnswerRequest.State.HELD);
	}

	private boolean isUnasked(long now) {
		return now - this.lastText < UNASKED.toNanos()
				&& this.texts.stream().anyMatch((text) -> text.state() == State.SENT);
	}

	/**
	 * Return the texts of the last connection without a request, which must be repeated.
	 * @return the texts
	 */
	List<String> unasked() {
		return this.texts.stream().filter((text) -> text.state() == State.SENT).map(WrittenText::text).toList();
	}

	/**
	 * Cancel the request of a question.
	 * @param question the question
	 */
	void cancel(Question question) {
		this.requests.stream().filter((request) -> request.question() == question).forEach(AnswerRequest::giveUp);
	}

	/**
	 * Return whether the request of a question is open or held.
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
	 * Return whether the request of a question is held.
	 * @param question the question
	 * @return whether there is one
	 */
	boolean isHeld(Question question) {
		return held().stream().anyMatch((request) -> request.question() == question);
	}

	/**
	 * Return whether a request is open or held.
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
		this.requests.removeIf((request) -> request.state() == AnswerRequest.State.LATE);
		this.requests.forEach(AnswerRequest::voidCancellation);
	}

	/**
	 * Handle the end of the connection, with which sent requests are lost.
	 * @param heldFrom the number from which on messages were held, or may have been
	 * @param now the time
	 * @return whether a request was lost that is not for a question
	 */
	boolean disconnected(long heldFrom, long now) {
		boolean lost = this.requests.stream()
			.anyMatch((request) -> request.isOpen(now) && request.number() < heldFrom && request.question() == null);
		this.requests.removeIf((request) -> switch (request.state()) {
			case HELD -> false;
			case SENT -> request.number() < heldFrom;
			case ASSUMED, LATE -> true;
		});
		this.requests.forEach(AnswerRequest::hold);
		this.texts.replaceAll((text) -> (text.number() < heldFrom || text.state() != State.SENT) ? text : held(text));
		return lost;
	}

	private WrittenText held(WrittenText text) {
		this.transcript.hold(text.id());
		return text.in(State.HELD);
	}

	/**
	 * Record that held messages are sent now that there is a connection.
	 * @param now the time
	 */
	void release(long now) {
		this.transcript.release();
		this.texts.replaceAll((text) -> (text.state() == State.HELD) ? text.in(State.SENT) : text);
		this.requests.forEach((request) -> request.release(now));
	}

}
