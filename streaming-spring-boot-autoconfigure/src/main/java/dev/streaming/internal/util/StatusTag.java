package dev.streaming.internal.util;

/**
 * Values of the tag {@code status}. A server can respond with any number, so the set of
 * values is limited, because each one is another time series of a meter (B4).
 */
public final class StatusTag {

	private static final int MIN_STATUS = 100;

	private static final int MAX_STATUS = 599;

	private StatusTag() {
	}

	/**
	 * Return the value for a status.
	 * @param statusCode the HTTP status as the server sent it, or 0 if there was none
	 * @return a number from 100 to 599, {@code other}, or {@code none}
	 */
	public static String of(int statusCode) {
		if (statusCode == 0) {
			return "none";
		}
		return (statusCode >= MIN_STATUS && statusCode <= MAX_STATUS) ? String.valueOf(statusCode) : "other";
	}

}
