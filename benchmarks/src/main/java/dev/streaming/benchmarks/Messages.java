package dev.streaming.benchmarks;

import java.nio.charset.StandardCharsets;

/**
 * The messages that are sent.
 */
final class Messages {

	/** Bytes of a large message. */
	static final int LARGE = 32 * 1024;

	/** Bytes of a message with 20 ms of audio: 960 bytes of PCM16 at 24 kHz as base64. */
	static final int VOICE = 1_400;

	private static final int STAMP = 16;

	private Messages() {
	}

	/**
	 * Return text as that of base64.
	 * @param size its length
	 * @return the text
	 */
	static String audio(int size) {
		return "QUJD".repeat(size / 4);
	}

	/**
	 * Return an event whose delta begins with room for a time.
	 * @param size its size
	 * @return its bytes
	 */
	static byte[] event(int size) {
		return Event.encoded(size);
	}

	/**
	 * Write the present time into an event. The clocks of two processes on one machine
	 * are the same one.
	 * @param event the bytes
	 */
	static void stamp(byte[] event) {
		long now = System.nanoTime();
		for (int i = 0; i < STAMP; i++) {
			event[Event.DELTA_OFFSET + i] = (byte) Character.forDigit((int) (now >>> (60 - 4 * i)) & 0xf, 16);
		}
	}

	/**
	 * Return the age of a delta.
	 * @param delta the delta
	 * @return nanoseconds
	 */
	static long age(String delta) {
		return System.nanoTime() - Long.parseUnsignedLong(delta, 0, STAMP, 16);
	}

	/**
	 * Return a message of the given size: 200 is an event.
	 * @param size its size
	 * @return its bytes
	 */
	static byte[] of(int size) {
		return (size == Event.SIZE) ? Event.encoded() : audio(size).getBytes(StandardCharsets.US_ASCII);
	}

}
