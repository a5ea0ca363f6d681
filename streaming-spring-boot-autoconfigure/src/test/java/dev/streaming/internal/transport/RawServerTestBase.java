package dev.streaming.internal.transport;

import dev.streaming.testsupport.RawWebSocketServer;
import dev.streaming.testsupport.RawWebSocketServer.Script;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;

/**
 * A transport, and a server that writes what a test passes to it.
 */
@Tag("socket")
abstract class RawServerTestBase extends TransportTestBase {

	RawWebSocketServer raw;

	@Override
	ContractServer createServer() {
		return new RawContractServer();
	}

	@AfterEach
	void stopRawServer() {
		if (this.raw != null) {
			this.raw.close();
		}
	}

	void serve(Script script) {
		this.raw = RawWebSocketServer.start(script);
	}

}
