package dev.streaming.internal.util;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Utility methods for text in UTF-8. A lone surrogate cannot be encoded;
 * {@link String#getBytes} replaces it by a question mark.
 */
public final class Utf8 {

	/** Number of characters that are encoded at a time to measure them. */
	private static final int PIECE = 8 * 1024;

	private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

	/** Size of what is inspected at a time, in bytes. */
	private static final int BLOCK = 4 * Long.BYTES;

	private static final long NOT_ASCII = 0x8080808080808080L;

	private Utf8() {
	}

	/**
	 * Return the length of a text, as {@link String#getBytes} encodes it.
	 * @param text the text
	 * @return the number of bytes
	 */
	public static int length(String text) {
		int bytes = 0;
		int begin = 0;
		// The JDK uses vector instructions as long as the text is ASCII, which is much
		// faster than an inspection of each character. In pieces, because it copies
		while (text.length() - begin > PIECE) {
			int end = begin + PIECE;
			end -= isPair(text, end - 1) ? 1 : 0;
			bytes += encodedLength(text.substring(begin, end));
			begin = end;
		}
		return bytes + encodedLength((begin > 0) ? text.substring(begin) : text);
	}

	private static int encodedLength(String text) {
		return text.getBytes(StandardCharsets.UTF_8).length;
	}

	/**
	 * Return the length of a part of a text, which may begin or end within a surrogate
	 * pair: each half of a pair counts as two of its four bytes.
	 * @param part the part
	 * @return the number of bytes
	 */
	public static long lengthOfPart(String part) {
		if (part.isEmpty()) {
			return 0;
		}
		int last = part.length() - 1;
		// The JDK encodes half a pair as one byte
		int halves = Character.isLowSurrogate(part.charAt(0)) ? 1 : 0;
		halves += Character.isHighSurrogate(part.charAt(last)) ? 1 : 0;
		return (long) length(part) + halves;
	}

	private static boolean isPair(String text, int index) {
		return index + 1 < text.length() && Character.isSurrogatePair(text.charAt(index), text.charAt(index + 1));
	}

	/**
	 * Return a text that can be encoded.
	 * @param text any text
	 * @return the text, with a question mark for each lone surrogate
	 */
	public static String encodable(String text) {
		for (int i = 0; i < text.length(); i++) {
			if (Character.isSurrogate(text.charAt(i))) {
				if (!isPair(text, i)) {
					return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
				}
				i++;
			}
		}
		return text;
	}

	/**
	 * Return whether bytes are valid UTF-8 according to RFC 3629: no overlong form, no
	 * surrogate, nothing beyond U+10FFFF, no incomplete character.
	 * @param bytes the bytes
	 * @return whether they are valid
	 */
	public static boolean isValid(byte[] bytes) {
		int i = 0;
		while (i < bytes.length) {
			i = endOfAscii(bytes, i);
			if (i == bytes.length) {
				return true;
			}
			int length = characterLength(bytes, i);
			if (length == 0) {
				return false;
			}
			i += length;
		}
		return true;
	}

	/**
	 * Return the index behind ASCII characters, or before it by less than the size of a
	 * block.
	 * @param bytes the bytes
	 * @param begin the index of the first character
	 * @return the index of a byte that may be no ASCII character, or the length
	 */
	private static int endOfAscii(byte[] bytes, int begin) {
		int i = begin;
		while (i + BLOCK <= bytes.length && (((long) LONGS.get(bytes, i) | (long) LONGS.get(bytes, i + 8)
				| (long) LONGS.get(bytes, i + 16) | (long) LONGS.get(bytes, i + 24)) & NOT_ASCII) == 0) {
			i += BLOCK;
		}
		while (i + Long.BYTES <= bytes.length && ((long) LONGS.get(bytes, i) & NOT_ASCII) == 0) {
			i += Long.BYTES;
		}
		return i;
	}

	/**
	 * Return the length of the character at an index.
	 * @param bytes the bytes
	 * @param at the index
	 * @return the number of bytes, or 0 if there is no complete character
	 */
	private static int characterLength(byte[] bytes, int at) {
		int first = bytes[at];
		if (first >= 0) {
			return 1;
		}
		int lead = first & 0xff;
		if (lead < 0xc2 || lead > 0xf4) {
			return 0;
		}
		int length = (lead < 0xe0) ? 2 : (lead < 0xf0) ? 3 : 4;
		if (at + length > bytes.length) {
			return 0;
		}
		int second = bytes[at + 1] & 0xff;
		int lowest = (lead == 0xe0) ? 0xa0 : (lead == 0xf0) ? 0x90 : 0x80;
		int highest = (lead == 0xed) ? 0x9f : (lead == 0xf4) ? 0x8f : 0xbf;
		if (second < lowest || second > highest) {
			return 0;
		}
		for (int i = at + 2; i < at + length; i++) {
			if ((bytes[i] & 0xc0) != 0x80) {
				return 0;
			}
		}
		return length;
	}

}
