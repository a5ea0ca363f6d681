package dev.streaming.sample;

import dev.streaming.StreamingException;

/**
 * Exception for an answer that was not received, or not completed, in time.
 */
class NoAnswerException extends StreamingException {

	private static final long serialVersionUID = 1L;

	private final Reason reason;

	NoAnswerException(Reason reason, String message) {
		super(message);
		this.reason = reason;
	}

	Reason reason() {
		return this.reason;
	}

	/**
	 * The limit that was exceeded.
	 */
	enum Reason {

		/** There was no chunk for too long. */
		SILENT,

		/** The whole answer took too long. */
		TOO_LONG

	}

}
