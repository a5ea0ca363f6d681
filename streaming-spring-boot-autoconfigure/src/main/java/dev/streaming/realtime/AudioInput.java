package dev.streaming.realtime;

import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;

import org.springframework.util.Assert;

/**
 * Splits the input audio of a session into whole samples; an incomplete sample is kept
 * until the next piece. One for each session, owned by the provider's handler.
 * Thread-safe.
 *
 * @since 1.0.0
 */
public final class AudioInput {

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private byte[] rest = new byte[0];

	/**
	 * Return the whole samples of the kept bytes and a further piece.
	 * @param piece raw bytes
	 * @param frameSize the number of bytes of one sample of all channels
	 * @return whole samples, possibly empty
	 */
	public byte[] whole(byte[] piece, int frameSize) {
		Assert.notNull(piece, "'audio' must not be null");
		Assert.isTrue(frameSize > 0, "'frameSize' must be positive");
		this.lock.lock();
		try {
			if (this.rest.length == 0 && piece.length % frameSize == 0) {
				return piece;
			}
			byte[] all = Arrays.copyOf(this.rest, this.rest.length + piece.length);
			System.arraycopy(piece, 0, all, this.rest.length, piece.length);
			int whole = all.length - all.length % frameSize;
			this.rest = Arrays.copyOfRange(all, whole, all.length);
			return Arrays.copyOf(all, whole);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Forget the incomplete sample, because the next piece is that of another recording.
	 */
	public void reset() {
		this.lock.lock();
		try {
			this.rest = new byte[0];
		}
		finally {
			this.lock.unlock();
		}
	}

}
