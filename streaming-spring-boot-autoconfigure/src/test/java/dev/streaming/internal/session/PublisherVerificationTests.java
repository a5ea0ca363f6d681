package dev.streaming.internal.session;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import dev.streaming.Session;
import dev.streaming.SessionConfig;
import dev.streaming.StreamChunk;
import dev.streaming.internal.session.DefaultResponseChannel.Next;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.ITestResult;
import org.testng.TestListenerAdapter;
import org.testng.TestNG;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The technology compatibility kit of Reactive Streams, which is written for TestNG, on
 * the publishers of a session. A rule that the kit does not verify is an aborted test.
 */
@Rule("S15")
@Tag("race")
class PublisherVerificationTests {

	/** So many of the kit's rules can be verified on such a publisher. */
	private static final int VERIFIED = 25;

	/**
	 * The kit's own limit for a signal is 100 ms, which a busy machine needs now and
	 * then. What must not be signaled is waited for as long as ever.
	 */
	private static final TestEnvironment PATIENT = new TestEnvironment(2_000, 100);

	/** Time for a cancellation that is asynchronous, after which references are gone. */
	private static final long REFERENCE_MILLIS = 1_000;

	private static final ExecutorService workers = Executors.newCachedThreadPool();

	private static final TestRuntime runtime = new TestRuntime();

	@AfterAll
	static void shutDown() {
		workers.shutdownNow();
		runtime.close();
	}

	@TestFactory
	Stream<DynamicTest> publisherOfAResponseChannel() {
		return verify(ResponseChannelVerification.class);
	}

	@TestFactory
	Stream<DynamicTest> publisherOfASession() {
		return verify(SessionVerification.class);
	}

	private static Stream<DynamicTest> verify(Class<?> verification) {
		TestListenerAdapter results = new TestListenerAdapter();
		TestNG kit = new TestNG(false);
		kit.setVerbose(0);
		kit.setTestClasses(new Class<?>[] { verification });
		kit.addListener(results);
		kit.run();
		assertThat(results.getConfigurationFailures()).isEmpty();
		List<ITestResult> all = new ArrayList<>(results.getPassedTests());
		all.addAll(results.getFailedTests());
		assertThat(all).hasSizeGreaterThanOrEqualTo(VERIFIED);
		all.addAll(results.getSkippedTests());
		return all.stream().map((result) -> DynamicTest.dynamicTest(result.getName(), () -> report(result)));
	}

	private static void report(ITestResult result) throws Throwable {
		Throwable failure = result.getThrowable();
		Assumptions.assumeFalse(result.getStatus() == ITestResult.SKIP, () -> String.valueOf(failure));
		if (failure != null) {
			throw failure;
		}
		assertThat(result.getStatus()).isEqualTo(ITestResult.SUCCESS);
	}

	/**
	 * A channel that is filled whenever it has room.
	 */
	static class ResponseChannelVerification extends FlowPublisherVerification<StreamChunk> {

		ResponseChannelVerification() {
			super(PATIENT, REFERENCE_MILLIS);
		}

		private DefaultResponseChannel channel() {
			return new DefaultResponseChannel(4, 256, () -> false, (discarded) -> {
			}, workers, workers);
		}

		@Override
		public Flow.Publisher<StreamChunk> createFlowPublisher(long elements) {
			DefaultResponseChannel channel = channel();
			new Filler(channel, elements).run();
			return channel.publisher();
		}

		@Override
		public Flow.Publisher<StreamChunk> createFailedFlowPublisher() {
			DefaultResponseChannel channel = channel();
			channel.publisher().subscribe(new RecordingSubscriber());
			return channel.publisher();
		}

	}

	private static final class Filler implements Runnable {

		private final DefaultResponseChannel channel;

		private final AtomicBoolean ended = new AtomicBoolean();

		private long left;

		Filler(DefaultResponseChannel channel, long elements) {
			this.channel = channel;
			this.left = elements;
		}

		@Override
		public void run() {
			while (this.left > 0 && !this.channel.isFull(this)) {
				this.left--;
				this.channel.put(List.of(StreamChunk.delta("chunk")), 1, Next.UNKNOWN);
			}
			if (this.left == 0 && this.ended.compareAndSet(false, true)) {
				this.channel.end(null);
			}
		}

	}

	/**
	 * A session whose peer sends as many messages as chunks are wanted, and closes.
	 */
	static class SessionVerification extends FlowPublisherVerification<StreamChunk> {

		private static final int MOST = 1000;

		SessionVerification() {
			super(PATIENT, REFERENCE_MILLIS);
		}

		@Override
		public long maxElementsFromPublisher() {
			return MOST;
		}

		private Session session(long elements) {
			try {
				Session session = Session.open(SessionConfig.builder()
					.conn(runtime.connected())
					.onMessage(AbstractSessionTests::echo)
					.build());
				InMemoryPeer peer = runtime.peer();
				for (long i = 0; i < elements; i++) {
					peer.text("chunk");
				}
				return session;
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

		@Override
		public Flow.Publisher<StreamChunk> createFlowPublisher(long elements) {
			Session session = session(elements);
			runtime.peer().close(CloseStatus.NORMAL);
			return session.publisher();
		}

		@Override
		public Flow.Publisher<StreamChunk> createFailedFlowPublisher() {
			Session session = session(0);
			session.publisher().subscribe(new RecordingSubscriber());
			return session.publisher();
		}

	}

}
