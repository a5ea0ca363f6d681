package dev.streaming;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import dev.streaming.internal.util.Plural;
import dev.streaming.internal.util.Utf8;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Text or binary message. Immutable and thread-safe. Holds the original representation,
 * text or bytes, and converts it to the other one on first access.
 *
 * @since 1.0.0
 */
public final class Message {

	private final boolean text;

	private volatile @Nullable String string;

	private volatile byte @Nullable [] encoded;

	private int size = -1;

	private Message(boolean text, @Nullable String string, byte @Nullable [] encoded) {
		this.text = text;
		this.string = string;
		this.encoded = encoded;
	}

	/**
	 * Create a text message.
	 * @param text its text
	 * @return the message
	 */
	public static Message text(String text) {
		Assert.notNull(text, "'text' must not be null");
		return new Message(true, text, null);
	}

	/**
	 * Create a text message from encoded text.
	 * @param utf8 its text in UTF-8; copied
	 * @return the message
	 */
	public static Message text(byte[] utf8) {
		Assert.notNull(utf8, "'utf8' must not be null");
		return new Message(true, null, utf8.clone());
	}

	/**
	 * Create a binary message.
	 * @param bytes its bytes; copied
	 * @return the message
	 */
	public static Message binary(byte[] bytes) {
		Assert.notNull(bytes, "'bytes' must not be null");
		return new Message(false, null, bytes.clone());
	}

	/**
	 * Create a text message from encoded text, without copying it.
	 * @param utf8 its text in UTF-8, which must not be changed any more
	 * @return the message
	 */
	public static Message wrapText(byte[] utf8) {
		Assert.notNull(utf8, "'utf8' must not be null");
		return new Message(true, null, utf8);
	}

	/**
	 * Create a binary message without copying its bytes.
	 * @param bytes its bytes, which must not be changed any more
	 * @return the message
	 */
	public static Message wrapBinary(byte[] bytes) {
		Assert.notNull(bytes, "'bytes' must not be null");
		return new Message(false, null, bytes);
	}

	/**
	 * Return whether it is a text message.
	 * @return {@code false} for a binary one
	 */
	public boolean isText() {
		return this.text;
	}

	/**
	 * Return the text. A binary message is decoded as UTF-8, because some providers send
	 * JSON in binary frames.
	 * @return the text
	 */
	public String text() {
		String result = this.string;
		if (result == null) {
			result = new String(encoded(), StandardCharsets.UTF_8);
			this.string = result;
		}
		return result;
	}

	/**
	 * Return the bytes, in UTF-8 for a text message.
	 * @return a copy
	 */
	public byte[] bytes() {
		return encoded().clone();
	}

	/**
	 * Return the bytes without copying them.
	 * @return a new read-only buffer
	 */
	public ByteBuffer asByteBuffer() {
		return ByteBuffer.wrap(encoded()).asReadOnlyBuffer();
	}

	/**
	 * Return whether {@link #text()} does not need a conversion, so that a parser can use
	 * the existing representation.
	 * @return whether the text is available
	 */
	public boolean hasText() {
		return this.string != null;
	}

	/**
	 * Return the size in bytes, in UTF-8 for a text message.
	 * @return the size
	 */
	public int size() {
		int result = this.size;
		if (result < 0) {
			byte[] bytes = this.encoded;
			String chars = this.string;
			result = (bytes != null || chars == null) ? encoded().length : Utf8.length(chars);
			this.size = result;
		}
		return result;
	}

	private byte[] encoded() {
		byte[] result = this.encoded;
		if (result == null) {
			String chars = this.string;
			Assert.state(chars != null, "A message has text or bytes");
			result = chars.getBytes(StandardCharsets.UTF_8);
			this.encoded = result;
		}
		return result;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		if (this == other) {
			return true;
		}
		return other instanceof Message that && this.text == that.text && Arrays.equals(encoded(), that.encoded());
	}

	@Override
	public int hashCode() {
		return Arrays.hashCode(encoded());
	}

	/**
	 * Return a short description with kind and size, but without the content, which may
	 * be confidential.
	 * @return a short description
	 */
	@Override
	public String toString() {
		return "Message[" + (this.text ? "text" : "binary") + ", " + Plural.of(size(), "byte") + "]";
	}

}
