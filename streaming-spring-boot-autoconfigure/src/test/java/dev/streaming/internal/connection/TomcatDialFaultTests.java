package dev.streaming.internal.connection;

import java.util.concurrent.Executor;

import dev.streaming.Conn;
import dev.streaming.ConnectFailedException;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.transport.Transport;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Faults of the dial on Tomcat's client, the default.
 */
class TomcatDialFaultTests extends AbstractDialFaultTests {

	@Override
	public Transport transport(Executor blockingExecutor, Scheduler scheduler) {
		return tomcat(blockingExecutor, scheduler);
	}

	/**
	 * Jetty reads the whole answer before it reports it.
	 */
	@Test
	@Rule("C2")
	void refusalWhoseBodyIsThrottledHasItsStatus() {
		throttledRefusal();
		Conn refused = conn("ws://localhost:" + this.mockServer.getPort() + "/live");
		assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(refused::connectWithRetry)
			.satisfies((ex) -> {
				assertThat(ex.statusCode()).hasValue(401);
				assertThat(ex.attempts()).isEqualTo(1);
			});
	}

}
