package dev.streaming.internal.retry;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import org.springframework.retry.RetryContext;
import org.springframework.retry.backoff.BackOffContext;
import org.springframework.retry.backoff.BackOffInterruptedException;
import org.springframework.retry.backoff.BackOffPolicy;
import org.springframework.retry.policy.SimpleRetryPolicy;
import org.springframework.retry.support.RetryTemplate;

/**
 * Dials with a {@link RetryTemplate} until a dial succeeds, fails permanently, or the
 * maximum number of dials is reached. Blocks the calling thread, in the dial and, between
 * dials, in the {@link Sleeper}. Thread-safe.
 */
public final class RetryingDialer {

	private final int maxAttempts;

	private final JitteredBackOff backOff;

	private final Sleeper sleeper;

	private final Predicate<Throwable> retryable;

	private final Function<@Nullable Throwable, RetryHint> hints;

	/**
	 * Create a dialer.
	 * @param maxAttempts maximum number of dials, including the first
	 * @param backOff the backoff between dials
	 * @param sleeper waits between dials
	 * @param retryable whether another dial may succeed after a failure
	 * @param hints extracts the hint from a failure
	 */
	public RetryingDialer(int maxAttempts, JitteredBackOff backOff, Sleeper sleeper, Predicate<Throwable> retryable,
			Function<@Nullable Throwable, RetryHint> hints) {
		this.maxAttempts = maxAttempts;
		this.backOff = backOff;
		this.sleeper = sleeper;
		this.retryable = retryable;
		this.hints = hints;
	}

	/**
	 * Return whether to dial again.
	 * @param dials the number of dials so far
	 * @param failure the failure of the last one
	 * @return whether another dial is allowed, and may succeed
	 */
	public boolean mayRetry(int dials, Throwable failure) {
		return dials < this.maxAttempts && this.retryable.test(failure);
	}

	/**
	 * Return the delay before the next dial.
	 * @param dials the number of dials so far
	 * @param failure the failure of the last one
	 * @return the delay
	 */
	public Duration delay(int dials, @Nullable Throwable failure) {
		return this.backOff.delayAfter(dials, this.hints.apply(failure));
	}

	/**
	 * Dial with retry.
	 * @param dial one dial
	 * @param <T> the type of the result of a dial
	 * @return the result of the successful dial
	 * @throws InterruptedException if the calling thread was interrupted in a dial or
	 * between dials
	 * @throws Exception the failure of the last dial
	 */
	public <T> T call(Callable<T> dial) throws Exception {
		RetryTemplate template = new RetryTemplate();
		template.setRetryPolicy(new DialRetryPolicy());
		template.setBackOffPolicy(new DialBackOffPolicy());
		try {
			return template.execute((context) -> dial.call());
		}
		catch (BackOffInterruptedException ex) {
			if (ex.getCause() instanceof InterruptedException interrupted) {
				throw interrupted;
			}
			throw ex;
		}
	}

	/**
	 * Strategy to wait between dials.
	 */
	@FunctionalInterface
	public interface Sleeper {

		/**
		 * Wait.
		 * @param duration the duration
		 * @throws InterruptedException if the calling thread was interrupted
		 */
		void sleep(Duration duration) throws InterruptedException;

	}

	private final class DialRetryPolicy extends SimpleRetryPolicy {

		private static final long serialVersionUID = 1L;

		DialRetryPolicy() {
			super(RetryingDialer.this.maxAttempts);
		}

		@Override
		public boolean canRetry(RetryContext context) {
			Throwable last = context.getLastThrowable();
			return (last == null) || mayRetry(context.getRetryCount(), last);
		}

	}

	private final class DialBackOffPolicy implements BackOffPolicy {

		@Override
		public @Nullable BackOffContext start(RetryContext context) {
			return new DialBackOffContext(context);
		}

		@Override
		public void backOff(@Nullable BackOffContext backOffContext) throws BackOffInterruptedException {
			if (!(backOffContext instanceof DialBackOffContext dialContext)) {
				throw new IllegalStateException("The backoff was not started");
			}
			RetryContext context = dialContext.context;
			try {
				RetryingDialer.this.sleeper.sleep(delay(context.getRetryCount(), context.getLastThrowable()));
			}
			catch (InterruptedException ex) {
				throw new BackOffInterruptedException("Interrupted between dials", ex);
			}
		}

	}

	private static final class DialBackOffContext implements BackOffContext {

		private static final long serialVersionUID = 1L;

		private final transient RetryContext context;

		DialBackOffContext(RetryContext context) {
			this.context = context;
		}

	}

}
