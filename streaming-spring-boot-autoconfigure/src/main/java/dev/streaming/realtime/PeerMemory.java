package dev.streaming.realtime;

import java.util.function.LongSupplier;

import dev.streaming.StreamingException;

/**
 * Bounds the texts that a provider can make a handler remember (rule B3). Added texts are
 * summed up to an estimate; when it reaches the limit, the remembered texts are counted,
 * so that forgotten texts need not be reported.
 * <p>
 * Not thread-safe.
 *
 * @since 1.0.0
 */
public final class PeerMemory {

	/** The limit in characters. */
	public static final long LIMIT = 16L * 1024 * 1024;

	/** The maximum length of an id or a name, in characters. */
	public static final int MAX_ID_LENGTH = 1024;

	private final String what;

	private final LongSupplier count;

	private long estimate;

	/**
	 * Create an empty memory.
	 * @param what the kind of texts, for the message of the exception
	 * @param count counts the remembered characters
	 */
	public PeerMemory(String what, LongSupplier count) {
		this.what = what;
		this.count = count;
	}

	/**
	 * Remember a text.
	 * @param characters its length
	 * @throws StreamingException if the limit is exceeded; the session must end
	 */
	public void add(long characters) {
		this.estimate += characters;
		if (this.estimate <= LIMIT) {
			return;
		}
		this.estimate = this.count.getAsLong();
		if (this.estimate > LIMIT) {
			throw new StreamingException("The provider has sent " + this.what + " of more than " + LIMIT
					+ " characters without an end, which is the limit");
		}
	}

}
