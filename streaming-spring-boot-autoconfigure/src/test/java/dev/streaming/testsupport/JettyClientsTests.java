package dev.streaming.testsupport;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.streaming.testsupport.JettyClients.OneForEachRequest;
import org.awaitility.Awaitility;
import org.eclipse.jetty.client.Connection;
import org.eclipse.jetty.client.Destination;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.io.ClientConnector;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link JettyClients}.
 */
@Tag("socket")
class JettyClientsTests {

	@Test
	void threadOfARequestThatTakesItsConnectionFirstOpensNoSpareOne() throws Exception {
		HttpClientTransportOverHTTP transport = new HttpClientTransportOverHTTP(new ClientConnector());
		transport.setConnectionPoolFactory(Ordered::new);
		HttpClient client = new HttpClient(transport);
		client.start();
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.refuse("404 Not Found");
			connection.awaitEnd();
		})) {
			assertThat(client.GET("http://localhost:" + server.port()).getStatus()).isEqualTo(404);
			assertThat(server.connections()).isOne();
		}
		finally {
			client.stop();
		}
	}

	/**
	 * The thread of the request takes the connection as soon as it is ready, and takes
	 * the request from the queue after that of the connection has looked.
	 */
	private static final class Ordered extends OneForEachRequest {

		private final CountDownLatch taken = new CountDownLatch(1);

		private final CountDownLatch looked = new CountDownLatch(1);

		Ordered(Destination destination) {
			super(destination, 64);
		}

		@Override
		protected void tryCreate(boolean create) {
			super.tryCreate(create);
			if (create) {
				Awaitility.await().until(() -> getIdleConnectionCount() == 1);
			}
		}

		@Override
		public Connection acquire(boolean create) {
			if (!create) {
				await(this.taken);
			}
			Connection acquired = super.acquire(create);
			if (create) {
				this.taken.countDown();
				await(this.looked);
			}
			else {
				this.looked.countDown();
			}
			return acquired;
		}

		private static void await(CountDownLatch latch) {
			try {
				assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
