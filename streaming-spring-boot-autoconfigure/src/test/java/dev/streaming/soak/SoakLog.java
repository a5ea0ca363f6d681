package dev.streaming.soak;

import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;
import org.slf4j.event.LoggingEvent;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.spi.LoggingEventAware;

/**
 * The log of one session of a {@link Soak}, of which only the messages are kept that a
 * drain says it has dropped.
 */
@SuppressWarnings("serial")
final class SoakLog extends LegacyAbstractLogger implements LoggingEventAware {

	private static final String DROPPED = "Dropped messages of a connection that has ended";

	private final AtomicInteger dropped = new AtomicInteger();

	/**
	 * Return the number of messages that drains have dropped.
	 */
	int dropped() {
		return this.dropped.get();
	}

	@Override
	public void log(LoggingEvent event) {
		if (event.getMessage().startsWith(DROPPED)) {
			for (KeyValuePair pair : event.getKeyValuePairs()) {
				if (pair.key.equals("messages")) {
					this.dropped.addAndGet((Integer) pair.value);
				}
			}
		}
	}

	@Override
	public boolean isTraceEnabled() {
		return false;
	}

	@Override
	public boolean isDebugEnabled() {
		return false;
	}

	@Override
	public boolean isInfoEnabled() {
		return false;
	}

	@Override
	public boolean isWarnEnabled() {
		return true;
	}

	@Override
	public boolean isErrorEnabled() {
		return false;
	}

	@Override
	protected @Nullable String getFullyQualifiedCallerName() {
		return null;
	}

	@Override
	protected void handleNormalizedLoggingCall(Level level, @Nullable Marker marker, String message,
			Object @Nullable [] arguments, @Nullable Throwable failure) {
		// Only lines with keys are of interest
	}

}
