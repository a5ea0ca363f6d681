package dev.streaming.testsupport;

import java.nio.charset.StandardCharsets;

/**
 * A message that came to the server.
 *
 * @param isText whether it is text
 * @param bytes its bytes
 */
public record ReceivedMessage(boolean isText, byte[] bytes) {

	/**
	 * Return the bytes as UTF-8.
	 * @return the text
	 */
	public String text() {
		return new String(this.bytes, StandardCharsets.UTF_8);
	}

}
