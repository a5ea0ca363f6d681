package dev.streaming.internal.relay;

import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.StreamChunk;
import org.jspecify.annotations.Nullable;

/**
 * Output to the browser: numbers the events, translates the chunks, and omits stale
 * output for a detached browser. Thread-safe; events and chunks of several threads are
 * ordered.
 */
final class BrowserOutput {

	private final FrameQueue queue;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private @Nullable ChunkTranslator translator;

	@GuardedBy("lock")
	private Presence presence = Presence.THERE;

	@GuardedBy("lock")
	private long number;

	BrowserOutput(FrameQueue queue) {
		this.queue = queue;
	}

	/**
	 * Start the output for a session.
	 * @param codec its formats of audio
	 */
	void begin(AudioCodec codec) {
		this.lock.lock();
		try {
			this.translator = new ChunkTranslator(codec, new ToQueue());
		}
		finally {
			this.lock.unlock();
		}
	}

	void event(ServerEvent event) {
		this.lock.lock();
		try {
			add(event);
		}
		finally {
			this.lock.unlock();
		}
	}

	@GuardedBy("lock")
	private void add(ServerEvent event) {
		if (event.kept()) {
			this.number++;
			this.queue.add(event.frame(this.number));
		}
		else if (this.presence == Presence.THERE) {
			this.queue.add(event.frame(0));
		}
	}

	void chunk(StreamChunk chunk) {
		this.lock.lock();
		try {
			if (this.translator != null) {
				this.translator.translate(chunk);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	void written(String text) {
		this.lock.lock();
		try {
			if (this.translator != null) {
				this.translator.written(text);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Handle a stop of the playback of an answer.
	 * @param answer the answer
	 * @return whether it can be truncated
	 */
	boolean stopped(String answer) {
		this.lock.lock();
		try {
			boolean newest = this.translator != null && this.translator.stopped(answer);
			if (newest) {
				this.queue.dropAudio();
			}
			return newest;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Record that the browser is detached.
	 */
	void detached() {
		this.lock.lock();
		try {
			this.presence = Presence.GONE;
			stale();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Resume the output to a browser.
	 * @param received the number of the last event that it has
	 * @param ready the first frame
	 */
	void attached(long received, ReadyEvent ready) {
		this.lock.lock();
		try {
			stale();
			this.presence = Presence.THERE;
			this.queue.resume(received, ready.of(!this.queue.isComplete(received)).frame(0));
		}
		finally {
			this.lock.unlock();
		}
	}

	@GuardedBy("lock")
	private void stale() {
		this.queue.dropStale();
		if (this.translator != null) {
			this.translator.detached();
		}
	}

	/**
	 * Factory for the event that reports the session.
	 */
	@FunctionalInterface
	interface ReadyEvent {

		ServerEvent of(boolean missed);

	}

	private enum Presence {

		/** A browser is attached. */
		THERE,

		/** No browser is attached: output that becomes stale is dropped. */
		GONE

	}

	/**
	 * Adds the frames of the translator to the queue. Called with the lock held.
	 */
	private final class ToQueue implements ChunkTranslator.Output {

		@Override
		public void event(ServerEvent event) {
			BrowserOutput.this.event(event);
		}

		@Override
		public void audio(byte[] pcm) {
			BrowserOutput.this.queue.add(new Frame.Audio(pcm));
		}

		@Override
		public boolean wantsAudio() {
			BrowserOutput.this.lock.lock();
			try {
				return BrowserOutput.this.presence == Presence.THERE;
			}
			finally {
				BrowserOutput.this.lock.unlock();
			}
		}

		@Override
		public void dropAudio() {
			BrowserOutput.this.queue.dropAudio();
		}

	}

}
