package dev.streaming.internal.session;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.streaming.OutagePolicy;
import dev.streaming.SendFailedException;
import dev.streaming.Session;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * B6: sends that wait count against the size of the send buffer.
 */
@Rule("B6")
class SendBoundTests extends AbstractSessionTests {

	private static final String TEXT = "x".repeat(10_000);

	private static List<CompletableFuture<Void>> send(Session session, int count) {
		List<CompletableFuture<Void>> sends = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			sends.add(session.sendAsync(TEXT).toCompletableFuture());
		}
		return sends;
	}

	private static void assertRefused(List<CompletableFuture<Void>> sends) throws Exception {
		for (CompletableFuture<Void> send : sends) {
			assertThat(send).isCompletedExceptionally();
			assertThat(TestRuntime.failure(send)).isInstanceOf(SendFailedException.class)
				.hasMessageContaining("sendBufferSize is 102400 bytes");
		}
	}

	/**
	 * 20,000 messages of 10 KB were accepted, and held 204 MB.
	 */
	@Test
	void asynchronousSendsToAPeerThatDoesNotReadAreBounded() throws Exception {
		DefaultSession session = open((builder) -> builder.sendBufferSize(DataSize.ofKilobytes(100)));
		InMemoryPeer peer = this.runtime.peer();
		peer.stallWrites();
		List<CompletableFuture<Void>> sends = send(session, 200);
		assertRefused(sends.subList(10, 200));
		peer.releaseWrites();
		for (CompletableFuture<Void> accepted : sends.subList(0, 10)) {
			TestRuntime.get(accepted);
		}
		TestRuntime.get(send(session, 1).get(0));
		assertThat(peer.received()).hasSize(11);
	}

	@Test
	void oneMessageAloneIsAlwaysTaken() throws Exception {
		DefaultSession session = open((builder) -> builder.sendBufferSize(DataSize.ofKilobytes(1)));
		TestRuntime.get(send(session, 1).get(0));
		assertThat(this.runtime.peer().received()).hasSize(1);
	}

	@ParameterizedTest
	@EnumSource(names = { "WAIT", "BUFFER" })
	void sendsInAnOutageAreBounded(OutagePolicy policy) throws Exception {
		DefaultSession session = reconnecting(3,
				(builder) -> builder.sendWhileReconnecting(policy).sendBufferSize(DataSize.ofKilobytes(100)));
		this.runtime.peer().drop();
		awaitState(session, Session.State.RECONNECTING);
		List<CompletableFuture<Void>> sends = send(session, 200);
		assertRefused(sends.subList(10, 200));
		InMemoryPeer second = backOff(2);
		for (CompletableFuture<Void> accepted : sends.subList(0, 10)) {
			TestRuntime.get(accepted);
		}
		// The setup is the first
		assertThat(second.received()).hasSize(11);
	}

	@Test
	void blockingSendsThatWaitForAConnectionAreBounded() throws Exception {
		DefaultSession session = reconnecting(3, (builder) -> builder.sendWhileReconnecting(OutagePolicy.WAIT)
			.sendBufferSize(DataSize.ofKilobytes(100)));
		this.runtime.peer().drop();
		awaitState(session, Session.State.RECONNECTING);
		List<CompletableFuture<Void>> sends = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			sends.add(TestRuntime.run(() -> session.send(TEXT)));
		}
		TestRuntime.eventually(() -> assertThat(sends.stream().filter(CompletableFuture::isDone)).hasSize(10));
		assertRefused(sends.stream().filter(CompletableFuture::isDone).toList());
		InMemoryPeer second = backOff(2);
		TestRuntime.eventually(() -> assertThat(sends).allMatch(CompletableFuture::isDone));
		assertThat(second.received()).hasSize(11);
	}

}
