package dev.streaming.gemini;

import java.util.function.Consumer;

import dev.streaming.Message;

/**
 * Distinguishes the messages that this package sends from raw messages of the
 * application. Thread-safe.
 */
final class OwnSends {

	// Set while the thread sends a message of this package
	private final ThreadLocal<Boolean> sending = new ThreadLocal<>();

	/**
	 * Send a message of this package.
	 * @param channel called to send the message
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
	 * Return whether the calling thread is sending a message of this package.
	 * @return whether it is
	 */
	boolean isOwn() {
		return this.sending.get() != null;
	}

}
