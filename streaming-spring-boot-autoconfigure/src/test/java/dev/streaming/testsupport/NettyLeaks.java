package dev.streaming.testsupport;

import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.List;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import io.netty.util.ResourceLeakDetectorFactory;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Watches every buffer of Netty while the tests of a class run, and fails the class if
 * one of them was forgotten.
 */
public final class NettyLeaks implements BeforeAllCallback, AfterAllCallback {

	private static final int ROUNDS = 2;

	private static final int ATTEMPTS = 50;

	private Level before = Level.SIMPLE;

	@Override
	public void beforeAll(ExtensionContext context) {
		start();
	}

	@Override
	public void afterAll(ExtensionContext context) {
		assertThat(stop()).as("buffers that were not released").isEmpty();
	}

	/**
	 * Begin to watch.
	 */
	void start() {
		assertThat(ResourceLeakDetectorFactory.instance().newResourceLeakDetector(Object.class))
			.as("-Dio.netty.customResourceLeakDetector=" + LeakReports.class.getName())
			.isInstanceOf(LeakReports.class);
		this.before = ResourceLeakDetector.getLevel();
		collect();
		LeakReports.take();
		ResourceLeakDetector.setLevel(Level.PARANOID);
	}

	/**
	 * Watch no longer.
	 * @return the reports since {@link #start()}
	 */
	List<String> stop() {
		collect();
		ResourceLeakDetector.setLevel(this.before);
		return LeakReports.take();
	}

	// A report is made when another buffer is watched, after the forgotten one was
	// collected
	private static void collect() {
		Level level = ResourceLeakDetector.getLevel();
		ResourceLeakDetector.setLevel(Level.PARANOID);
		for (int i = 0; i < ROUNDS; i++) {
			awaitCollection();
			PooledByteBufAllocator.DEFAULT.directBuffer(1).release();
			UnpooledByteBufAllocator.DEFAULT.directBuffer(1).release();
		}
		ResourceLeakDetector.setLevel(level);
	}

	// The collector has enqueued the references of forgotten buffers once it has that of
	// a later object
	private static void awaitCollection() {
		ReferenceQueue<Object> collected = new ReferenceQueue<>();
		Reference<Object> later = new PhantomReference<>(new Object(), collected);
		try {
			for (int i = 0; i < ATTEMPTS; i++) {
				System.gc();
				if (collected.remove(100) == later) {
					return;
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		throw new IllegalStateException("Nothing was collected");
	}

}
