package dev.streaming.realtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;

import dev.streaming.Conn;
import dev.streaming.FinishReason;
import dev.streaming.MediaData;
import dev.streaming.Message;
import dev.streaming.Session;
import dev.streaming.SessionConfig;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import dev.streaming.ToolCall;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for answers of a third provider, whose handler does not support questions:
 * responses are found by their chunks alone.
 */
@Timeout(30)
class AnswerQueueTests {

	private final TestRuntime runtime = new TestRuntime();

	private final ThirdProvider provider = new ThirdProvider();

	private Session session;

	private RealtimeClient client;

	@BeforeEach
	void open() throws InterruptedException {
		this.session = Session.open(SessionConfig.builder().conn(this.runtime.connected((conn) -> {
		})).handler(this.provider).build());
		this.client = RealtimeClient.of(this.session);
	}

	@AfterEach
	void close() {
		this.session.close();
		this.runtime.close();
	}

	private void say(String... messages) {
		for (String message : messages) {
			this.runtime.peer().text(message);
		}
	}

	private void awaitSent(String... texts) {
		TestRuntime.eventually(() -> {
			this.runtime.timer.advance(Duration.ZERO);
			assertThat(this.runtime.peer().texts()).containsExactly(texts);
		});
	}

	private StreamChunk next() throws InterruptedException {
		return this.session.response().poll(Duration.ofSeconds(10)).orElseThrow();
	}

	@Test
	void nextResponseIsTheAnswer() throws Exception {
		Answer answer = this.client.ask("Hello");
		awaitSent("text Hello", "respond");
		say("input said", "delta Hi", "end STOP", "delta rest");
		assertThat(answer.text()).isEqualTo("Hi");
		assertThat(next().source()).isEqualTo("input");
		assertThat(next().delta()).isEqualTo("rest");
	}

	@Test
	void answerContinuesBehindCallsOfTools() {
		Answer answer = this.client.ask("Hello");
		say("delta One. ", "call pay", "end TOOL_CALLS", "delta Two.", "end STOP");
		assertThat(answer.text()).isEqualTo("One. Two.");
	}

	@Test
	void questionsWaitForOneAnother() {
		Answer first = this.client.ask("One");
		Answer second = this.client.ask("Two");
		awaitSent("text One", "respond");
		say("delta First", "end STOP");
		awaitSent("text One", "respond", "text Two", "respond");
		say("delta Second", "end LENGTH");
		assertThat(second.text()).isEqualTo("Second");
		assertThat(first.text()).isEqualTo("First");
	}

	/**
	 * It was asked for when its turn came, and cancelled then.
	 */
	@Test
	@Rule("V8")
	void answerClosedWhileItIsTriedIsNotTriedAgain() {
		ClosingAsker asker = new ClosingAsker();
		AnswerQueue queue = new AnswerQueue(asker);
		queue.attach(this.provider.context);
		queue.ask("One");
		asker.busy = true;
		Answer second = queue.ask("Two");
		queue.ask("Three");
		asker.onAsk = second::close;
		queue.proceed();
		asker.busy = false;
		asker.onAsk = () -> {
		};
		queue.proceed();
		assertThat(asker.asked).containsExactly("One", "Three");
	}

	@Test
	void questionsThatWaitAreBounded() {
		Answer first = this.client.ask("One");
		for (int i = 0; i < AnswerQueue.MAX_WAITING; i++) {
			this.client.ask("More");
		}
		assertThatExceptionOfType(StreamingException.class).isThrownBy(() -> this.client.ask("Too many"))
			.withMessageContaining("1024 questions");
		say("delta First", "end STOP");
		assertThat(first.text()).isEqualTo("First");
		TestRuntime.eventually(() -> {
			this.runtime.timer.advance(Duration.ZERO);
			assertThatNoException().isThrownBy(() -> this.client.ask("One more"));
		});
	}

	@Test
	void responseOfAnotherIdIsNotPartOfTheAnswer() throws Exception {
		Answer answer = this.client.ask("One");
		say("part r1 First", "part b1 beside", "end STOP");
		assertThat(answer.text()).isEqualTo("First");
		assertThat(next().delta()).isEqualTo("beside");
	}

