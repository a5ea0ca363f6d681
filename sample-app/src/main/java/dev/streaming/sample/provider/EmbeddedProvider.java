package dev.streaming.sample.provider;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import dev.streaming.sample.provider.Faults.Fate;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/**
 * State that all conversations of the embedded provider share, and its simulated faults:
 * for the connections of one visitor, or for all.
 */
@Component
@ConditionalOnEmbeddedProvider
class EmbeddedProvider implements DisposableBean {

	/** Maximum number of clients, much more than sample.chat.max-visitors. */
	static final int MAX_CLIENTS = 500;

	private final Set<Conversation> conversations = ConcurrentHashMap.newKeySet();

	private final Faults faults = new Faults();

	private final ExecutorService workers = Executors.newFixedThreadPool(2, (task) -> {
		Thread thread = new Thread(task, "embedded-voice");
		thread.setDaemon(true);
		return thread;
	});

	private final EmbeddedProviderProperties properties;

	private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor((task) -> {
		Thread thread = new Thread(task, "embedded-provider");
		thread.setDaemon(true);
		return thread;
	});

	EmbeddedProvider(EmbeddedProviderProperties properties) {
		this.properties = properties;
	}

	void add(Conversation conversation) {
		this.conversations.add(conversation);
	}

	void remove(Conversation conversation) {
		this.conversations.remove(conversation);
	}

	/**
	 * Drop connections now.
	 * @param visitor the name of the visitor, or {@code null} for all
	 * @return the number
	 */
	int drop(@Nullable String visitor) {
		return each(visitor, Conversation::drop);
	}

	/**
	 * Drop connections, and refuse new ones for a while.
	 * @param visitor the name of the visitor, or {@code null} for all
	 * @param duration the duration
	 * @param status the HTTP status for new connections
	 * @return the number of dropped connections
	 */
	int refuse(@Nullable String visitor, Duration duration, HttpStatus status) {
		this.faults.refuse(visitor, duration, status);
		return drop(visitor);
	}

	/**
	 * Return whether a new client is refused: during a simulated outage, or if there are
	 * too many clients.
	 * @param visitor the name of the visitor
	 * @return the HTTP status, or empty if the client is accepted
	 */
	Optional<HttpStatus> refusal(@Nullable String visitor) {
		return (this.conversations.size() >= MAX_CLIENTS) ? Optional.of(HttpStatus.SERVICE_UNAVAILABLE)
				: this.faults.refusal(visitor);
	}

	/**
	 * Drop the connection of the next answer, in the middle of it.
	 * @param visitor the name of the visitor, or {@code null} for any
	 */
	void dropInNextAnswer(@Nullable String visitor) {
		this.faults.drop(visitor);
	}

	boolean dropIsDue(@Nullable String visitor) {
		return this.faults.takeDrop(visitor);
	}

	/**
	 * Announce the end of connections because of their age.
	 * @param visitor the name of the visitor, or {@code null} for all
	 * @return the number
	 */
	int retire(@Nullable String visitor) {
		return each(visitor, Conversation::retire);
	}

	/**
	 * Stop reading from connections, without closing them.
	 * @param visitor the name of the visitor, or {@code null} for all
	 * @return the number
	 */
	int freeze(@Nullable String visitor) {
		return each(visitor, Conversation::freeze);
	}

	private int each(@Nullable String visitor, Consumer<Conversation> action) {
		List<Conversation> meant = this.conversations.stream()
			.filter((conversation) -> visitor == null || visitor.equals(conversation.visitor()))
			.toList();
		meant.forEach(action);
		return meant.size();
	}

	/**
	 * Set the fate of the next answer.
	 * @param visitor the name of the visitor, or {@code null} for any
	 * @param fate the fate
	 */
	void next(@Nullable String visitor, Fate fate) {
		this.faults.next(visitor, fate);
	}

	Fate takeNext(@Nullable String visitor) {
		return this.faults.takeNext(visitor);
	}

	void afterWord(Answer answer, Runnable task) {
		after(answer.pause(this.properties.wordDelay()).toMillis(), task);
	}

	void work(Runnable task) {
		if (!this.workers.isShutdown()) {
			this.workers.execute(task);
		}
	}

	void after(long millis, Runnable task) {
		if (!this.clock.isShutdown()) {
			this.clock.schedule(task, millis, TimeUnit.MILLISECONDS);
		}
	}

	@Override
	public void destroy() {
		this.clock.shutdownNow();
		this.workers.shutdownNow();
	}

}
