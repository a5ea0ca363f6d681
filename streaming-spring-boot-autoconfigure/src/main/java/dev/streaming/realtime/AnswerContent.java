package dev.streaming.realtime;

import java.io.ByteArrayOutputStream;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.MediaData;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import dev.streaming.Usage;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Content of an answer as far as it was taken: its text, its usage, and its audio unless
 * that was delivered to an iterator or a subscriber. Bounded. Thread-safe.
 */
final class AnswerContent {

	/** Maximum length of the text, in characters (B3). */
	static final int MAX_TEXT = 16 * 1024 * 1024;

	/** Maximum size of the audio: more than half an hour of PCM at 24 kHz. */
	static final int MAX_AUDIO = 128 * 1024 * 1024;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private final StringBuilder text = new StringBuilder();

	// Start of the text of the current response
	@GuardedBy("lock")
	private int responseStart;

	@GuardedBy("lock")
	private final ByteArrayOutputStream audio = new ByteArrayOutputStream();

	@GuardedBy("lock")
	private AudioState audioState = AudioState.KEPT;

	@GuardedBy("lock")
	private boolean textTooLong;

	@GuardedBy("lock")
	private Usage total = new Usage(0, 0, 0);

	// Usage of the current response, reported before its end
	@GuardedBy("lock")
	private @Nullable Usage told;

	/**
	 * Add a chunk.
	 * @param chunk the chunk
	 * @param keepingAudio whether to retain its audio
	 */
	void add(StreamChunk chunk, boolean keepingAudio) {
		this.lock.lock();
		try {
			String delta = chunk.delta();
			if (delta.isEmpty() && chunk.finishReason() == null) {
				replaceResponse(chunk.content());
			}
			append(delta);
			addAudio(chunk.media(), keepingAudio);
			if (chunk.usage() != null) {
				this.told = chunk.usage();
			}
			if (chunk.finishReason() != null) {
				endResponse(chunk.content());
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	@GuardedBy("lock")
	private void append(String delta) {
		if (this.text.length() + delta.length() > MAX_TEXT) {
			this.textTooLong = true;
		}
		else {
			this.text.append(delta);
		}
	}

	@GuardedBy("lock")
	private void addAudio(@Nullable MediaData media, boolean keeping) {
		if (media == null || !media.mimeType().startsWith("audio/") || this.audioState != AudioState.KEPT) {
			return;
		}
		if (!keeping) {
			this.audioState = AudioState.TAKEN;
		}
		else if (this.audio.size() + media.size() > MAX_AUDIO) {
			this.audioState = AudioState.TOO_LONG;
		}
		else {
			this.audio.writeBytes(media.data());
		}
		if (this.audioState != AudioState.KEPT) {
			this.audio.reset();
		}
	}

	// The end may have the whole text if the provider sends no deltas or replaces them
	@GuardedBy("lock")
	private void endResponse(String whole) {
		replaceResponse(whole);
		this.responseStart = this.text.length();
		if (this.told != null) {
			this.total = this.total.plus(this.told);
			this.told = null;
		}
	}

	@GuardedBy("lock")
	private void replaceResponse(String whole) {
		if (!whole.isEmpty()) {
			this.text.setLength(this.responseStart);
			append(whole);
		}
	}

	String text() {
		this.lock.lock();
		try {
			if (this.textTooLong) {
				throw new StreamingException("The text of the answer has more than " + MAX_TEXT
						+ " characters, which is the limit of Answer.text(); iterate over the answer");
			}
			return this.text.toString();
		}
		finally {
			this.lock.unlock();
		}
	}

	byte[] audio() {
		this.lock.lock();
		try {
			if (this.audioState == AudioState.TOO_LONG) {
				throw new StreamingException("The audio of the answer has more than " + MAX_AUDIO
						+ " bytes, which is the limit of Answer.audio(); iterate over the answer");
			}
			Assert.state(this.audioState == AudioState.KEPT,
					"The audio of the answer was taken by an iterator or a subscriber, and is not kept");
			return this.audio.toByteArray();
		}
		finally {
			this.lock.unlock();
		}
	}

	Usage usage() {
		this.lock.lock();
		try {
			return (this.told != null) ? this.total.plus(this.told) : this.total;
		}
		finally {
			this.lock.unlock();
		}
	}

	private enum AudioState {

		/** All audio so far is retained. */
		KEPT,

		/** Audio was delivered to an iterator or a subscriber. */
		TAKEN,

		/** There is more audio than is retained. */
		TOO_LONG

	}

}
