package dev.streaming.realtime;

import dev.streaming.StreamingException;
import dev.streaming.internal.util.SharedText;

import org.springframework.util.Assert;

/**
 * Text that grows by appending, and whose prefixes share its memory: for the
 * {@link dev.streaming.StreamChunk#content() text so far} of chunks. Appending takes time
 * proportional to the appended text only.
 * <p>
 * Not thread-safe. A {@link #prefix() prefix} is immutable and may be safely published to
 * other threads.
 *
 * @since 1.0.0
 */
public final class AccumulatedText {

	/** The maximum length in characters (B3). */
	public static final int MAX_LENGTH = 16 * 1024 * 1024;

	private final SharedText text = new SharedText();

	/**
	 * Append a text.
	 * @param text the text
	 * @return this
	 * @throws StreamingException if the text would be longer than {@value #MAX_LENGTH}
	 * characters
	 */
	public AccumulatedText append(String text) {
		Assert.notNull(text, "'text' must not be null");
		if (text.length() > MAX_LENGTH - length()) {
			throw new StreamingException(
					"A text of the provider is longer than " + MAX_LENGTH + " characters, which is the limit");
		}
		this.text.append(text);
		return this;
	}

	/**
	 * Return the number of characters.
	 * @return the length
	 */
	public int length() {
		return this.text.length();
	}

	/**
	 * Return whether there is no text.
	 * @return whether it is empty
	 */
	public boolean isEmpty() {
		return length() == 0;
	}

	/**
	 * Return whether a text begins with this one, without creating a string.
	 * @param text the text
	 * @return whether this is a prefix of it
	 */
	public boolean isPrefixOf(String text) {
		return this.text.isPrefixOf(text);
	}

	/**
	 * Return the text so far, sharing its memory.
	 * @return an immutable sequence
	 */
	public CharSequence prefix() {
		return this.text.prefix();
	}

	/**
	 * Return the text.
	 * @return a copy
	 */
	@Override
	public String toString() {
		return this.text.toString();
	}

}
