package dev.streaming.internal.connection;

import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/**
 * Connections on virtual time and a network in memory.
 */
@Timeout(30)
abstract class AbstractConnectionTests {

	final TestRuntime runtime = new TestRuntime();

	@AfterEach
	void closeRuntime() {
		this.runtime.close();
	}

}
