package dev.streaming;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Messages are values, and show nothing of their content.
 */
class MessageTests {

	@Test
	void messageNeverShowsItsContent() {
		byte[] utf8 = "s3cret".getBytes(StandardCharsets.UTF_8);
		Message message = Message.text(utf8);
		utf8[0] = 'X';
		assertThat(message.text()).isEqualTo("s3cret");
		message.bytes()[0] = 'X';
		assertThat(message.bytes()).startsWith('s');
		assertThat(message).hasToString("Message[text, 6 bytes]");
		assertThat(Message.text("aü€😀").size()).isEqualTo("aü€😀".getBytes(StandardCharsets.UTF_8).length);
	}

}
