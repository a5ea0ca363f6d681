package dev.streaming.realtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import dev.streaming.StreamingException;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * A text that grows by appending, and whose prefixes share its memory: for the
 * {@link dev.streaming.StreamChunk#content() text so far} of chunks. To append costs the
 * same however long the text is.
 * <p>
 * Belongs to one thread at a time. A {@link #prefix() prefix} is immutable and may be
 * read by any thread that it was handed over to.
 *
 * @since 1.0.0
 */
public final class AccumulatedText {

	private static final int FIRST_BLOCK = 64;

	private static final int LARGEST_BLOCK = 8 * 1024;

	/** The maximum length in characters (B3). */
	public static final int MAX_LENGTH = 16 * 1024 * 1024;

	// What is below the length is never written again, so prefixes can share the blocks
	private Block last = new Block(null, FIRST_BLOCK);

	private int length;

	/**
	 * Append a text.
	 * @param text the text
	 * @return this
	 * @throws StreamingException if it would be longer than {@value #MAX_LENGTH}
	 * characters
	 */
	public AccumulatedText append(String text) {
		Assert.notNull(text, "'text' must not be null");
		if (text.length() > MAX_LENGTH - this.length) {
			throw new StreamingException(
					"A text of the provider is longer than " + MAX_LENGTH + " characters, which is the limit");
		}
		int from = 0;
		while (from < text.length()) {
			int used = this.length - this.last.start;
			if (used == this.last.chars.length) {
				this.last = new Block(this.last, Math.min(LARGEST_BLOCK, 2 * this.last.chars.length));
				used = 0;
			}
			int count = Math.min(text.length() - from, this.last.chars.length - used);
			text.getChars(from, from + count, this.last.chars, used);
			from += count;
			this.length += count;
		}
		return this;
	}

	/**
	 * Return the number of characters.
	 * @return the length
	 */
	public int length() {
		return this.length;
	}

	/**
	 * Return whether there is no text.
	 * @return whether it is empty
	 */
	public boolean isEmpty() {
		return this.length == 0;
	}

	/**
	 * Return whether a text begins with this one, without making a string of it.
	 * @param text the text
	 * @return whether this is a prefix of it
	 */
	public boolean isPrefixOf(String text) {
		if (text.length() < this.length) {
			return false;
		}
		int end = this.length;
		for (Block block = this.last; block != null; block = block.previous) {
			for (int i = block.start; i < end; i++) {
				if (block.chars[i - block.start] != text.charAt(i)) {
					return false;
				}
			}
			end = block.start;
		}
		return true;
	}

	/**
	 * Return the text so far, sharing its memory.
	 * @return an immutable sequence
	 */
	public CharSequence prefix() {
		return (this.length == 0) ? "" : new Prefix(this.last, this.length);
	}

	/**
	 * Return the text.
	 * @return a copy
	 */
	@Override
	public String toString() {
		return text(this.last, this.length);
	}

	private static String text(Block last, int length) {
		List<Block> blocks = new ArrayList<>();
		for (Block block = last; block != null; block = block.previous) {
			blocks.add(block);
		}
		StringBuilder text = new StringBuilder(length);
		for (int i = blocks.size() - 1; i >= 0; i--) {
			Block block = blocks.get(i);
			text.append(block.chars, 0, Math.min(block.chars.length, length - block.start));
		}
		return text.toString();
	}

	private static final class Block {

		private final @Nullable Block previous;

		// Of the whole text: the index of the first character
		private final int start;

		private final char[] chars;

		Block(@Nullable Block previous, int size) {
			this.previous = previous;
			this.start = (previous != null) ? previous.start + previous.chars.length : 0;
			this.chars = new char[size];
		}

	}

	private record Prefix(Block last, int length) implements CharSequence {

		@Override
		public char charAt(int index) {
			Objects.checkIndex(index, this.length);
			Block block = this.last;
			while (block.start > index) {
				block = Objects.requireNonNull(block.previous);
			}
			return block.chars[index - block.start];
		}

		@Override
		public CharSequence subSequence(int start, int end) {
			return toString().subSequence(start, end);
		}

		@Override
		public String toString() {
			return text(this.last, this.length);
		}

	}

}
