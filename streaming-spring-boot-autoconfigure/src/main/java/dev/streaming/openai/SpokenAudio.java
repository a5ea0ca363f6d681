package dev.streaming.openai;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.MediaData;
import dev.streaming.realtime.AudioFormat;
import org.jspecify.annotations.Nullable;

/**
 * Audio of the latest answer with audio: its items, and the part of each that was heard
 * (V9). Thread-safe.
 */
final class SpokenAudio {

	/** Maximum number of items of an answer that can be truncated. */
	private static final int MAX_PARTS = 1024;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private OpenAiAudioFormat format;

	// The rate of the format, unless an endpoint other than OpenAI's reports another one
	@GuardedBy("lock")
	private int rate;

	// Parts of one answer, in the order in which they are played
	@GuardedBy("lock")
	private final List<Part> parts = new ArrayList<>();

	@GuardedBy("lock")
	private long answer = -1;

	SpokenAudio(OpenAiAudioFormat format) {
		this.format = format;
		this.rate = format.sampleRate();
	}

	/**
	 * Set the format that the provider reports.
	 * @param format the format
	 * @param rate the sample rate, or 0 for that of the format
	 */
	void format(OpenAiAudioFormat format, long rate) {
		this.lock.lock();
		try {
			this.format = format;
			this.rate = (rate > 0 && rate <= Integer.MAX_VALUE) ? (int) rate : format.sampleRate();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return the format of the output audio.
	 * @return the format
	 */
	AudioFormat outputFormat() {
		this.lock.lock();
		try {
			return this.format.common(this.rate);
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
	 * Record received audio. The latest answer with audio is the one that can be
	 * truncated.
	 * @param answer the number of the answer
	 * @param itemId the item's id
	 * @param contentIndex the part of the item
	 * @param length the number of bytes
	 * @return {@code false} if the item was truncated, so that the audio must not be
	 * played
	 */
	boolean received(long answer, String itemId, int contentIndex, int length) {
		this.lock.lock();
		try {
			if (this.answer != answer) {
				this.answer = answer;
				this.parts.clear();
			}
			Part part = find(itemId, contentIndex);
			if (part == null) {
				part = new Part(itemId, contentIndex);
				this.parts.add(part);
				if (this.parts.size() > MAX_PARTS) {
					this.parts.remove(0);
				}
			}
			if (part.heard != null) {
				return false;
			}
			part.bytes += length;
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Truncate the answer. The duration counts from the beginning of the answer over all
	 * its items: the item that was being played is truncated there, and later items are
	 * removed completely.
	 * @param heard duration of the audio that was played
	 * @return the truncations, in order; empty if there was no audio beyond that duration
	 */
	List<Cut> truncate(Duration heard) {
		this.lock.lock();
		try {
			List<Cut> cuts = new ArrayList<>();
			Duration left = heard.isNegative() ? Duration.ZERO : heard;
			for (int i = 0; i < this.parts.size(); i++) {
				Part part = this.parts.get(i);
				Duration length = lengthOf(part);
				boolean whole = left.compareTo(length) >= 0;
				if (!whole || i == this.parts.size() - 1) {
					Duration cut = whole ? length : left;
					if (!part.itemId.isEmpty() && !cut.equals(part.heard)) {
						part.heard = cut;
						cuts.add(new Cut(part.itemId, part.contentIndex, cut, share(part, cut)));
					}
				}
				left = whole ? left.minus(length) : Duration.ZERO;
			}
			return cuts;
		}
		finally {
			this.lock.unlock();
		}
	}

	@GuardedBy("lock")
	private Duration lengthOf(Part part) {
		Duration heard = part.heard;
		return (heard != null) ? heard : this.format.duration(part.bytes, this.rate);
	}

	@GuardedBy("lock")
	private double share(Part part, Duration heard) {
		long received = this.format.duration(part.bytes, this.rate).toMillis();
		return (received > 0) ? Math.min(1, (double) heard.toMillis() / received) : 1;
	}

	/**
	 * Return the share of an item's audio that a duration represents.
	 * @param itemId the item's id
	 * @param heard the duration
	 * @return from 0 to 1; 1 for an item of another answer
	 */
	double share(String itemId, Duration heard) {
		this.lock.lock();
		try {
			for (Part part : this.parts) {
				if (part.itemId.equals(itemId)) {
					return share(part, heard);
				}
			}
			return 1;
		}
		finally {
			this.lock.unlock();
		}
	}

	@GuardedBy("lock")
	private @Nullable Part find(String itemId, int contentIndex) {
		for (Part part : this.parts) {
			if (part.contentIndex == contentIndex && part.itemId.equals(itemId)) {
				return part;
			}
		}
		return null;
	}

	void reset() {
		this.lock.lock();
		try {
			this.parts.clear();
			this.answer = -1;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Truncation of an item.
	 *
	 * @param itemId the item's id
	 * @param contentIndex the part of the item
	 * @param heard duration of the audio that was played
	 * @param share the played share of the received audio, from 0 to 1
	 */
	record Cut(String itemId, int contentIndex, Duration heard, double share) {
	}

	/**
	 * Audio of one part of an item.
	 */
	private static final class Part {

		private final String itemId;

		private final int contentIndex;

		private long bytes;

		// Set when the part was truncated
		private @Nullable Duration heard;

		Part(String itemId, int contentIndex) {
			this.itemId = itemId;
			this.contentIndex = contentIndex;
		}

	}

}
