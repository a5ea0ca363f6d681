package dev.streaming.sample;

import dev.streaming.StreamingException;

/**
 * An answer, or the rest of it, did not come in time.
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

		/** Nothing came for too long. */
		SILENT,

		/** The whole answer took too long. */
		TOO_LONG

	}

}
