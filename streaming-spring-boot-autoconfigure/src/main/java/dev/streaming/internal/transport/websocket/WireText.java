package dev.streaming.internal.transport.websocket;

import java.nio.charset.StandardCharsets;

import org.springframework.web.socket.CloseStatus;

/**
 * Makes texts fit for a frame. A container that finds out for itself has written half of
 * the message by then.
 */
final class WireText {

	private static final int MAX_REASON_BYTES = 123;

	private WireText() {
	}

	/**
	 * Replace what cannot be encoded, as {@link String#getBytes} does.
	 * @param text any text
	 * @return a text without lone surrogates
	 */
	static String text(String text) {
		for (int i = 0; i < text.length(); i++) {
			if (Character.isSurrogate(text.charAt(i))) {
				boolean pair = i + 1 < text.length() && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1));
				if (!pair) {
					return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
				}
				i++;
			}
		}
		return text;
	}

	/**
	 * Shorten the reason of a close frame to what fits.
	 * @param status code and reason
	 * @return a status with a reason of at most 123 bytes
	 */
	static CloseStatus status(CloseStatus status) {
		String reason = status.getReason();
		if (reason == null) {
			return status;
		}
		String fitting = text(reason);
		while (fitting.getBytes(StandardCharsets.UTF_8).length > MAX_REASON_BYTES) {
			fitting = fitting.substring(0, fitting.offsetByCodePoints(fitting.length(), -1));
		}
		return new CloseStatus(status.getCode(), fitting);
	}

}
