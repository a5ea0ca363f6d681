package dev.streaming.internal.transport;

import dev.streaming.testsupport.JettyClients;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Jetty's client ends the connection by itself, with the code that it sends. It does not
 * report 1014, which the API does not know.
 */
class JettyCloseFrameTests extends AbstractCloseFrameTests {

	@RegisterExtension
	static final JettyClients jetty = new JettyClients();

	@Override
	Transport createTransport() {
		return on(jetty.client());
	}

	@Override
	int codeOf(int code) {
		return (code == 1014) ? 1006 : code;
	}

	@Override
	int codeWithBrokenReason(int code) {
		return 1007;
	}

	@Override
	int codeOfBrokenBody(int code) {
		return 1002;
	}

}
