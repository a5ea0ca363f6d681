package dev.streaming.internal.transport;

import dev.streaming.internal.transport.websocket.StreamingWebSocketClient;
import dev.streaming.testsupport.RawFrame;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tomcat's client stops reading at a close frame that breaks a rule, without a notice.
 */
class TomcatCloseFrameTests extends AbstractCloseFrameTests {

	@Override
	Transport createTransport() {
		return on(new StreamingWebSocketClient());
	}

	@ParameterizedTest
	@CsvSource({ "88 05 03 F3 61 62 C3, 1011", "88 01 03, 1006", "88 03 03 ED FF, 1002" })
	void brokenFrameEndsATlsConnection(String frame, int code) throws Exception {
		serveTls((connection) -> {
			connection.upgrade(RawFrame.text("first"));
			connection.write(bytes(frame));
			connection.awaitEnd();
		});
		dial(uri(), certificates.trusting());
		assertThat(within(System.nanoTime()).code()).isEqualTo(code);
		assertThat(this.listener.texts()).containsExactly("first");
	}

}
