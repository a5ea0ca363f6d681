package dev.streaming.internal.connection;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;

import dev.streaming.Conn;
import dev.streaming.ConnConfig;
import dev.streaming.ConnectFailedException;
import dev.streaming.Message;
import dev.streaming.PermanentFailureException;
import dev.streaming.SessionClosedException;
import dev.streaming.SessionSetupException;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.connection.ConnStateMachine.ConnectOperation;
import dev.streaming.internal.retry.JitteredBackOff;
import dev.streaming.internal.retry.RetryingDialer;
import dev.streaming.internal.util.CloseReasons;
import dev.streaming.internal.util.SettingChecks;

import org.springframework.util.Assert;
import org.springframework.web.socket.CloseStatus;

/**
 * Default {@link Conn}, the blocking API of a {@link ConnStateMachine}. While an owner is
 * live, calls are delegated to it or refused. Methods may be called by any thread; only
 * callers' threads are blocked.
 */
public final class DefaultConn implements Conn {

	private final ConnStateMachine stateMachine;

	private final JitteredBackOff backOff;

	public DefaultConn(ConnConfig config, StreamingRuntime runtime) {
		this.stateMachine = new ConnStateMachine(config, runtime);
		this.backOff = new JitteredBackOff(config.retryBackoffBase(), config.retryBackoffMax(), runtime.random());
	}

	public ConnStateMachine stateMachine() {
		return this.stateMachine;
	}

	public JitteredBackOff backOff() {
		return this.backOff;
	}

	private ConnConfig config() {
		return this.stateMachine.config();
	}

	private void refuseInSession(String method, String instead) {
		Assert.state(this.stateMachine.liveOwner() == null, () -> this.stateMachine
			.describe(method + " is not supported on a connection that a session owns; " + instead));
	}

	@Override
	public void connect() throws InterruptedException {
		refuseInSession("connect()", "the session reconnects automatically");
		ConnectOperation operation = this.stateMachine.begin();
		try {
			dial(operation);
		}
		catch (ConnectFailedException ex) {
			throw AsyncConnect.after(ex, 1);
		}
		finally {
			this.stateMachine.end(operation);
		}
	}

	@Override
	public void connectWithRetry() throws InterruptedException {
		connectWithRetry(() -> {
		});
	}

