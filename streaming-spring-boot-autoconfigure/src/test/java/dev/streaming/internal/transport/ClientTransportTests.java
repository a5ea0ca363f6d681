package dev.streaming.internal.transport;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import dev.streaming.internal.transport.websocket.WebSocketClientTransport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.client.WebSocketClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The transport on a client of Spring's, whose dials and writes block a thread of ours.
 */
abstract class ClientTransportTests extends SocketTransportTests {

	WebSocketClient client;

	abstract WebSocketClient createClient() throws Exception;

	@Override
	Transport createTransport() throws Exception {
		this.client = createClient();
		return transportOn(this::execute);
	}

	private Transport transportOn(Executor executor) {
		return new WebSocketClientTransport(this.client, executor, this.timer);
	}

	@Test
	void aDialIsNotMadeOnTheCallersThread() {
		Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
		Transport queued = transportOn(tasks::add);
		queued.dial(request(this.server.uri()), this.listener);
		assertThat(tasks).hasSize(1);
		assertThat(this.server.dials()).isZero();
		this.pool.execute(tasks.remove());
		awaitOpen();
		assertThat(connection().sendText("x").toCompletableFuture()).isNotDone();
		connection().close(CloseStatus.NORMAL);
		assertThat(tasks).hasSize(1);
		this.pool.execute(tasks.remove());
		Awaitility.await().until(() -> !tasks.isEmpty());
		this.pool.execute(tasks.remove());
		awaitEnd();
	}

	@Test
	void aDialCancelledBeforeItBeganIsNotMade() {
		Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
		transportOn(tasks::add).dial(request(this.server.uri()), this.listener).abort();
		this.pool.execute(tasks.remove());
		assertThat(awaitFailure().kind()).isEqualTo(DialException.Kind.NETWORK);
		assertThat(this.server.dials()).isZero();
	}

	@Test
	void withoutAThreadADialFails() {
		transportOn((task) -> {
			throw new RejectedExecutionException();
		}).dial(request(this.server.uri()), this.listener);
		assertThat(this.listener.failures()).hasSize(1);
	}

}
