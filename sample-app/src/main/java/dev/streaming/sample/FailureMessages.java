package dev.streaming.sample;

import dev.streaming.ConnectFailedException;
import dev.streaming.ConnectionLostException;
import dev.streaming.NotConnectedException;
import dev.streaming.ReconnectFailedException;
import dev.streaming.SendFailedException;
import dev.streaming.SessionClosedException;
import dev.streaming.SessionSetupException;

/**
 * Messages for visitors about failures. The technical message of a failure is only
 * logged: it contains hosts, settings and states, which do not help a visitor and may be
 * confidential.
 */
final class FailureMessages {

	static final String NOT_REACHED = "The assistant cannot be reached at the moment. Please ask again in a few seconds.";

	static final String PROVIDER_FAILED = "The assistant had a problem with this question. Please ask again.";

	private FailureMessages() {
	}

	/**
	 * Return the message for a failure.
	 * @param failure the reason why a question was not answered
	 * @return a sentence without any part of the failure's own message
	 */
	static String messageFor(Throwable failure) {
		if (failure instanceof ConnectFailedException refused) {
			return switch (refused.statusCode().orElse(0)) {
				case 401, 403 -> "The assistant does not accept this application. Its operator has to check the key.";
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
