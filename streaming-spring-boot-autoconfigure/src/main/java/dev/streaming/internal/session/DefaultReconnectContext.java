package dev.streaming.internal.session;

import java.util.Optional;

import dev.streaming.ReconnectContext;
import org.jspecify.annotations.Nullable;

/**
 * Context of one invocation of a hook. Confined to the hook's thread.
 */
final class DefaultReconnectContext implements ReconnectContext {

	private final int attempt;

	private final int maxAttempts;

	private final Throwable cause;

	private final @Nullable Throwable lastFailure;

	private final boolean planned;

	private final String reason;

	private boolean stateRestored;

	DefaultReconnectContext(int attempt, int maxAttempts, Throwable cause, @Nullable Throwable lastFailure,
			boolean planned, String reason) {
		this.attempt = attempt;
		this.maxAttempts = maxAttempts;
		this.cause = cause;
		this.lastFailure = lastFailure;
		this.planned = planned;
		this.reason = reason;
	}

	@Override
	public int attempt() {
		return this.attempt;
	}

	@Override
	public int maxAttempts() {
		return this.maxAttempts;
	}

	@Override
	public Throwable cause() {
		return this.cause;
	}

	@Override
	public Optional<Throwable> lastFailure() {
		return Optional.ofNullable(this.lastFailure);
	}

	@Override
	public boolean planned() {
		return this.planned;
	}

	@Override
	public String reason() {
		return this.reason;
	}

	@Override
	public void stateRestored(boolean restored) {
		this.stateRestored = restored;
	}

	boolean isStateRestored() {
		return this.stateRestored;
	}

}
