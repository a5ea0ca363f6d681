package dev.streaming.test;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets the tools of the application take as long as a test wants. Open unless a test
 * closes it.
 */
final class ToolGate {

	private static final int LIMIT_SECONDS = 10;

	private volatile CountDownLatch called = new CountDownLatch(0);

	private volatile CountDownLatch open = new CountDownLatch(0);

	private volatile CountDownLatch interrupted = new CountDownLatch(0);

	void close() {
		this.interrupted = new CountDownLatch(1);
		this.called = new CountDownLatch(1);
		this.open = new CountDownLatch(1);
	}

	void open() {
		this.open.countDown();
	}

	void awaitCall() throws InterruptedException {
		await(this.called, "No tool was called");
	}

	void awaitInterruption() throws InterruptedException {
		await(this.interrupted, "No tool was interrupted");
	}

	private static void await(CountDownLatch event, String failure) throws InterruptedException {
		if (!event.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
			throw new AssertionError(failure);
		}
	}

	/**
	 * A tool is at work.
	 */
	void pass() {
		CountDownLatch gate = this.open;
		this.called.countDown();
		try {
			if (!gate.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
				throw new IllegalStateException("The test has not opened the gate");
			}
		}
		catch (InterruptedException ex) {
			this.interrupted.countDown();
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted at the gate", ex);
		}
	}

}
