package dev.streaming.internal.session;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.Usage;

/**
 * Running total of the usage of a session. A provider may report the usage of one
 * response repeatedly, each time cumulatively: then only the difference counts.
 * Thread-safe.
 */
final class UsageTotal {

	/** Maximum number of responses whose usage is remembered. */
	private static final int REMEMBERED = 64;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private final Map<String, Usage> responses = new LinkedHashMap<>();

	// Written under the lock; read by any thread
	private volatile Usage total = Usage.NONE;

	Usage total() {
		return this.total;
	}

	/**
	 * Add the usage of a response.
	 * @param responseId the id of the response, or empty if unknown
	 * @param reported the reported usage
	 * @return the usage that was not reported before
	 */
	Usage add(String responseId, Usage reported) {
		this.lock.lock();
		try {
			Usage before = responseId.isEmpty() ? null : this.responses.put(responseId, reported);
			if (this.responses.size() > REMEMBERED) {
				this.responses.remove(this.responses.keySet().iterator().next());
			}
			Usage added = (before != null && includes(reported, before)) ? reported.minus(before) : reported;
			this.total = this.total.plus(added);
			return added;
		}
		finally {
			this.lock.unlock();
		}
	}

	private static boolean includes(Usage reported, Usage before) {
		return reported.totalTokens() >= before.totalTokens() && reported.inputTokens() >= before.inputTokens()
				&& reported.outputTokens() >= before.outputTokens();
	}

	/**
	 * Forget the ids of responses, which may be reused on another connection.
	 */
	void connectionEnded() {
		this.lock.lock();
		try {
			this.responses.clear();
		}
		finally {
			this.lock.unlock();
		}
	}

}
