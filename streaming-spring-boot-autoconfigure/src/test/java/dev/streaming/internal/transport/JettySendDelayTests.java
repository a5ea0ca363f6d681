package dev.streaming.internal.transport;

import javax.net.ssl.SSLContext;

import dev.streaming.testsupport.JettyClients;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Jetty's client turns TCP_NODELAY on by itself.
 */
class JettySendDelayTests extends AbstractSendDelayTests {

	@RegisterExtension
	static final JettyClients jetty = new JettyClients();

	@Override
	Transport createTransport() throws Exception {
		return on(jetty.client(certificates.trusting()));
	}

	@Override
	@Nullable SSLContext dialContext() {
		return null;
	}

}
