package dev.streaming.interceptor;

import java.io.IOException;

import dev.streaming.MediaData;

/**
 * Strategy to store the records of a {@link TranscriptRecorder}. Called by one thread at
 * a time, which is not a thread of a session, so that it may block.
 *
 * @since 1.0.0
 */
@FunctionalInterface
public interface TranscriptSink extends AutoCloseable {

	/**
	 * Write an entry.
	 * @param entry the entry
	 * @throws IOException if writing fails, which is counted
	 */
	void write(TranscriptEntry entry) throws IOException;

	/**
	 * Write a piece of the model's audio. Ignored by default.
	 * @param session the id of the session
	 * @param audio raw samples
	 * @throws IOException if writing fails, which is counted
	 */
	default void write(String session, MediaData audio) throws IOException {
	}

	/**
	 * Write a piece of the user's audio. Ignored by default.
	 * @param session the id of the session
	 * @param audio raw samples
	 * @throws IOException if writing fails, which is counted
	 */
	default void writeUser(String session, MediaData audio) throws IOException {
	}

	/**
	 * Complete the record of a session that has ended.
	 * @param session the id of the session
	 * @throws IOException if its files cannot be completed
	 */
	default void ended(String session) throws IOException {
	}

	/**
	 * Close the sink.
	 * @throws IOException if the files cannot be completed
	 */
	@Override
	default void close() throws IOException {
	}

}
