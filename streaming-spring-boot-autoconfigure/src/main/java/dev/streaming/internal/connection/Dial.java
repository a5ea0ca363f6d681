package dev.streaming.internal.connection;

import java.net.URI;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;

import dev.streaming.ConnConfig;
import dev.streaming.ConnectFailedException;
import dev.streaming.HandshakeCustomizer;
import dev.streaming.PermanentFailureException;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.transport.DialException;
import dev.streaming.internal.transport.DialRequest;
import dev.streaming.internal.transport.Transport;
import dev.streaming.internal.util.UriRedactor;
import dev.streaming.observation.ConnectionObserver.DialObserver;
import dev.streaming.observation.ConnectionObserver.DialOutcome;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at a connection: the customizer, then the transport's dial, under one
 * deadline. It ends once, with an open link or a failure; whatever comes later is
 * dropped.
 * <p>
 * {@link #run()} is called on a thread that may block; the transport's threads and the
 * timer's end it; {@link #abort} comes from any thread. Nothing else blocks.
 */
public final class Dial {

	private final ConnStateMachine core;

	private final ConnConfig config;

	private final StreamingRuntime runtime;

	private final CompletableFuture<PhysicalConnection> result = new CompletableFuture<>();

	private final PhysicalConnection link;

	private final long startedAt;

	private final DefaultHandshake handshake;

	private final DialObserver observer;

	private final ReentrantLock lock = new ReentrantLock();

	// Guarded by lock
	private boolean ended;

	// Guarded by lock: the thread in the customizer
	private @Nullable Thread customizing;

	// Guarded by lock
	private Transport.@Nullable Dialing dialing;

	// Guarded by lock
	private Scheduler.@Nullable Timeout deadline;

	Dial(ConnStateMachine core, int epoch) {
		this.core = core;
		this.config = core.config();
		this.runtime = core.runtime();
		this.startedAt = core.timer().nanoTime();
		this.handshake = new DefaultHandshake(this.config);
		this.observer = core.observer().dialStarted(this.handshake::header);
		this.link = new PhysicalConnection(epoch, core, this);
	}

	PhysicalConnection link() {
		return this.link;
	}

	/**
	 * Return what the dial comes to.
	 * @return the open link, or a {@link ConnectFailedException}
	 */
	public CompletableFuture<PhysicalConnection> result() {
		return this.result;
	}

	/**
	 * Return where it dials, which the customizer decides.
	 * @return what may be said of the URL
	 */
	String target() {
		return UriRedactor.uri(this.handshake.uri());
	}

	/**
	 * Return where it dials, secrets included.
	 * @return the URI
	 */
	URI uri() {
		return this.handshake.uri();
	}

	void start() {
		this.lock.lock();
		try {
			if (this.ended) {
				return;
			}
			this.deadline = this.core.timer().schedule(this.config.dialTimeout(), this::timedOut);
		}
		finally {
			this.lock.unlock();
		}
		try {
			this.runtime.dialers().execute(this::run);
		}
		catch (RejectedExecutionException ex) {
			fail(DialOutcome.ERROR, "the application has stopped", ex, 0, null, false);
		}
	}

	private void run() {
		try {
			if (!customize()) {
				return;
			}
		}
		catch (Throwable ex) {
			// Whatever a customizer throws is a failed dial, an interrupt by abort too
			boolean permanent = ex instanceof PermanentFailureException || this.handshake.isMalformed();
			fail(DialOutcome.ERROR, "the handshake customizer threw " + ex.getClass().getSimpleName(), ex, 0, null,
					!permanent);
			return;
		}
		Duration left = this.config.dialTimeout().minusNanos(this.core.timer().nanoTime() - this.startedAt);
		DialRequest request = new DialRequest(this.handshake.uri(), this.handshake.copyOfHeaders(),
				this.config.subprotocols(), this.config.sslContext(), (int) this.config.maxMessageSize().toBytes(),
				left.isNegative() ? Duration.ZERO : left);
		Transport.Dialing started;
		try {
			started = this.runtime.transport().dial(request, this.link);
		}
		catch (RuntimeException | Error ex) {
			fail(DialOutcome.ERROR, "the transport threw " + ex.getClass().getSimpleName(), ex, 0, null, true);
			return;
		}
		boolean late;
		this.lock.lock();
		try {
			this.dialing = started;
			late = this.ended;
		}
		finally {
			this.lock.unlock();
		}
		if (late) {
			started.abort();
		}
	}

	private boolean customize() throws Exception {
		HandshakeCustomizer customizer = this.config.handshake();
		if (customizer == null) {
			return !isEnded();
		}
		this.lock.lock();
		try {
			if (this.ended) {
				return false;
			}
			this.customizing = Thread.currentThread();
		}
		finally {
			this.lock.unlock();
		}
		try {
			customizer.customize(this.handshake);
		}
		finally {
			this.lock.lock();
			try {
				this.customizing = null;
				// An abort may have interrupted the pool's thread; that was for this dial
				Thread.interrupted();
			}
			finally {
				this.lock.unlock();
			}
		}
		return !isEnded();
	}

	private boolean isEnded() {
		this.lock.lock();
		try {
			return this.ended;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The transport has a connection.
	 * @param opened the link
	 * @return {@code false} if nobody wants it any more
	 */
	boolean opened(PhysicalConnection opened) {
		if (!end()) {
			// Whoever ended it says why
			return false;
		}
		if (!this.core.opened(this, opened)) {
			ConnectFailedException failure = aborted();
			this.observer.ended(DialOutcome.ERROR, 0, failure);
			this.result.completeExceptionally(failure);
			return false;
		}
		this.observer.ended(DialOutcome.SUCCESS, 101, null);
		this.result.complete(opened);
		return true;
	}

	void failed(DialException failure) {
		int status = failure.statusCode();
		boolean refused = failure.kind() == DialException.Kind.REFUSED || failure.kind() == DialException.Kind.REDIRECT;
		fail(refused ? DialOutcome.REFUSED : DialOutcome.ERROR, String.valueOf(failure.getMessage()),
				failure.getCause(), status, failure.retryAfter(), isRetryable(failure));
	}

	private static boolean isRetryable(DialException failure) {
		return switch (failure.kind()) {
			case REDIRECT, UNTRUSTED, MALFORMED -> false;
			case PROTOCOL, NETWORK -> true;
			case REFUSED -> isRetryable(failure.statusCode());
		};
	}

	private static boolean isRetryable(int statusCode) {
		return switch (statusCode) {
			case 400, 401, 403, 404, 405, 410, 422, 501 -> false;
			default -> statusCode < 300 || statusCode > 399;
		};
	}

	private void timedOut() {
		fail(DialOutcome.TIMEOUT,
				"there was no connection within dialTimeout (" + this.config.dialTimeout().toMillis() + " ms)", null, 0,
				null, true);
	}

	/**
	 * Give the dial up.
	 */
	void abort() {
		if (end()) {
			ConnectFailedException failure = aborted();
			this.observer.ended(DialOutcome.ERROR, 0, failure);
			release();
			this.result.completeExceptionally(failure);
		}
	}

	private ConnectFailedException aborted() {
		return new ConnectFailedException(
				this.core.describe("The dial was given up, because the connection was closed or reset", target()), null,
				1, OptionalInt.empty(), null, false);
	}

	private void fail(DialOutcome outcome, String why, @Nullable Throwable cause, int statusCode,
			@Nullable Duration retryAfter, boolean retryable) {
		if (!end()) {
			return;
		}
		ConnectFailedException failure = new ConnectFailedException(
				this.core.describe("The dial failed: " + why, target()), cause, 1,
				(statusCode != 0) ? OptionalInt.of(statusCode) : OptionalInt.empty(), retryAfter, retryable);
		this.core.debug().addKeyValue("epoch", this.link.epoch()).log("The dial failed: {}", why);
		this.observer.ended(outcome, statusCode, failure);
		release();
		this.result.completeExceptionally(failure);
	}

	private boolean end() {
		this.lock.lock();
		try {
			if (this.ended) {
				return false;
			}
			this.ended = true;
			if (this.deadline != null) {
				this.deadline.cancel();
			}
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void release() {
		Transport.Dialing current;
		this.lock.lock();
		try {
			if (this.customizing != null) {
				this.customizing.interrupt();
			}
			current = this.dialing;
		}
		finally {
			this.lock.unlock();
		}
		if (current != null) {
			current.abort();
		}
	}

}
