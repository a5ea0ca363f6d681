package dev.streaming.gemini;

import java.util.List;
import java.util.function.LongSupplier;

import dev.streaming.Message;
import dev.streaming.gemini.OutsideMessages.OutsideText;
import org.jspecify.annotations.Nullable;

/**
 * Transitions of what the application writes and asks. A caller says first what it is
 * about to send, and takes it back if that fails. Part of {@link GeminiTurnState}, not
 * thread-safe.
 */
final class WrittenTurn {

	private final WrittenInput input;

	private final Succession succession;

	private final Link link;

	private final LongSupplier clock;

	WrittenTurn(WrittenInput input, Succession succession, Link link, LongSupplier clock) {
		this.input = input;
		this.succession = succession;
		this.link = link;
		this.clock = clock;
	}

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
		this.succession.begins();
		this.succession.completed();
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
		boolean outage = !this.link.isUp();
		this.input.sayOutside(message, texts, outage, now());
		if (complete) {
			this.succession.begins();
			this.succession.completed();
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
	 * Return the requests that wait for a connection, and may be taken back.
	 * @return a copy
	 */
	List<AnswerRequest> heldRequests() {
		return this.input.held();
	}

	/**
	 * Return the texts of the last connection that are neither answered nor repeated.
	 * @return the texts
	 */
	List<String> unasked() {
		return this.input.unasked();
	}

	private long now() {
		return this.clock.getAsLong();
	}

}
