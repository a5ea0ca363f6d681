package dev.streaming.internal.connection;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import dev.streaming.NotConnectedException;
import dev.streaming.SendFailedException;
import dev.streaming.SessionClosedException;
import dev.streaming.StreamingException;

/**
 * Utility methods to wait for futures, with failures that contain the stack trace of the
 * caller.
 */
public final class Futures {

	private Futures() {
	}

	/**
	 * Wait for a send. Not interruptible; an interrupt is preserved for the caller.
	 * @param result the future of the send
	 */
	public static void awaitSend(CompletableFuture<Void> result) {
		boolean interrupted = false;
		try {
			while (true) {
				try {
					result.get();
					return;
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
			}
		}
		catch (ExecutionException ex) {
			throw here(Objects.requireNonNullElse(ex.getCause(), ex));
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	/**
	 * Wait for a future whose result is reported elsewhere. Not interruptible; an
	 * interrupt is preserved for the caller.
	 * <p>
	 * Does not wait in the future itself, because a thread that waits there runs
	 * dependent stages of others, and may be delayed by them beyond the limit.
	 * @param over the future
	 * @param limit maximum time to wait
	 */
	public static void awaitQuietly(CompletableFuture<?> over, Duration limit) {
		CountDownLatch ended = new CountDownLatch(1);
		over.whenComplete((result, failure) -> ended.countDown());
		boolean interrupted = false;
		long deadline = System.nanoTime() + limit.toNanos();
		try {
			while (true) {
				try {
					ended.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
					return;
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
			}
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private static RuntimeException here(Throwable failure) {
		String message = String.valueOf(failure.getMessage());
		if (failure instanceof SendFailedException) {
			return new SendFailedException(message, failure.getCause());
		}
		if (failure instanceof NotConnectedException gone) {
			return new NotConnectedException(message, gone.closeStatus().orElse(null));
		}
		if (failure instanceof SessionClosedException) {
			return new SessionClosedException(message, failure.getCause());
		}
		return (failure instanceof RuntimeException ex) ? ex : new StreamingException("A send failed", failure);
	}

}
