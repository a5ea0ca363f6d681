package dev.streaming.gemini;

import java.util.List;
import java.util.function.LongSupplier;

import dev.streaming.Message;
import dev.streaming.gemini.OutsideMessages.OutsideText;
import org.jspecify.annotations.Nullable;

/**
 * Transitions of the texts and requests of the application. A caller records a message
 * before it is sent, and reverts that if sending fails. Part of {@link GeminiTurnState},
 * not thread-safe.
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
	 * Record a text that is sent with the next request.
	 * @param text the text
	 */
	void keeping(String text) {
		this.input.keep(text);
	}

	/**
	 * Record a text that is sent at once, and not answered yet.
	 * @param text the text
	 * @param outage whether it is held until there is a connection
	 * @return the text
	 */
	WrittenText saying(String text, boolean outage) {
		return this.input.say(text, outage, now());
	}

	/**
	 * Record a text of the model, which needs no answer.
	 * @param text the text
	 * @param outage whether it is held until there is a connection
	 * @return the id of the text
	 */
	String sayingForModel(String text, boolean outage) {
		return this.input.sayForModel(text, outage);
	}

	/**
	 * Revert a text of the model that could not be sent.
	 * @param id its id
	 */
	void notSaidForModel(String id) {
		this.input.takeBack(id);
	}

	/**
	 * Revert a text that could not be sent.
	 * @param text the text
	 */
	void notSaid(WrittenText text) {
		this.input.takeBack(text);
	}

	/**
	 * Return the message that requests the answer to the texts.
	 * @return the message, or {@code null} if there are none
	 */
	@Nullable Message question() {
		return this.input.question();
	}

	/**
	 * Record a request for the answer to the texts.
	 * @param message the message of the request
	 * @param outage whether it is held until there is a connection
	 * @return the request
	 */
	AnswerRequest asking(Message message, boolean outage) {
		this.succession.begins();
		this.succession.completed();
		return this.input.ask(message, outage, now());
	}

	/**
	 * Revert a request that could not be sent or was withdrawn: its texts wait for
	 * another one.
	 * @param request the request
	 */
	void notAsked(AnswerRequest request) {
		this.input.takeBack(request);
	}

	/**
	 * Record a raw message before the application sends it.
	 * @param message the message
	 * @param texts the texts
	 * @param complete whether the model must answer
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
	 * Revert a raw message that could not be sent.
	 * @param message the message
	 */
	void notWrittenOutside(Message message) {
		this.input.takeBackOutside(message);
	}

	/**
	 * Return the held requests, which may be withdrawn.
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
