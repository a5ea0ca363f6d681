package dev.streaming.openai;

import java.util.Optional;

import dev.streaming.ReconnectContext;

/**
 * Reconnect attempt.
 */
final class ModelReconnect implements ReconnectContext {

	@Override
	public int attempt() {
		return 1;
	}

	@Override
	public int maxAttempts() {
		return 1;
	}

	@Override
	public Throwable cause() {
		return new IllegalStateException("Lost");
	}

	@Override
	public Optional<Throwable> lastFailure() {
		return Optional.empty();
	}

	@Override
	public boolean planned() {
		return false;
	}

	@Override
	public String reason() {
		return "test";
	}

	@Override
	public void stateRestored(boolean restored) {
	}

}
