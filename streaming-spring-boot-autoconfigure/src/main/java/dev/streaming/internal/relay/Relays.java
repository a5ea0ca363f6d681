package dev.streaming.internal.relay;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.SessionFactory;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.relay.RelayAttributes;
import dev.streaming.relay.RelayCustomizer;
import dev.streaming.relay.RelayEnd;
import dev.streaming.relay.RelayHandshake;
import dev.streaming.relay.RelayObserver;
import dev.streaming.relay.RelayObserver.Attachment;
import org.jspecify.annotations.Nullable;

/**
 * Registry of relays by token. Enforces the limit of sessions of one owner. Thread-safe.
 */
public final class Relays {

	private static final int TOKEN_BYTES = 24;

	private final Supplier<SessionFactory> sessions;

	private final List<RelayCustomizer> customizers;

	private final RelayEnvironment environment;

	private final SecureRandom random = new SecureRandom();

	private final ConcurrentMap<String, Relay> relays = new ConcurrentHashMap<>();

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private final Map<String, Integer> owners = new HashMap<>();

	private volatile Phase phase = Phase.OPEN;

	/**
	 * Create a registry without relays.
	 * @param sessions the factory of sessions
	 * @param settings the settings
	 * @param customizers the customizers of sessions
	 * @param scheduler the scheduler
	 * @param executor the executor for blocking calls
	 * @param observer notified of events
	 */
	public Relays(Supplier<SessionFactory> sessions, RelaySettings settings, List<RelayCustomizer> customizers,
			Scheduler scheduler, Executor executor, RelayObserver observer) {
		this.sessions = sessions;
		this.customizers = List.copyOf(customizers);
		this.environment = new RelayEnvironment(settings, scheduler, executor, observer);
	}

	RelayEnvironment environment() {
		return this.environment;
	}

	List<RelayCustomizer> customizers() {
		return this.customizers;
	}

	/**
	 * Return the number of relays.
	 * @return the number of relays that are not closed
	 */
	public int size() {
		return this.relays.size();
	}

	/**
	 * Return the estimated memory of the pending and retained output for browsers.
	 * @return bytes
	 */
	public long weight() {
		return this.relays.values().stream().mapToLong(Relay::weight).sum();
	}

	/**
	 * Attach a browser to a session: that of its token, or a new one.
	 * @param connection the browser
	 * @param handshake its handshake
	 * @param hello its first message
	 * @return the relay, or {@code null} if it was refused and closed
	 */
	@Nullable Relay hello(BrowserConnection connection, RelayHandshake handshake, ClientMessage.Hello hello) {
		String owner = handshake.owner().orElse(null);
		Relay known = this.relays.get(hello.token());
		if (known != null && known.isOf(owner) && known.attach(connection, hello.received())) {
			return known;
		}
		if (this.phase == Phase.STOPPING) {
			connection.close(RelayClose.SHUTDOWN);
			return null;
		}
		if (owner != null && !enter(owner)) {
			connection.close(RelayClose.LIMIT);
			return null;
		}
		return open(connection, handshake, owner, hello.token().isEmpty() ? Attachment.OPENED : Attachment.REPLACED);
	}

	private Relay open(BrowserConnection connection, RelayHandshake handshake, @Nullable String owner,
			Attachment attachment) {
		String token = newToken();
		Relay relay = new Relay(token, owner, this.environment, () -> {
			this.relays.remove(token);
			if (owner != null) {
				leave(owner);
			}
		});
		this.relays.put(token, relay);
		this.environment.executor()
			.execute(() -> relay.open(connection, attachment,
					(listener) -> this.sessions.get().openAsync(this.environment.settings().connection(), (spec) -> {
						spec.session((session) -> session.listener(listener));
						handshake.principal()
							.ifPresent((principal) -> spec.attribute(RelayAttributes.PRINCIPAL, principal));
						this.customizers.forEach((customizer) -> customizer.customize(handshake, spec));
					})));
		return relay;
	}

	private String newToken() {
		byte[] bytes = new byte[TOKEN_BYTES];
		this.random.nextBytes(bytes);
		return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
	}

	private boolean enter(String owner) {
		this.lock.lock();
		try {
			int limit = this.environment.settings().maxSessionsPerOwner();
			int count = this.owners.getOrDefault(owner, 0);
			if (limit > 0 && count >= limit) {
				return false;
			}
			this.owners.put(owner, count + 1);
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void leave(String owner) {
		this.lock.lock();
		try {
			this.owners.computeIfPresent(owner, (name, count) -> (count > 1) ? count - 1 : null);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Accept browsers, also after {@link #stop()}.
	 */
	public void start() {
		this.phase = Phase.OPEN;
	}

	/**
	 * End all relays, and accept no new browsers. Does not block.
	 */
	public void stop() {
		this.phase = Phase.STOPPING;
		List.copyOf(this.relays.values())
			.forEach((relay) -> relay.end(RelayEnd.SHUTDOWN, RelayClose.SHUTDOWN, "The server restarts."));
	}

	private enum Phase {

		/** Browsers are accepted. */
		OPEN,

		/** The application is stopping. */
		STOPPING

	}

}