	@Test
	void questionWaitsForAResponseThatIsInProgress() throws Exception {
		Answer first = this.client.ask("One");
		say("delta First", "end STOP", "delta Unasked");
		assertThat(first.text()).isEqualTo("First");
		assertThat(next().delta()).isEqualTo("Unasked");
		Answer second = this.client.ask("Two");
		awaitSent("text One", "respond");
		say("end STOP");
		awaitSent("text One", "respond", "text Two", "respond");
		assertThat(next().finishReason()).isEqualTo(FinishReason.STOP);
		say("delta Second", "end STOP");
		assertThat(second.text()).isEqualTo("Second");
	}

	@Test
	void failedEndFailsTheAnswer() {
		Answer answer = this.client.ask("One");
		say("delta a", "end ERROR");
		assertThatExceptionOfType(RealtimeAnswerException.class).isThrownBy(answer::text);
		assertThatExceptionOfType(RealtimeAnswerException.class).isThrownBy(answer::text);
	}

	@Test
	void publisherCompletesWhereTheAnswerEnds() throws Exception {
		Answer answer = this.client.ask("One");
		Recorder recorder = new Recorder(Long.MAX_VALUE);
		answer.publisher().subscribe(recorder);
		say("delta a", "delta b", "end STOP", "delta c");
		assertThat(recorder.ended.get(10, TimeUnit.SECONDS)).isEqualTo("complete");
		assertThat(recorder.deltas).containsExactly("a", "b", "");
		assertThat(answer.text()).isEqualTo("ab");
	}

	@Test
	void publisherFailsWithTheAnswer() throws Exception {
		Answer answer = this.client.ask("One");
		Recorder recorder = new Recorder(Long.MAX_VALUE);
		answer.publisher().subscribe(recorder);
		this.session.close();
		assertThat(recorder.ended.get(10, TimeUnit.SECONDS)).isEqualTo("RealtimeAnswerException");
	}

	@Test
	void cancellingTheSubscriptionClosesTheAnswer() throws Exception {
		Answer answer = this.client.ask("One");
		Recorder recorder = new Recorder(1);
		answer.publisher().subscribe(recorder);
		say("delta a");
		TestRuntime.eventually(() -> assertThat(recorder.deltas).containsExactly("a"));
		recorder.subscription.cancel();
		awaitSent("text One", "respond", "cancel");
		say("delta b", "end CANCELLED");
		Answer second = this.client.ask("Two");
		awaitSent("text One", "respond", "cancel", "text Two", "respond");
		say("delta Second", "end STOP");
		assertThat(second.text()).isEqualTo("Second");
	}

	@Test
	void secondSubscriberIsRefused() throws Exception {
		Answer answer = this.client.ask("One");
		answer.publisher().subscribe(new Recorder(1));
		Recorder second = new Recorder(1);
		answer.publisher().subscribe(second);
		assertThat(second.ended.get(10, TimeUnit.SECONDS)).isEqualTo("IllegalStateException");
	}

	@Test
	void closedAnswerHasNoText() {
		Answer answer = this.client.ask("One");
		answer.close();
		answer.close();
		assertThat(answer).isEmpty();
		assertThatIllegalStateException().isThrownBy(answer::text).withMessageContaining("closed");
	}

	@Test
	void audioThatWasIteratedIsNotKept() {
		Answer answer = this.client.ask("One");
		say("audio xyz", "end STOP");
		assertThat(answer).hasSize(2);
		assertThatIllegalStateException().isThrownBy(answer::audio).withMessageContaining("iterator");
	}

