package dev.streaming.test;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.internal.concurrent.BoundedExecutor;
import dev.streaming.internal.connection.StreamingRuntime;
import dev.streaming.internal.transport.DialRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Scripted providers of an application context, including those of connections that are
 * defined in code. Thread-safe.
 *
 * @since 1.0.0
 */
public final class ScriptedProviders implements AutoCloseable {

	private static final int MAX_THREADS = 64;

	private final Activity activity = new Activity();

	private final BoundedExecutor threads = new BoundedExecutor("scripted-provider-", MAX_THREADS);

	private final Executor watched = this.activity.watch(this.threads);

	private final TestTime time = new TestTime(this.activity, this.threads);

	private final Map<String, ScriptedProvider> providers = new ConcurrentHashMap<>();

	private final Scope scope;

	private final boolean strict;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private int tests;

	/**
	 * Create the providers.
	 * @param protocols the provider of each connection, by the connection's name; empty
	 * for a custom handler
	 * @param connections the connections to script, empty for all
	 * @param strict whether the test fails because of mismatches with the script
	 */
	ScriptedProviders(Map<String, String> protocols, Collection<String> connections, boolean strict) {
		this.strict = strict;
		this.scope = connections.isEmpty() ? Scope.ALL : Scope.NAMED;
		Map<String, String> all = new TreeMap<>(protocols);
		connections.forEach((name) -> all.putIfAbsent(name, ""));
		all.forEach((name, protocol) -> {
			if (this.scope == Scope.ALL || connections.contains(name)) {
				this.providers.put(name, create(name, protocol));
			}
		});
	}

	private ScriptedProvider create(String name, String protocol) {
		return new ScriptedProvider(new ProviderCore(name, protocol, this.time, this.watched), this.strict);
	}

	/**
	 * Return the provider of a connection. That of a connection that is not configured is
	 * created on first access or dial.
	 * @param connection the name of the connection
	 * @return its provider
	 * @throws IllegalArgumentException if the connection is not scripted
	 */
	public ScriptedProvider get(String connection) {
		ScriptedProvider provider = find(connection);
		Assert.isTrue(provider != null,
				() -> "The connection '" + connection + "' is not scripted; those that are: " + names());
		return provider;
	}

	/**
	 * Return the connections that are scripted.
	 * @return their names, sorted
	 */
	public Set<String> names() {
		return new TreeSet<>(this.providers.keySet());
	}

	/**
	 * Return the clock of the sessions.
	 * @return the clock, common to all providers
	 */
	public TestTime time() {
		return this.time;
	}

	/**
	 * Return the provider of a connection.
	 * @param connection the name of the connection
	 * @return its provider, or {@code null} if the connection is not scripted
	 */
	@Nullable ScriptedProvider find(String connection) {
		return (this.scope == Scope.NAMED) ? this.providers.get(connection)
				: this.providers.computeIfAbsent(connection, (name) -> create(name, ""));
	}

	private @Nullable Peer peer(DialRequest request) {
		ScriptedProvider provider = find(request.connection());
		return (provider != null) ? provider.core() : null;
	}

	/**
	 * Replace the network by the providers, and the scheduler by the clock.
	 * @param runtime the runtime of the application
	 * @return the runtime of the test
	 */
	StreamingRuntime replace(StreamingRuntime runtime) {
		return new StreamingRuntime(new MemoryTransport(this::peer, runtime.transport()),
				this.activity.watch(runtime.workers()), this.activity.watch(runtime.dialers()), this.time.scheduler(),
				runtime.observer(), runtime.random(), runtime.credentials());
	}

	/**
	 * Start a test. Parallel tests that share the context also share its providers, which
	 * are reset by the first one.
	 * @return whether no other test is running
	 */
	boolean begin() {
		this.lock.lock();
		try {
			boolean first = this.tests++ == 0;
			if (first) {
				this.providers.values().forEach(ScriptedProvider::reset);
				this.time.reset();
			}
			return first;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * End a test.
	 * @return the providers to verify: all of them if no other test is running
	 */
	List<ScriptedProvider> end() {
		this.lock.lock();
		try {
			return (--this.tests == 0) ? List.copyOf(this.providers.values()) : List.of();
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void close() {
		this.threads.close();
	}

	/**
	 * Scope of scripted connections.
	 */
	private enum Scope {

		/** All connections. */
		ALL,

		/** The configured names. */
		NAMED

	}

}
