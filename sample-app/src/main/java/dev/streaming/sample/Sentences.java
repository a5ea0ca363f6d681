package dev.streaming.sample;

import dev.streaming.ConnectFailedException;
import dev.streaming.ConnectionLostException;
import dev.streaming.NotConnectedException;
import dev.streaming.ReconnectFailedException;
import dev.streaming.SendFailedException;
import dev.streaming.SessionClosedException;
import dev.streaming.SessionSetupException;

/**
 * Failures in words for the people who chat. The technical words are for the log: they
 * name hosts, settings and states, which help no visitor and are none of a visitor's
 * business.
 */
final class Sentences {

	static final String NOT_REACHED = "The assistant cannot be reached at the moment. Please ask again in a few seconds.";

	static final String PROVIDER_FAILED = "The assistant had a problem with this question. Please ask again.";

	private Sentences() {
	}

	/**
	 * Return a sentence for a failure.
	 * @param failure what kept a question from being answered
	 * @return the sentence, without anything from the failure's message
	 */
	static String of(Throwable failure) {
		if (failure instanceof ConnectFailedException refused) {
			return switch (refused.statusCode().orElse(0)) {
				case 401, 403 ->
					"The assistant does not know this application. Whoever runs it has to look at its key.";
				case 429 -> "The assistant has too much to do at the moment. Please ask again in a minute.";
				default -> NOT_REACHED;
			};
		}
		if (failure instanceof NotConnectedException || failure instanceof ConnectionLostException
				|| failure instanceof ReconnectFailedException || failure instanceof SendFailedException
				|| failure instanceof SessionSetupException) {
			return NOT_REACHED;
		}
		if (failure instanceof SessionClosedException) {
			return "This conversation has ended. Ask again to begin a new one.";
		}
		if (failure instanceof NoAnswerException late) {
			return switch (late.reason()) {
				case SILENT -> "The assistant did not answer. Please ask again.";
				case TOO_LONG -> "This answer took too long and was stopped.";
			};
		}
		return "Something went wrong. Please ask again.";
	}

}
