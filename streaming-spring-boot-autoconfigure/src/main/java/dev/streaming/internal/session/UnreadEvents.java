package dev.streaming.internal.session;

import java.util.Deque;
import java.util.Iterator;
import java.util.function.Predicate;

import dev.streaming.StreamChunk;
import dev.streaming.StreamChunk.Kind;

/**
 * Events in a channel without a reader, because the application only reads the answers to
 * its questions. They are replaced by newer ones, so that they do not block these
 * answers. All chunks are kept as soon as one was taken from the channel. Guarded by the
 * lock of the channel.
 */
final class UnreadEvents {

	private static final Predicate<StreamChunk> EVENTS = (chunk) -> chunk.kind() == Kind.EVENT;

	private static final Predicate<StreamChunk> PLAIN_EVENTS = EVENTS
		.and((chunk) -> chunk.error() == null && !chunk.reset() && !chunk.interrupted());

	private Reader reader = Reader.EXPECTED;

	/**
	 * Record that chunks are set apart, so that the channel may have no reader.
	 * @return whether this changed the state
	 */
	boolean setApart() {
		boolean changes = this.reader == Reader.EXPECTED;
		this.reader = changes ? Reader.ABSENT : this.reader;
		return changes;
	}

	/**
	 * Record a reader of the channel.
	 */
	void read() {
		this.reader = Reader.PRESENT;
	}

	/**
	 * Return whether there is an event that can be removed.
	 * @param queue the chunks in the channel
	 * @return whether there is one
	 */
	boolean isAnyIn(Deque<StreamChunk> queue) {
		return this.reader == Reader.ABSENT && queue.stream().anyMatch(EVENTS);
	}

	/**
	 * Remove the oldest event, preferably one without a failure.
	 * @param queue the chunks in the channel
	 * @return whether there was one
	 */
	boolean removeOldestFrom(Deque<StreamChunk> queue) {
		return this.reader == Reader.ABSENT && (removeFirst(queue, PLAIN_EVENTS) || removeFirst(queue, EVENTS));
	}

	private static boolean removeFirst(Deque<StreamChunk> queue, Predicate<StreamChunk> events) {
		for (Iterator<StreamChunk> each = queue.iterator(); each.hasNext();) {
			if (events.test(each.next())) {
				each.remove();
				return true;
			}
		}
		return false;
	}

	private enum Reader {

		/** All chunks are delivered to this channel, so it must have a reader. */
		EXPECTED,

		/** Some chunks are delivered elsewhere, and none was taken from this channel. */
		ABSENT,

		/** There is, or was, a reader. */
		PRESENT

	}

}