	/**
	 * Dial and set up the connection until both succeed. A failed setup counts as a dial.
	 * @param setup called with each new connection; its exception is thrown when all
	 * dials have failed, or at once if it is a {@link PermanentFailureException}
	 * @throws InterruptedException if the calling thread was interrupted
	 */
	public void connectWithRetry(Setup setup) throws InterruptedException {
		refuseInSession("connectWithRetry()", "the session reconnects automatically");
		int[] dials = new int[1];
		ConnectOperation[] current = { this.stateMachine.begin() };
		RetryingDialer dialer = new RetryingDialer(config().maxRetries(), this.backOff,
				(delay) -> sleep(delay, current[0]), DefaultConn::isRetryable, RetryHints::of);
		try {
			dialer.call(() -> {
				dials[0]++;
				dial(current[0]);
				setUp(setup, current);
				return true;
			});
		}
		catch (ConnectFailedException ex) {
			throw AsyncConnect.after(ex, dials[0]);
		}
		catch (InterruptedException | RuntimeException ex) {
			throw ex;
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
		finally {
			this.stateMachine.end(current[0]);
		}
	}

	private void setUp(Setup setup, ConnectOperation[] current) throws InterruptedException {
		try {
			setup.run();
		}
		catch (SessionSetupException ex) {
			Futures.awaitQuietly(this.stateMachine.leave(CloseStatus.NORMAL), this.stateMachine.closeLimit());
			if (isRetryable(ex)) {
				current[0] = AsyncConnect.beginAgain(this.stateMachine, ex);
			}
			throw ex;
		}
	}

	/**
	 * Dial and set up the connection until both succeed, as
	 * {@link #connectWithRetry(Setup)} does, without blocking.
	 * @param setup starts the setup of the new connection, and returns its future
	 * @return a future that completes when both have succeeded, or fails with an
	 * exception of the blocking method; ended by a close of this connection
	 */
	public CompletableFuture<Void> connectAsync(Supplier<CompletableFuture<Void>> setup) {
		refuseInSession("connectAsync()", "the session reconnects automatically");
		RetryingDialer dialer = new RetryingDialer(config().maxRetries(), this.backOff, (delay) -> {
		}, DefaultConn::isRetryable, RetryHints::of);
		return new AsyncConnect(this.stateMachine, dialer, setup).start();
	}

	private static boolean isRetryable(Throwable failure) {
		if (failure instanceof ConnectFailedException failed) {
			return failed.isRetryable();
		}
		return failure instanceof SessionSetupException && !(failure.getCause() instanceof PermanentFailureException)
				&& !(failure.getCause() instanceof SessionClosedException);
	}

	private void dial(ConnectOperation operation) throws InterruptedException {
		Dial dial = this.stateMachine.dial(operation);
		try {
			dial.result().get();
		}
		catch (InterruptedException ex) {
			dial.abort();
			if (dial.result().handle((opened, failure) -> opened).join() != null) {
				// The connection was opened concurrently, after the caller has stopped
				// waiting
				this.stateMachine.reset();
			}
			throw ex;
		}
		catch (ExecutionException ex) {
			throw (ex.getCause() instanceof ConnectFailedException failed) ? failed
					: new IllegalStateException(ex.getCause());
		}
	}

	private void sleep(Duration delay, ConnectOperation operation) throws InterruptedException {
		CompletableFuture<Void> over = new CompletableFuture<>();
		Scheduler.Timeout timeout = this.stateMachine.timer().scheduleDial(delay, () -> over.complete(null));
		try {
			CompletableFuture.anyOf(over, operation.aborted()).get();
		}
		catch (ExecutionException ex) {
			throw (ex.getCause() instanceof ConnectFailedException failed) ? failed
					: new IllegalStateException(ex.getCause());
		}
		finally {
			timeout.cancel();
		}
	}

	@Override
	public void send(Object message) {
		sendRaw(JsonEncoder.encode(config().jsonMapper(), message));
	}

	@Override
	public void sendRaw(Message message) {
		Assert.notNull(message, "'message' must not be null");
		ConnectionOwner owner = this.stateMachine.liveOwner();
		if (owner != null) {
			owner.send(message);
			return;
		}
		OutboundMessage outgoing = new OutboundMessage(message);
		this.stateMachine.send(outgoing);
		Futures.awaitSend(outgoing.result());
	}

	@Override
	public Message receive() throws InterruptedException {
		return receiver().receive();
	}

	@Override
	public Optional<Message> receive(Duration timeout) throws InterruptedException {
		return receiver().receive(timeout);
	}

	@Override
	public void receiveLoop(Consumer<? super Message> sink) throws InterruptedException {
		receiver().receiveLoop(sink);
	}

	private MessageReceiver receiver() {
		refuseInSession("receive()", "take from the session's response channel");
		PhysicalConnection current = this.stateMachine.physicalConnection();
		if (current == null) {
			throw this.stateMachine.notConnected();
		}
		return new MessageReceiver(this.stateMachine, current);
	}

	@Override
	public void startHeartbeat(Duration interval) {
		this.stateMachine.heartbeat(SettingChecks.positive("interval", interval));
	}

	@Override
	public void stopHeartbeat() {
		this.stateMachine.heartbeat(Duration.ZERO);
	}

	@Override
	public State state() {
		return this.stateMachine.state();
	}

	@Override
	public void reset() {
		if (this.stateMachine.liveOwner() == null) {
			this.stateMachine.reset();
			return;
		}
		// The connection still belongs to its owner, which treats it as lost
		PhysicalConnection current = this.stateMachine.physicalConnection();
		if (current != null) {
			current.fail("it was reset", null);
		}
	}

	@Override
	public void close() {
		close(CloseStatus.NORMAL);
	}

	@Override
	public void close(CloseStatus status) {
		CloseStatus sendable = CloseReasons.sendable(status);
		ConnectionOwner owner = this.stateMachine.liveOwner();
		if (owner != null) {
			owner.close(sendable);
			return;
		}
		Futures.awaitQuietly(this.stateMachine.close(sendable), this.stateMachine.closeLimit());
	}

	@Override
	public String toString() {
		return "Conn[" + config().name() + ", " + state() + "]";
	}

	/**
	 * Callback to set up a new connection.
	 */
	@FunctionalInterface
	public interface Setup {

		void run() throws InterruptedException;

	}

}
