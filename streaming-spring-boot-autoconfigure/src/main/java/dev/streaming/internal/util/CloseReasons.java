package dev.streaming.internal.util;

import org.springframework.util.Assert;
import org.springframework.web.socket.CloseStatus;

/**
 * Utility methods for codes and reasons of close frames.
 */
public final class CloseReasons {

	/**
	 * Maximum length of a reason: a control frame has 125 bytes, two of which are the
	 * code.
	 */
	private static final int MAX_BYTES = 123;

	private CloseReasons() {
	}

	/**
	 * Return a sendable status.
	 * @param status code and reason
	 * @return the status, with its reason truncated to the maximum length
	 * @throws IllegalArgumentException if the code must not be sent
	 */
	public static CloseStatus sendable(CloseStatus status) {
		Assert.notNull(status, "'status' must not be null");
		int code = status.getCode();
		Assert.isTrue(isSendable(code),
				() -> "Close code " + code + " may not be sent; use 1000 to 1003, 1007 to 1014, or 3000 to 4999");
		return fitting(status);
	}

	/**
	 * Return whether a code may be sent in a close frame.
	 * @param code the code
	 * @return whether it may
	 */
	public static boolean isSendable(int code) {
		return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006)
				|| (code >= 3000 && code <= 4999);
	}

	/**
	 * Return a status whose reason fits.
	 * @param status code and reason
	 * @return the status, with a reason that can be encoded and has at most 123 bytes
	 */
	public static CloseStatus fitting(CloseStatus status) {
		String reason = status.getReason();
		if (reason == null) {
			return status;
		}
		String fitting = cut(Utf8.encodable(reason));
		return fitting.equals(reason) ? status : new CloseStatus(status.getCode(), fitting);
	}

	private static String cut(String reason) {
		if (Utf8.length(reason) <= MAX_BYTES) {
			return reason;
		}
		long bytes = 0;
		int end = 0;
		while (end < reason.length()) {
			int next = reason.offsetByCodePoints(end, 1);
			bytes += Utf8.lengthOfPart(reason.substring(end, next));
			if (bytes > MAX_BYTES) {
				break;
			}
			end = next;
		}
		return reason.substring(0, end);
	}

}
