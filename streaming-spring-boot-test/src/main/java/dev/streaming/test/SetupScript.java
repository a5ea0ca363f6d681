package dev.streaming.test;

import java.util.function.BiConsumer;
import java.util.function.Consumer;

import org.springframework.web.socket.CloseStatus;

/**
 * Script for the outcome of one setup of a {@link ScriptedProvider}, instead of
 * acceptance.
 *
 * @since 1.0.0
 */
public final class SetupScript {

	private final Consumer<Outcome> outcomes;

	SetupScript(Consumer<Outcome> outcomes) {
		this.outcomes = outcomes;
	}

	private void add(String description, Setup setup) {
		this.outcomes.accept(new Outcome(description, setup));
	}

	/**
	 * Answer with an error.
	 * @param code the error code
	 * @param message the error message
	 */
	public void error(String code, String message) {
		add("answered with the error " + code, (conversation, errors) -> errors.accept(code, message));
	}

	/**
	 * Close the connection.
	 * @param code the code of the close frame
	 * @param reason the reason in the close frame
	 */
	public void close(int code, String reason) {
		add("closed with " + code, (conversation, errors) -> conversation.close(new CloseStatus(code, reason)));
	}

	/**
	 * Reset the connection.
	 */
	public void drop() {
		add("dropped", (conversation, errors) -> conversation.drop());
	}

	/**
	 * Do not respond.
	 */
	public void staySilent() {
		add("not answered", (conversation, errors) -> conversation.said("(silence)"));
	}

	/**
	 * Response to a setup instead of acceptance.
	 */
	@FunctionalInterface
	interface Setup {

		void apply(Conversation conversation, BiConsumer<String, String> errors);

	}

	/**
	 * Outcome of a setup.
	 *
	 * @param description the description for a failure message
	 * @param setup the response
	 */
	record Outcome(String description, Setup setup) {

	}

}
