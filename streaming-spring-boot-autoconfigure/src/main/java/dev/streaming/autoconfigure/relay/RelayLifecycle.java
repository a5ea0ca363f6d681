package dev.streaming.autoconfigure.relay;

import dev.streaming.internal.relay.Relays;
import dev.streaming.internal.util.ContextLifecycle;

import org.springframework.context.SmartLifecycle;

/**
 * Ends the relays with the application context: before the sessions, so that browsers are
 * notified of a restart of the server instead of a failed session.
 */
final class RelayLifecycle extends ContextLifecycle {

	/** Phase between the web server's graceful shutdown and the sessions. */
	static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 1024 - 256;

	private final Relays relays;

	private final RelayStartupMessage message;

	RelayLifecycle(Relays relays, RelayStartupMessage message) {
		super(PHASE);
		this.relays = relays;
		this.message = message;
	}

	@Override
	protected void begin() {
		this.relays.start();
		this.message.log();
	}

	@Override
	public void stop() {
		stopped();
		this.relays.stop();
	}

}
