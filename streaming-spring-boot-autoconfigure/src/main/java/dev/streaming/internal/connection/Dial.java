package dev.streaming.internal.connection;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.ConnConfig;
import dev.streaming.ConnectFailedException;
import dev.streaming.HandshakeCustomizer;
import dev.streaming.Message;
import dev.streaming.PermanentFailureException;
import dev.streaming.internal.concurrent.PoolWatch;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.transport.DialException;
import dev.streaming.internal.transport.DialRequest;
import dev.streaming.internal.transport.Transport;
import dev.streaming.internal.transport.TransportConnection;
import dev.streaming.internal.transport.TransportListener;
import dev.streaming.internal.util.UriRedactor;
import dev.streaming.observation.ConnectionObserver;
import dev.streaming.observation.ConnectionObserver.DialObserver;
import dev.streaming.observation.ConnectionObserver.DialOutcome;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * Dial of one connection: the customizer, followed by the transport's dial, within one
 * timeout. Ends once, with an open {@link PhysicalConnection} or a failure. Events of the
 * transport are passed on to an open connection; a connection that is opened after the
 * end of the dial is dropped.
 * <p>
 * {@link #run()} is called on a thread that may block; the dial is ended by threads of
 * the transport and the scheduler; {@link #abort} is called by any thread. Nothing else
 * blocks.
 */
public final class Dial implements TransportListener {

	private final int epoch;

	private final ConnConfig config;

	private final StreamingRuntime runtime;

	private final ConnectionObserver traffic;

	private final Listener listener;

	private final CompletableFuture<PhysicalConnection> result = new CompletableFuture<>();

	private final long startedAt;

	private final DefaultHandshake handshake;

	private final DialObserver observer;

	// Set before the listener is notified
	private volatile @Nullable PhysicalConnection connection;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private boolean ended;

	// The thread in the customizer
	@GuardedBy("lock")
	private @Nullable Thread customizing;

	@GuardedBy("lock")
	private Transport.@Nullable Dialing dialing;

	@GuardedBy("lock")
	private Scheduler.@Nullable Timeout deadline;

	/**
	 * Create a dial that is not started.
	 * @param epoch the number of the connection
	 * @param config the settings
	 * @param runtime the shared resources
	 * @param observer notified of the dial and of the connection
	 * @param listener notified of the end of the dial and of the connection
	 */
	Dial(int epoch, ConnConfig config, StreamingRuntime runtime, ConnectionObserver observer, Listener listener) {
		this.epoch = epoch;
		this.config = config;
		this.runtime = runtime;
		this.traffic = observer;
		this.listener = listener;
		this.startedAt = runtime.timer().nanoTime();
		this.handshake = new DefaultHandshake(config);
		this.observer = observer.dialStarted(this.handshake::header);
	}

	int epoch() {
		return this.epoch;
	}

	/**
	 * Return the result of the dial.
	 * @return the open connection, or a {@link ConnectFailedException}
	 */
	public CompletableFuture<PhysicalConnection> result() {
		return this.result;
	}

	/**
	 * Return the connection that the dial has opened.
	 * @return the connection, or {@code null} if there is none or it was dropped
	 */
	public @Nullable PhysicalConnection connection() {
		return this.connection;
	}

	private ConnectionErrors errors() {
		// The customizer may change the target
		return new ConnectionErrors(this.config.name(), UriRedactor.uri(this.handshake.uri()),
				this.handshake.peerText());
	}

	void start() {
		this.lock.lock();
		try {
			if (this.ended) {
				return;
			}
			this.deadline = this.runtime.timer().schedule(this.config.dialTimeout(), this::timedOut);
		}
		finally {
			this.lock.unlock();
		}
		try {
			PoolWatch.execute(this.runtime.dialers(), this.runtime.dialers(), this.runtime.timer(), this::run,
					(noThread) -> fail(DialOutcome.ERROR, String.valueOf(noThread.getMessage()), noThread, true));
		}
		catch (RejectedExecutionException ex) {
			fail(DialOutcome.ERROR, "the application is shut down", ex, false);
		}
	}

	private void run() {
		try {
			if (!customize()) {
				return;
			}
		}
		catch (Throwable ex) {
			// Any exception of a customizer fails the dial, including an interrupt by
			// abort
			boolean permanent = ex instanceof PermanentFailureException || this.handshake.isMalformed();
			fail(DialOutcome.ERROR, "the handshake customizer threw " + ex.getClass().getSimpleName(), ex, !permanent);
			return;
		}
		Duration left = this.config.dialTimeout().minusNanos(this.runtime.timer().nanoTime() - this.startedAt);
		DialRequest request = new DialRequest(this.handshake.uri(), this.handshake.copyOfHeaders(),
				this.config.subprotocols(), this.config.sslContext(), (int) this.config.maxMessageSize().toBytes(),
				left.isNegative() ? Duration.ZERO : left, this.config.transport(), this.config.name(),
				this.config.proxy(), this.config.compression());
		Transport.Dialing started;
		try {
			started = this.runtime.transport().dial(request, this);
		}
		catch (RuntimeException | Error ex) {
			fail(DialOutcome.ERROR, "the transport threw " + ex.getClass().getSimpleName(), ex, true);
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
				// An abort may have interrupted the pool's thread, for this dial only
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

	@Override
	public void opened(TransportConnection opened) {
		// The caller that ended the dial has given the reason
		if (!end() || !handOver(opened)) {
			opened.abort();
		}
	}

	private boolean handOver(TransportConnection opened) {
		PhysicalConnection physical = new PhysicalConnection(this.epoch, this.handshake.uri(), errors(), opened,
				this.config, this.runtime.timer(), this.traffic, this.listener);
		this.connection = physical;
		if (!this.listener.opened(this, physical)) {
			this.connection = null;
			ConnectFailedException failure = aborted();
			this.observer.ended(DialOutcome.ERROR, 0, failure);
			this.result.completeExceptionally(failure);
			return false;
		}
		this.observer.ended(DialOutcome.SUCCESS, 101, null);
		this.result.complete(physical);
		return true;
	}

	@Override
	public void failed(DialException failure) {
		if (failure.kind() == DialException.Kind.TIMEOUT) {
			// The transport has the same timeout, and may detect it first
			timedOut(failure.getMessage() + "; " + notEstablished(), failure.getCause());
			return;
		}
		DialOutcome outcome = switch (failure.kind()) {
			case REFUSED, REDIRECT, PROXY_REFUSED -> DialOutcome.REFUSED;
			default -> DialOutcome.ERROR;
		};
		fail(outcome, failure, isRetryable(failure));
	}

	@Override
	public void text(String text) {
		received(Message.text(text));
	}

	@Override
	public void text(byte[] utf8) {
		received(Message.wrapText(utf8));
	}

	@Override
	public void binary(byte[] bytes) {
		received(Message.wrapBinary(bytes));
	}

	private void received(Message message) {
		PhysicalConnection current = this.connection;
		if (current != null) {
			current.received(message);
		}
	}

	@Override
	public void activity() {
		PhysicalConnection current = this.connection;
		if (current != null) {
			current.activity();
		}
	}

	@Override
	public void pong() {
		PhysicalConnection current = this.connection;
		if (current != null) {
			current.pong();
		}
	}

	@Override
	public void closed(CloseStatus status, @Nullable Throwable cause) {
		PhysicalConnection current = this.connection;
		if (current != null) {
			current.closed(status, cause);
		}
	}

	private static boolean isRetryable(DialException failure) {
		return switch (failure.kind()) {
			case REDIRECT, UNTRUSTED, MALFORMED -> false;
			case PROTOCOL, TIMEOUT, NETWORK -> true;
			case REFUSED -> isRetryable(failure.statusCode());
			case PROXY_REFUSED -> isProxyRetryable(failure.proxyStatusCode());
		};
	}

	// A SOCKS proxy that has refused the credentials has no status
	private static boolean isProxyRetryable(int statusCode) {
		return statusCode != 0 && statusCode != 407 && isRetryable(statusCode);
	}

	private static boolean isRetryable(int statusCode) {
		return switch (statusCode) {
			case 400, 401, 403, 404, 405, 410, 422, 501 -> false;
			default -> statusCode < 300 || statusCode > 399;
		};
	}

	private void timedOut() {
		timedOut(notEstablished(), null);
	}

	private void timedOut(String why, @Nullable Throwable cause) {
		fail(DialOutcome.TIMEOUT, new DialException(DialException.Kind.TIMEOUT, why, cause), true);
	}

	private String notEstablished() {
		return "no connection was established within dialTimeout (" + this.config.dialTimeout().toMillis() + " ms)";
	}

	/**
	 * Abort the dial.
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
				errors().describe("The dial was cancelled because the connection was closed or reset"), null, 1,
				OptionalInt.empty(), null, false);
	}

	private void fail(DialOutcome outcome, String why, @Nullable Throwable cause, boolean retryable) {
		fail(outcome, new DialException(DialException.Kind.NETWORK, why, cause), retryable);
	}

	private void fail(DialOutcome outcome, DialException why, boolean retryable) {
		if (!end()) {
			return;
		}
		String message = why.getMessage() + advice(why.statusCode());
		ConnectFailedException failure = new ConnectFailedException(errors().describe("The dial failed: " + message),
				why.getCause(), 1, status(why.statusCode()), status(why.proxyStatusCode()), why.retryAfter(),
				retryable);
		this.listener.failed(this, message);
		// The status of a proxy must not be reported as that of the provider
		this.observer.ended(outcome, why.statusCode(), failure);
		release();
		this.result.completeExceptionally(failure);
	}

	private String advice(int statusCode) {
		String advice = (statusCode == 401 || statusCode == 403) ? this.runtime.credentials().apply(this.config) : null;
		return (advice != null) ? "; " + advice : "";
	}

	private static OptionalInt status(int statusCode) {
		return (statusCode != 0) ? OptionalInt.of(statusCode) : OptionalInt.empty();
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

	/**
	 * Listener for the end of a dial, and of its connection. Called without a lock, by
	 * any thread; must not block.
	 */
	interface Listener extends PhysicalConnection.Listener {

		/**
		 * Called when a dial has opened a connection.
		 * @param dial the dial
		 * @param connection the connection
		 * @return {@code false} if the connection must be dropped
		 */
		boolean opened(Dial dial, PhysicalConnection connection);

		/**
		 * Called when a dial has failed, but not when it was aborted.
		 * @param dial the dial
		 * @param why the reason
		 */
		void failed(Dial dial, String why);

	}

}
