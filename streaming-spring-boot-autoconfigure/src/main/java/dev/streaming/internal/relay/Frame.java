package dev.streaming.internal.relay;

import java.nio.charset.StandardCharsets;

/**
 * Message to a browser.
 */
sealed interface Frame {

	/** Estimated memory of a frame in addition to its content. */
	int OVERHEAD = 64;

	/**
	 * Return the size of the message.
	 * @return bytes on the wire
	 */
	int size();

	/**
	 * Return the estimated memory of the frame.
	 * @return bytes
	 */
	default int weight() {
		return size() + OVERHEAD;
	}

	/**
	 * Event.
	 *
	 * @param number the number that the browser confirms, 0 for a transient event
	 * @param utf8 the JSON
	 */
	record Event(long number, byte[] utf8) implements Frame {

		static Event of(long number, String json) {
			return new Event(number, json.getBytes(StandardCharsets.UTF_8));
		}

		boolean isKept() {
			return this.number > 0;
		}

		@Override
		public int size() {
			return this.utf8.length;
		}

	}

	/**
	 * Audio, which becomes stale.
	 *
	 * @param pcm 16 bit little-endian mono PCM
	 */
	record Audio(byte[] pcm) implements Frame {

		@Override
		public int size() {
			return this.pcm.length;
		}

	}

}
