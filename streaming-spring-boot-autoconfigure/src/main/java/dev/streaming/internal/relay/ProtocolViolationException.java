package dev.streaming.internal.relay;

/**
 * Exception for a protocol violation of a browser. The message has the reason, but no
 * text of the browser.
 */
final class ProtocolViolationException extends Exception {

	private static final long serialVersionUID = 1L;

	ProtocolViolationException(String message) {
		super(message);
	}

}
