package dev.streaming.internal.util;

import org.springframework.context.SmartLifecycle;

/**
 * Base class for parts of the application that start and stop with its context, in a
 * phase.
 * <p>
 * Not pauseable: Spring pauses contexts that are cached between tests, and a resumed
 * context must have unchanged connections.
 */
public abstract class ContextLifecycle implements SmartLifecycle {

	private final int phase;

	private volatile boolean running;

	/**
	 * Create a part that is not running.
	 * @param phase the phase; parts with a lower one start earlier and stop later
	 */
	protected ContextLifecycle(int phase) {
		this.phase = phase;
	}

	@Override
	public final int getPhase() {
		return this.phase;
	}

	@Override
	public final boolean isPauseable() {
		return false;
	}

	@Override
	public final boolean isRunning() {
		return this.running;
	}

	@Override
	public final void start() {
		begin();
		this.running = true;
	}

	/**
	 * Start the part.
	 */
	protected abstract void begin();

	/**
	 * Record that the part has stopped.
	 */
	protected final void stopped() {
		this.running = false;
	}

}
