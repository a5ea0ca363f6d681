package dev.streaming.gemini;

import java.util.function.Consumer;

import dev.streaming.Message;

/**
 * Tells the messages that this package sends from those that the application sends in the
 * provider's own words. Thread-safe.
 */
final class OwnSends {

	// Set while the thread sends a message of ours
	private final ThreadLocal<Boolean> sending = new ThreadLocal<>();

	/**
	 * Send a message of ours.
	 * @param channel sends it
	 * @param message the message
	 */
	void send(Consumer<? super Message> channel, Message message) {
		this.sending.set(Boolean.TRUE);
		try {
			channel.accept(message);
		}
		finally {
			this.sending.remove();
		}
	}

	/**
	 * Return whether the message that the calling thread sends is ours.
	 * @return whether it is
	 */
	boolean isOwn() {
		return this.sending.get() != null;
	}

}
