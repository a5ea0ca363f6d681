package dev.streaming.realtime;

import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.FinishReason;
import dev.streaming.StreamChunk;
import org.jspecify.annotations.Nullable;

/**
 * Asks questions with the methods of any client, and detects responses by their chunks:
 * the first response after a question is part of its answer, and so are those after its
 * tool calls. Thread-safe; the client is not called under the lock.
 */
final class ChunkAsker implements AnswerQueue.Asker {

	private final RealtimeClient client;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private @Nullable Question current;

	@GuardedBy("lock")
	private Progress progress = Progress.NONE;

	// The id of the current response, or empty
	@GuardedBy("lock")
	private String responseId = "";

	ChunkAsker(RealtimeClient client) {
		this.client = client;
	}

	@Override
	public boolean ask(Question question) {
		if (!begin(question)) {
			return false;
		}
		try {
			this.client.sendText(question.text());
			this.client.respond(question.options());
			return true;
		}
		catch (RuntimeException ex) {
			forget(question);
			throw ex;
		}
	}

	private boolean begin(Question question) {
		this.lock.lock();
		try {
			if (this.current != null || this.progress != Progress.NONE) {
				return false;
			}
			this.current = question;
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean forget(Question question) {
		this.lock.lock();
		try {
			boolean ours = this.current == question;
			if (ours && this.progress == Progress.NONE) {
				this.current = null;
			}
			return ours;
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void cancel(Question question) {
		if (forget(question)) {
			this.client.cancel();
		}
	}

	@Override
	public boolean isHeldUp(Question question) {
		return false;
	}

	@Override
	public @Nullable Question questionOf(StreamChunk chunk) {
		this.lock.lock();
		try {
			boolean same = this.progress == Progress.NONE || chunk.responseId().isEmpty() || this.responseId.isEmpty()
					|| chunk.responseId().equals(this.responseId);
			if (!same) {
				return null;
			}
			Question owner = this.current;
			this.progress = (owner != null) ? Progress.OWN : Progress.OTHER;
			this.responseId = chunk.responseId();
			FinishReason reason = chunk.finishReason();
			if (reason != null) {
				this.responseId = "";
				this.progress = reason.isFinal() ? Progress.NONE : this.progress;
				this.current = reason.isFinal() ? null : owner;
			}
			return owner;
		}
		finally {
			this.lock.unlock();
		}
	}

	private enum Progress {

		/** No response is in progress. */
		NONE,

		/** A response to something else is in progress. */
		OTHER,

		/** A response to the question is in progress, or tools that it calls. */
		OWN

	}

}
