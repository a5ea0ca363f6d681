package dev.streaming.test;

import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.Reconnected;
import dev.streaming.Session;
import dev.streaming.SessionListener;
import org.jspecify.annotations.Nullable;

/**
 * Records the reconnects of sessions, and their providers, as long as the sessions are
 * referenced. Thread-safe.
 */
final class SessionRecords implements SessionListener {

	private static final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private static final Map<Session, List<Reconnected>> RECONNECTS = new WeakHashMap<>();

	// A provider references its connections, and these their sessions
	@GuardedBy("lock")
	private static final Map<Session, WeakReference<ScriptedProvider>> PROVIDERS = new WeakHashMap<>();

	private final ScriptedProviders providers;

	SessionRecords(ScriptedProviders providers) {
		this.providers = providers;
	}

	@Override
	public void onOpened(Session session) {
		ScriptedProvider provider = this.providers.find(session.connectionName());
		if (provider == null) {
			return;
		}
		lock.lock();
		try {
			PROVIDERS.put(session, new WeakReference<>(provider));
		}
		finally {
			lock.unlock();
		}
	}

	@Override
	public void onReconnected(Session session, Reconnected event) {
		of(session).add(event);
	}

	/**
	 * Return the reconnects of a session.
	 * @param session the session
	 * @return the list, which may grow
	 */
	static List<Reconnected> of(Session session) {
		lock.lock();
		try {
			return RECONNECTS.computeIfAbsent(session, (added) -> new CopyOnWriteArrayList<>());
		}
		finally {
			lock.unlock();
		}
	}

	/**
	 * Return the transcript of a session's provider, for a failure message.
	 * @param session the session
	 * @return lines to append, empty if the provider is not scripted
	 */
	static String transcript(Session session) {
		@Nullable WeakReference<ScriptedProvider> reference;
		lock.lock();
		try {
			reference = PROVIDERS.get(session);
		}
		finally {
			lock.unlock();
		}
		ScriptedProvider provider = (reference != null) ? reference.get() : null;
		return (provider != null) ? "\n" + provider.report(provider.core().book().failures()) : "";
	}

}