	@Test
	void emptyQuestionIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.client.ask(" "));
	}

	@Test
	void interruptedReaderLosesNothing() {
		Answer answer = this.client.ask("One");
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(StreamingException.class).isThrownBy(answer::text)
			.isNotInstanceOf(RealtimeAnswerException.class);
		assertThat(Thread.interrupted()).isTrue();
		say("delta a", "end STOP");
		assertThat(answer.text()).isEqualTo("a");
	}

	@Test
	void textWithoutDeltasIsThatOfTheContent() {
		Answer answer = this.client.ask("One");
		say("content Th", "content The whole", "end TOOL_CALLS", "content . And more", "end STOP");
		assertThat(answer.text()).isEqualTo("The whole. And more");
	}

	private static final class Recorder implements Flow.Subscriber<StreamChunk> {

		private final List<String> deltas = new CopyOnWriteArrayList<>();

		private final CompletableFuture<String> ended = new CompletableFuture<>();

		private final long demand;

		private volatile Flow.Subscription subscription;

		Recorder(long demand) {
			this.demand = demand;
		}

		@Override
		public void onSubscribe(Flow.Subscription subscription) {
			this.subscription = subscription;
			subscription.request(this.demand);
		}

		@Override
		public void onNext(StreamChunk chunk) {
			this.deltas.add(chunk.delta());
		}

		@Override
		public void onError(Throwable failure) {
			this.ended.complete(failure.getClass().getSimpleName());
		}

		@Override
		public void onComplete() {
			this.ended.complete("complete");
		}

	}

	/**
	 * A protocol of one word and its argument.
	 */
	private static final class ThirdProvider implements SessionHandler, RealtimeProtocol {

		private volatile SessionContext context;

		@Override
		public void connect(Conn conn, SessionContext context) {
			this.context = context;
		}

		@Override
		public List<StreamChunk> handle(Message message, SessionContext context) {
			String[] words = message.text().split(" ", 2);
			StreamChunk chunk = switch (words[0]) {
				case "delta" -> StreamChunk.delta(words[1]);
				case "content" -> StreamChunk.content(words[1]);
				case "part" ->
					StreamChunk.builder().responseId(words[1].split(" ")[0]).delta(words[1].split(" ")[1]).build();
				case "input" -> StreamChunk.builder().source("input").delta(words[1]).build();
				case "audio" -> StreamChunk.audio(new MediaData(words[1].getBytes(), "audio/pcm", 24000, 1));
				case "call" -> StreamChunk.toolCall(new ToolCall("1", words[1], "{}"));
				case "end" -> StreamChunk.finish(FinishReason.valueOf(words[1]));
				default -> throw new IllegalArgumentException(message.text());
			};
			return List.of(chunk);
		}

		@Override
		public RealtimeClient client(Session session) {
			ThirdClient created = new ThirdClient(session);
			created.answers.attach(this.context);
			return created;
		}

		@Override
		public long unknownEvents() {
			return 0;
		}

	}

	private static final class ThirdClient implements RealtimeClient {

		private final Session session;

		private final AnswerQueue answers = AnswerQueue.byChunks(this);

		ThirdClient(Session session) {
			this.session = session;
		}

		@Override
		public Answer ask(String text) {
			return this.answers.ask(text);
		}

		@Override
		public void sendText(String text) {
			this.session.sendRaw("text " + text);
		}

		@Override
		public void sendAudio(byte[] audio) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void commitAudio() {
			throw new UnsupportedOperationException();
		}

		@Override
		public void respond() {
			this.session.sendRaw("respond");
		}

		@Override
		public void cancel() {
			this.session.sendRaw("cancel");
		}

		@Override
		public void toolResult(String id, String name, String json) {
			throw new UnsupportedOperationException();
		}

		@Override
		public int truncate(Duration heard) {
			return this.session.response().discard(RealtimeChunks.audio());
		}

	}

	private static final class ClosingAsker implements AnswerQueue.Asker {

		private final List<String> asked = new ArrayList<>();

		private Runnable onAsk = () -> {
		};

		private boolean busy;

		@Override
		public boolean ask(Question question) {
			this.onAsk.run();
			if (!this.busy) {
				this.asked.add(question.text());
			}
			return !this.busy;
		}

		@Override
		public void cancel(Question question) {
		}

		@Override
		public boolean isHeldUp(Question question) {
			return false;
		}

	}

}
