package dev.streaming.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/**
 * Log of all dials and messages of a provider during a test. Thread-safe.
 */
final class Log {

	/** Maximum number of lines of a transcript in failure messages. */
	private static final int SHOWN = 60;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private final List<String> lines = new ArrayList<>();

	@GuardedBy("lock")
	private final List<Received> received = new ArrayList<>();

	@GuardedBy("lock")
	private final List<Dialled> dials = new ArrayList<>();

	@GuardedBy("lock")
	private Duration audio = Duration.ZERO;

	@GuardedBy("lock")
	private int connections;

	@GuardedBy("lock")
	private int before;

	void dialled(Dialled dial) {
		this.lock.lock();
		try {
			this.dials.add(dial);
			line("dial " + dial);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Record a new connection.
	 * @return its number, unique for the provider
	 */
	int connected() {
		this.lock.lock();
		try {
			return ++this.connections;
		}
		finally {
			this.lock.unlock();
		}
	}

	void received(Received message) {
		this.lock.lock();
		try {
			Received numbered = new Received(number(message.connection()), message.kind(), message.text(),
					message.audio(), message.json());
			this.received.add(numbered);
			if (message.kind() == Received.Kind.AUDIO) {
				this.audio = this.audio.plus(message.audio());
				return;
			}
			line(numbered.connection() + " > " + numbered.describe());
		}
		finally {
			this.lock.unlock();
		}
	}

	void said(int connection, String what) {
		this.lock.lock();
		try {
			line(number(connection) + " < " + Received.abbreviated(what));
		}
		finally {
			this.lock.unlock();
		}
	}

	// Consecutive pieces of audio are one line
	@GuardedBy("lock")
	private void line(String line) {
		if (!this.audio.isZero()) {
			this.lines.add("  > AUDIO " + this.audio.toMillis() + " ms");
			this.audio = Duration.ZERO;
		}
		this.lines.add(line);
	}

	@GuardedBy("lock")
	private int number(int connection) {
		return connection - this.before;
	}

	List<Received> received() {
		this.lock.lock();
		try {
			return List.copyOf(this.received);
		}
		finally {
			this.lock.unlock();
		}
	}

	List<Dialled> dials() {
		this.lock.lock();
		try {
			return List.copyOf(this.dials);
		}
		finally {
			this.lock.unlock();
		}
	}

	int connections() {
		this.lock.lock();
		try {
			return this.connections - this.before;
		}
		finally {
			this.lock.unlock();
		}
	}

	String transcript() {
		this.lock.lock();
		try {
			if (this.lines.isEmpty() && this.audio.isZero()) {
				return "(empty)";
			}
			int from = Math.max(0, this.lines.size() - SHOWN);
			String shown = String.join("\n", this.lines.subList(from, this.lines.size()));
			String audio = this.audio.isZero() ? "" : "\n  > AUDIO " + this.audio.toMillis() + " ms";
			return ((from > 0) ? "(" + from + " lines before)\n" : "") + shown + audio;
		}
		finally {
			this.lock.unlock();
		}
	}

	void clear() {
		this.lock.lock();
		try {
			this.lines.clear();
			this.received.clear();
			this.dials.clear();
			this.audio = Duration.ZERO;
			this.before = this.connections;
		}
		finally {
			this.lock.unlock();
		}
	}

}
