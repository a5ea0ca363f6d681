package dev.streaming.internal.util;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Text that grows by appending, and whose prefixes share its memory. The cost of
 * appending does not depend on the length of the text.
 * <p>
 * Not thread-safe. A {@link Block} is immutable up to the length that the text had, and
 * may be safely published to other threads.
 */
public final class SharedText {

	private static final int FIRST_BLOCK = 64;

	private static final int LARGEST_BLOCK = 8 * 1024;

	// Characters below the length are never written again, so that chunks can share
	// blocks
	private Block last = new Block(null, FIRST_BLOCK);

	private int length;

	/**
	 * Append a text.
	 * @param text the text
	 */
	public void append(String text) {
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
	}

	/**
	 * Return the number of characters.
	 * @return the length
	 */
	public int length() {
		return this.length;
	}

	/**
	 * Return whether another text begins with this one, without creating a string.
	 * @param text the text
	 * @return whether this is a prefix of it
	 */
	public boolean isPrefixOf(String text) {
		return text.length() >= this.length && this.last.matches(0, text, this.length);
	}

	/**
	 * Return the text so far, sharing its memory.
	 * @return an immutable sequence
	 */
	public CharSequence prefix() {
		return (this.length == 0) ? "" : new Prefix(this.last, this.length);
	}

	@Override
	public String toString() {
		return this.last.text(0, this.length);
	}

	/**
	 * Part of the text, linked to the preceding parts.
	 */
	public static final class Block {

		private final @Nullable Block previous;

		// Index of the first character in the whole text
		private final int start;

		private final char[] chars;

		private Block(@Nullable Block previous, int size) {
			this.previous = previous;
			this.start = (previous != null) ? previous.start + previous.chars.length : 0;
			this.chars = new char[size];
		}

		/**
		 * Return a part of the text.
		 * @param from the index of the first character
		 * @param to the index after the last one, not before the start of this block
		 * @return a copy
		 */
		public String text(int from, int to) {
			if (from >= this.start) {
				return new String(this.chars, from - this.start, to - from);
			}
			char[] text = new char[to - from];
			int end = to;
			for (Block block = this; block != null && end > from; block = block.previous) {
				int begin = Math.max(from, block.start);
				System.arraycopy(block.chars, begin - block.start, text, begin - from, end - begin);
				end = begin;
			}
			return new String(text);
		}

		/**
		 * Return whether a part of the text equals another text.
		 * @param from the index of the first character
		 * @param other the other text
		 * @param length the number of its characters to compare
		 * @return whether they are equal
		 */
		public boolean matches(int from, String other, int length) {
			int end = from + length;
			for (Block block = this; block != null && end > from; block = block.previous) {
				int begin = Math.max(from, block.start);
				for (int i = begin; i < end; i++) {
					if (block.chars[i - block.start] != other.charAt(i - from)) {
						return false;
					}
				}
				end = Math.min(end, begin);
			}
			return true;
		}

		private char at(int index) {
			Block block = this;
			while (block.start > index) {
				block = Objects.requireNonNull(block.previous);
			}
			return block.chars[index - block.start];
		}

	}

	/**
	 * Immutable prefix of the text.
	 *
	 * @param last its last block
	 * @param length its length
	 */
	public record Prefix(Block last, int length) implements CharSequence {

		@Override
		public char charAt(int index) {
			return this.last.at(Objects.checkIndex(index, this.length));
		}

		@Override
		public CharSequence subSequence(int start, int end) {
			Objects.checkFromToIndex(start, end, this.length);
			return toString().subSequence(start, end);
		}

		@Override
		public String toString() {
			return this.last.text(0, this.length);
		}

	}

}
