package dev.streaming.openai;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

import dev.streaming.MediaData;
import org.jspecify.annotations.Nullable;

/**
 * How much audio there is of the newest item that has any, and how much of it counts.
 * Thread-safe.
 */
final class SpokenAudio {

	private final ReentrantLock lock = new ReentrantLock();

	// All below is guarded by lock

	private AudioFormat format;

	// The format's own, unless an endpoint that is not OpenAI's tells another
	private int rate;

	private String itemId = "";

	private int contentIndex;

	private long bytes;

	private @Nullable Duration heard;

	// What comes now is of another response
	private boolean next;

	SpokenAudio(AudioFormat format) {
		this.format = format;
		this.rate = format.sampleRate();
	}

	/**
	 * The provider tells the format.
	 * @param format the format
	 * @param rate its samples a second, or 0 for the usual ones
	 */
	void format(AudioFormat format, long rate) {
		this.lock.lock();
		try {
			this.format = format;
			this.rate = (rate > 0 && rate <= Integer.MAX_VALUE) ? (int) rate : format.sampleRate();
		}
		finally {
			this.lock.unlock();
		}
	}

	MediaData media(byte[] data) {
		this.lock.lock();
		try {
			return this.format.media(data, this.rate);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * A response begins. Until it has audio, what was heard last is what can be
	 * truncated.
	 */
	void responseCreated() {
		this.lock.lock();
		try {
			this.next = true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Audio has come.
	 * @param itemId the item's id
	 * @param contentIndex the part of the item
	 * @param length how many bytes
	 * @return whether it may be played; not if the item was truncated
	 */
	boolean received(String itemId, int contentIndex, int length) {
		this.lock.lock();
		try {
			if (this.next || !this.itemId.equals(itemId) || this.contentIndex != contentIndex) {
				this.next = false;
				this.itemId = itemId;
				this.contentIndex = contentIndex;
				this.bytes = 0;
				this.heard = null;
			}
			if (this.heard != null) {
				return false;
			}
			this.bytes += length;
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The user has interrupted.
	 * @param heard how much was played
	 * @return what to tell, or {@code null} if there was no audio, or less was told
	 * before
	 */
	@Nullable Cut truncate(Duration heard) {
		this.lock.lock();
		try {
			Duration received = (this.heard != null) ? this.heard : this.format.duration(this.bytes, this.rate);
			Duration limited = (heard.compareTo(received) < 0) ? heard : received;
			if (this.itemId.isEmpty() || (this.heard != null && limited.equals(this.heard))) {
				return null;
			}
			this.heard = limited.isNegative() ? Duration.ZERO : limited;
			return new Cut(this.itemId, this.contentIndex, this.heard);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return what share of an item's audio a time is.
	 * @param itemId the item's id
	 * @param heard the time
	 * @return from 0 to 1; 1 for an item that is not the newest
	 */
	double share(String itemId, Duration heard) {
		this.lock.lock();
		try {
			long received = this.format.duration(this.bytes, this.rate).toMillis();
			return (this.itemId.equals(itemId) && received > 0) ? Math.min(1, (double) heard.toMillis() / received) : 1;
		}
		finally {
			this.lock.unlock();
		}
	}

	void reset() {
		this.lock.lock();
		try {
			this.itemId = "";
			this.bytes = 0;
			this.heard = null;
			this.next = false;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Where an item is cut.
	 *
	 * @param itemId the item's id
	 * @param contentIndex the part of the item
	 * @param heard how much of it was played
	 */
	record Cut(String itemId, int contentIndex, Duration heard) {
	}

}
