package dev.streaming.sample;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.SessionFactory;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/**
 * Registry of all visitors, which enforces the limits. An answer requires a permit, and a
 * visitor has one answer at a time. Beyond the maximum number of visitors an idle one is
 * evicted: one that never returned, otherwise the one with the oldest last question.
 * Thread-safe.
 */
@Component
@EnableConfigurationProperties(ChatProperties.class)
class Visitors {

	private static final String ATTRIBUTE = Visitor.class.getName();

	private static final Duration RETRY_AFTER_BUSY = Duration.ofSeconds(1);

	private static final Duration RETRY_AFTER_OVERLOAD = Duration.ofSeconds(5);

	private final SessionFactory sessions;

	private final ChatProperties properties;

	private final Semaphore permits;

	private final ReentrantLock lock = new ReentrantLock();

	// In the order of their last questions
	@GuardedBy("lock")
	private final Set<Visitor> visitors = new LinkedHashSet<>();

	Visitors(SessionFactory sessions, ChatProperties properties) {
		this.sessions = sessions;
		this.properties = properties;
		this.permits = new Semaphore(properties.maxAnswers());
	}

	/**
	 * Begin an answer for the visitor of a request; {@link #endAnswer} must follow. A
	 * rejected request has no effect.
	 * @param request the request
	 * @return the visitor
	 * @throws RefusedException with 429 if an answer of this visitor is in progress, with
	 * 503 if there is no permit
	 */
	Visitor beginAnswer(HttpServletRequest request) {
		if (!this.permits.tryAcquire()) {
			throw new RefusedException(HttpStatus.SERVICE_UNAVAILABLE,
					"There are too many questions at the moment. Please ask again in a few seconds.",
					RETRY_AFTER_OVERLOAD);
		}
		try {
			HttpSession http = request.getSession();
			Visitor known = known(http);
			return (known != null) ? again(known) : first(http);
		}
		catch (RuntimeException ex) {
			this.permits.release();
			throw ex;
		}
	}

	private Visitor again(Visitor visitor) {
		if (!visitor.beginAnswer()) {
			throw new RefusedException(HttpStatus.TOO_MANY_REQUESTS,
					"Your last question is still being answered. Please wait for the end, or stop the answer.",
					RETRY_AFTER_BUSY);
		}
		this.lock.lock();
		try {
			if (this.visitors.remove(visitor)) {
				this.visitors.add(visitor);
			}
		}
		finally {
			this.lock.unlock();
		}
		return visitor;
	}

	private Visitor first(HttpSession http) {
		Visitor visitor = new Visitor(http, new Assistant(this.sessions, this.properties, VisitorId.of(http.getId())),
				this::remove);
		visitor.beginAnswer();
		http.setAttribute(ATTRIBUTE, visitor);
		add(visitor).forEach(Visitor::invalidate);
		if (visitor.state() == Visitor.State.ENDED) {
			// The HTTP session has ended meanwhile
			remove(visitor);
		}
		return visitor;
	}

	private List<Visitor> add(Visitor visitor) {
		List<Visitor> going = new ArrayList<>();
		this.lock.lock();
		try {
			evict((each) -> !each.hasReturned(), going);
			evict((each) -> true, going);
			this.visitors.add(visitor);
		}
		finally {
			this.lock.unlock();
		}
		return going;
	}

	@GuardedBy("lock")
	private void evict(Predicate<Visitor> whose, List<Visitor> going) {
		for (Visitor each : List.copyOf(this.visitors)) {
			if (this.visitors.size() < this.properties.maxVisitors()) {
				return;
			}
			if (whose.test(each) && each.tryEvict()) {
				this.visitors.remove(each);
				going.add(each);
			}
		}
	}

	/**
	 * End the answer of a visitor.
	 * @param visitor the visitor
	 */
	void endAnswer(Visitor visitor) {
		visitor.endAnswer();
		this.permits.release();
	}

	/**
	 * Return the visitor of a request.
	 * @param request the request
	 * @return the visitor, or empty before the first question
	 */
	Optional<Visitor> find(HttpServletRequest request) {
		HttpSession http = request.getSession(false);
		return (http != null) ? Optional.ofNullable(known(http)) : Optional.empty();
	}

	/**
	 * End all conversations.
	 */
	void invalidateAll() {
		snapshot().forEach(Visitor::invalidate);
	}

	List<Visitor> snapshot() {
		this.lock.lock();
		try {
			return List.copyOf(this.visitors);
		}
		finally {
			this.lock.unlock();
		}
	}

	private static @Nullable Visitor known(HttpSession http) {
		if (!(http.getAttribute(ATTRIBUTE) instanceof Visitor visitor) || visitor.state() == Visitor.State.ENDED) {
			return null;
		}
		visitor.returned();
		return visitor;
	}

	private void remove(Visitor visitor) {
		this.lock.lock();
		try {
			this.visitors.remove(visitor);
		}
		finally {
			this.lock.unlock();
		}
	}

}
