package dev.streaming.sample.provider;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * The state that all conversations of the embedded provider share, and the faults that it
 * can be told to have.
 */
@Component
@ConditionalOnEmbeddedProvider
class EmbeddedProvider implements DisposableBean {

	/** Far more than sample.chat.max-visitors. */
	static final int MAX_CLIENTS = 500;

	private final Set<Conversation> conversations = ConcurrentHashMap.newKeySet();

	private final AtomicBoolean dropInNextAnswer = new AtomicBoolean();

	private volatile long refusingUntil = System.nanoTime();

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
	 * Drop all connections now.
	 * @return how many
	 */
	int drop() {
		Set<Conversation> dropped = Set.copyOf(this.conversations);
		dropped.forEach(Conversation::drop);
		return dropped.size();
	}

	/**
	 * Drop all connections, and take no new ones for a while.
	 * @param duration how long
	 * @return how many were dropped
	 */
	int refuse(Duration duration) {
		this.refusingUntil = System.nanoTime() + duration.toNanos();
		return drop();
	}

	/**
	 * Return whether new clients are refused: while the provider is said to be down, and
	 * when it has too many.
	 * @return whether they are
	 */
	boolean isRefusing() {
		return this.refusingUntil - System.nanoTime() > 0 || this.conversations.size() >= MAX_CLIENTS;
	}

	/**
	 * Drop the connection on which the next answer is given, in the middle of it.
	 */
	void dropInNextAnswer() {
		this.dropInNextAnswer.set(true);
	}

	boolean dropIsDue() {
		return this.dropInNextAnswer.getAndSet(false);
	}

	/**
	 * Tell all clients that their connection has become too old.
	 * @return how many
	 */
	int retire() {
		Set<Conversation> retired = Set.copyOf(this.conversations);
		retired.forEach(Conversation::retire);
		return retired.size();
	}

	void afterWord(Runnable task) {
		after(this.properties.wordDelay().toMillis(), task);
	}

	void after(long millis, Runnable task) {
		if (!this.clock.isShutdown()) {
			this.clock.schedule(task, millis, TimeUnit.MILLISECONDS);
		}
	}

	@Override
	public void destroy() {
		this.clock.shutdownNow();
	}

}
