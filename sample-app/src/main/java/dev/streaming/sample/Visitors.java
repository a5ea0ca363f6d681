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

import dev.streaming.SessionFactory;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/**
 * All visitors, within the limits. An answer takes a place, and a visitor has one answer
 * at a time. When there are too many visitors, first one goes who never came back, then
 * the one who has not asked for the longest time. Thread-safe.
 */
@Component
@EnableConfigurationProperties(ChatProperties.class)
class Visitors {

	private static final String ATTRIBUTE = Visitor.class.getName();

	private static final Duration ANSWER_ENDS_SOON = Duration.ofSeconds(1);

	private static final Duration PLACE_IS_FREE_SOON = Duration.ofSeconds(5);

	private final SessionFactory sessions;

	private final ChatProperties properties;

	private final Semaphore places;

	private final ReentrantLock lock = new ReentrantLock();

	// Guarded by lock: the one who asked last is the last
	private final Set<Visitor> visitors = new LinkedHashSet<>();

	Visitors(SessionFactory sessions, ChatProperties properties) {
		this.sessions = sessions;
		this.properties = properties;
		this.places = new Semaphore(properties.maxAnswers());
	}

	/**
	 * Begin an answer for the visitor who has sent a request; {@link #end} must follow.
	 * Nothing is kept of a request that is refused.
	 * @param request the request
	 * @return the visitor
	 * @throws RefusedException with 429 if this visitor is being answered, with 503 if
	 * too many others are
	 */
	Visitor begin(HttpServletRequest request) {
		if (!this.places.tryAcquire()) {
			throw new RefusedException(HttpStatus.SERVICE_UNAVAILABLE,
					"There are too many questions at the moment. Please ask again in a few seconds.",
					PLACE_IS_FREE_SOON);
		}
		try {
			HttpSession http = request.getSession();
			Visitor known = known(http);
			return (known != null) ? again(known) : first(http);
		}
		catch (RuntimeException ex) {
			this.places.release();
			throw ex;
		}
	}

	private Visitor again(Visitor visitor) {
		if (!visitor.begin()) {
			throw new RefusedException(HttpStatus.TOO_MANY_REQUESTS,
					"Your last question is still being answered. Please wait for the end, or stop the answer.",
					ANSWER_ENDS_SOON);
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
		Visitor visitor = new Visitor(http, new Assistant(this.sessions, this.properties), this::remove);
		visitor.begin();
		http.setAttribute(ATTRIBUTE, visitor);
		add(visitor).forEach(Visitor::dismiss);
		if (visitor.state() == Visitor.State.GONE) {
			// The HTTP session has ended meanwhile
			remove(visitor);
		}
		return visitor;
	}

	private List<Visitor> add(Visitor visitor) {
		List<Visitor> going = new ArrayList<>();
		this.lock.lock();
		try {
			makeRoom((each) -> !each.hasReturned(), going);
			makeRoom((each) -> true, going);
			this.visitors.add(visitor);
		}
		finally {
			this.lock.unlock();
		}
		return going;
	}

	private void makeRoom(Predicate<Visitor> whose, List<Visitor> going) {
		for (Visitor each : List.copyOf(this.visitors)) {
			if (this.visitors.size() < this.properties.maxVisitors()) {
				return;
			}
			if (whose.test(each) && each.makeRoom()) {
				this.visitors.remove(each);
				going.add(each);
			}
		}
	}

	/**
	 * The answer of a visitor is at its end.
	 * @param visitor the visitor
	 */
	void end(Visitor visitor) {
		visitor.end();
		this.places.release();
	}

	/**
	 * Return the visitor who has sent a request.
	 * @param request the request
	 * @return the visitor, or empty if this one has not asked anything yet
	 */
	Optional<Visitor> find(HttpServletRequest request) {
		HttpSession http = request.getSession(false);
		return (http != null) ? Optional.ofNullable(known(http)) : Optional.empty();
	}

	/**
	 * End all conversations.
	 */
	void dismissAll() {
		snapshot().forEach(Visitor::dismiss);
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
		if (!(http.getAttribute(ATTRIBUTE) instanceof Visitor visitor) || visitor.state() == Visitor.State.GONE) {
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
