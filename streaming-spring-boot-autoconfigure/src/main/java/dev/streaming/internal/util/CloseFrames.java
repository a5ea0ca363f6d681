package dev.streaming.internal.util;

import java.nio.charset.StandardCharsets;

import org.springframework.util.Assert;
import org.springframework.web.socket.CloseStatus;

/**
 * What may be sent in a close frame.
 */
public final class CloseFrames {

	/** A control frame has 125 bytes, two of which are the code. */
	private static final int MAX_REASON_BYTES = 123;

	private CloseFrames() {
	}

	/**
	 * Check the code and cut the reason to what fits.
	 * @param status code and reason
	 * @return a status that can be sent
	 */
	public static CloseStatus sendable(CloseStatus status) {
		Assert.notNull(status, "'status' must not be null");
		int code = status.getCode();
		boolean allowed = (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006)
				|| (code >= 3000 && code <= 4999);
		Assert.isTrue(allowed,
				() -> "Close code " + code + " may not be sent; use 1000 to 1003, 1007 to 1014, or 3000 to 4999");
		String reason = status.getReason();
		if (reason == null || reason.getBytes(StandardCharsets.UTF_8).length <= MAX_REASON_BYTES) {
			return status;
		}
		return new CloseStatus(code, cut(reason));
	}

	private static String cut(String reason) {
		int bytes = 0;
		int end = 0;
		while (end < reason.length()) {
			int codePoint = reason.codePointAt(end);
			bytes += new String(Character.toChars(codePoint)).getBytes(StandardCharsets.UTF_8).length;
			if (bytes > MAX_REASON_BYTES) {
				break;
			}
			end += Character.charCount(codePoint);
		}
		return reason.substring(0, end);
	}

}
