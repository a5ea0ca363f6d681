package dev.streaming.openai;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * Keeps the rule of one response at a time: a request made while one is active waits for
 * its end. Also knows whose turn it is. Thread-safe; sends nothing itself, but answers
 * with the id of the request that is to be sent now.
 */
final class ResponseSequencer {

	/** A response that the provider told of without an id. */
	private static final String UNNAMED = "";

	private static final int REMEMBERED = 16;

	private final ClientEvents events;

	private final ReentrantLock lock = new ReentrantLock();

	// All below is guarded by lock

	private final Set<String> active = new LinkedHashSet<>();

	// Events of an ended response may straggle
	private final Set<String> finished = new LinkedHashSet<>();

	// A response.create is on its way, and its response not yet created
	private @Nullable String requested;

	// The request that the active response is taken for the answer to. A refusal that
	// follows shows that the response was the provider's own
	private @Nullable String answered;

	// Of the request under way, or taken for answered: nobody wants it any more
	private boolean cancelled;

	// It was made in an outage, and goes out behind the setup of the next connection
	private boolean held;

	private boolean queued;

	// The request under way or waiting came with a tool's result, not from the caller
	private boolean automatic;

	// The provider hears the user, and will answer by itself
	private boolean speaking;

	// There is audio of the user that the application has to ask the answer to
	private boolean unanswered;

	ResponseSequencer(ClientEvents events) {
		this.events = events;
	}

	/**
	 * Ask for a response.
	 * @param byTool whether for a tool's result: one that the caller then asks for too is
	 * the same, and while the user speaks there is none, as the provider will answer both
	 * @param held whether there is no connection, so that it may be held back
	 * @return the id of the request to send now, or {@code null} for none
	 */
	@Nullable String request(boolean byTool, boolean held) {
		this.lock.lock();
		try {
			if (byTool && this.speaking) {
				return null;
			}
			if (!byTool && this.automatic) {
				this.automatic = false;
				return null;
			}
			this.automatic = byTool;
			this.queued = true;
			String request = next();
			this.held |= held && request != null;
			return request;
		}
		finally {
			this.lock.unlock();
		}
	}

	private @Nullable String next() {
		if (!this.queued || this.requested != null || !this.active.isEmpty()) {
			return null;
		}
		this.queued = false;
		this.answered = null;
		this.cancelled = false;
		this.requested = this.events.nextId("response_");
		this.held = false;
		return this.requested;
	}

	/**
	 * Something new was said, which a request made before does not cover.
	 */
	void input() {
		this.lock.lock();
		try {
			this.automatic = false;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * A request could not be sent.
	 * @param request its id
	 */
	void unsent(String request) {
		this.lock.lock();
		try {
			if (request.equals(this.requested)) {
				this.requested = null;
				this.automatic = false;
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The provider refused a request.
	 * @param request its id, or {@code null} if the provider did not say: then the one
	 * that is under way, as it would be waited for in vain
	 * @return the id of the request to send now, or {@code null} for none
	 */
	@Nullable String refused(@Nullable String request) {
		this.lock.lock();
		try {
			if (!isUnderWay(request)) {
				return null;
			}
			this.requested = null;
			this.automatic = false;
			return next();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * A request met a response that is active, one of the provider's own accord that we
	 * did not know of: it waits. The provider may have told of that response already.
	 * @param request its id, or {@code null} if the provider did not say
	 * @return whether it is ours, and under way
	 */
	boolean collided(@Nullable String request) {
		this.lock.lock();
		try {
			boolean overtaken = this.answered != null && (request == null || request.equals(this.answered));
			if (!overtaken && !isUnderWay(request)) {
				return false;
			}
			this.requested = null;
			this.answered = null;
			this.queued |= !this.cancelled;
			if (this.active.isEmpty()) {
				this.active.add(UNNAMED);
			}
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean isUnderWay(@Nullable String request) {
		return this.requested != null && (request == null || request.equals(this.requested));
	}

	/**
	 * A response begins. It is a new one, even where the provider uses its ids again.
	 * @param response its id, or empty
	 */
	void created(String response) {
		this.lock.lock();
		try {
			this.finished.remove(response);
			active(response);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * A response is active.
	 * @param response its id, or empty
	 */
	void active(String response) {
		this.lock.lock();
		try {
			if (!this.finished.contains(response)) {
				this.answered = (this.requested != null) ? this.requested : this.answered;
				this.requested = null;
				this.speaking = false;
				this.unanswered = false;
				this.active.remove(UNNAMED);
				this.active.add(response);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * A response is over.
	 * @param response its id, or empty
	 * @return the id of the request to send now, or {@code null} for none
	 */
	@Nullable String finished(String response) {
		this.lock.lock();
		try {
			if (response.isEmpty()) {
				this.active.clear();
			}
			else {
				this.active.remove(response);
				this.active.remove(UNNAMED);
				this.finished.add(response);
				if (this.finished.size() > REMEMBERED) {
					this.finished.remove(this.finished.iterator().next());
				}
			}
			this.answered = this.active.isEmpty() ? null : this.answered;
			this.automatic &= this.queued;
			return next();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Forget a request that waits.
	 * @return whether there is a response to cancel
	 */
	boolean cancel() {
		this.lock.lock();
		try {
			this.queued = false;
			this.cancelled = true;
			this.automatic = false;
			return this.requested != null || !this.active.isEmpty();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Say whether the provider hears the user and will answer.
	 * @param speaking whether that is so
	 */
	void speaking(boolean speaking) {
		this.lock.lock();
		try {
			this.speaking = speaking;
			this.automatic &= !speaking;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Say whether there is audio that the application has to ask the answer to.
	 * @param unanswered whether that is so
	 */
	void unanswered(boolean unanswered) {
		this.lock.lock();
		try {
			this.unanswered = unanswered;
		}
		finally {
			this.lock.unlock();
		}
	}

	boolean isActive() {
		this.lock.lock();
		try {
			return !this.active.isEmpty();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return whether the connection that has gone took a turn with it, be it the user's.
	 * @return whether it did; a request that is still to come does not count
	 */
	boolean isTurnLost() {
		this.lock.lock();
		try {
			boolean asked = this.queued || this.requested != null;
			return (asked && !this.held) || this.speaking || this.unanswered || !this.active.isEmpty();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return whether a turn is under way, be it the user's.
	 * @return whether a change of connection would cut it
	 */
	boolean isTurnInFlight() {
		this.lock.lock();
		try {
			return this.queued || this.speaking || this.unanswered || this.requested != null || !this.active.isEmpty();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * There is a connection again, and a request that was held back goes out now.
	 */
	void released() {
		this.lock.lock();
		try {
			this.held = false;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The connection is gone, and all this with it, apart from requests that were held
	 * back.
	 */
	void reset() {
		this.lock.lock();
		try {
			this.active.clear();
			this.finished.clear();
			this.requested = this.held ? this.requested : null;
			this.answered = null;
			this.queued &= this.held;
			this.automatic &= this.held;
			this.speaking = false;
			this.unanswered = false;
		}
		finally {
			this.lock.unlock();
		}
	}

}
