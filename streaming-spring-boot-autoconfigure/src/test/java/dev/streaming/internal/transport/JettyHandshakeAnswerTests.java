package dev.streaming.internal.transport;

import dev.streaming.internal.transport.DialException.Kind;
import dev.streaming.testsupport.JettyClients;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Jetty's client skips interim answers.
 */
class JettyHandshakeAnswerTests extends AbstractHandshakeAnswerTests {

	@RegisterExtension
	static final JettyClients jetty = new JettyClients();

	@Override
	Transport createTransport() {
		return on(jetty.client());
	}

	@Override
	void assertInterim(int status) {
		assertOpen();
	}

	/**
	 * Jetty asserts that a message that is too long has a status of an error, so where
	 * assertions are enabled the reason is lost.
	 */
	@Override
	void assertUpgradeIsTooLong() {
		assertThat(awaitFailure().kind()).isEqualTo(Kind.PROTOCOL);
	}

}
