package dev.streaming.openai;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import dev.streaming.AnswerTimeoutAction;
import dev.streaming.AnswerTimeoutException;
import dev.streaming.Session;
import dev.streaming.SessionConfig;
import dev.streaming.SessionLimitException;
import dev.streaming.SessionListener;
import dev.streaming.StreamChunk;
import dev.streaming.Turn;
import dev.streaming.TurnOutcome;
import dev.streaming.Usage;
import dev.streaming.observation.ConnectionObserver.SessionEnd;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.testsupport.RecordingObserver;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the limits of a session, and the timeout of its answers, on virtual time.
 */
class OpenAiLimitTests extends AbstractOpenAiTests {

	private final RecordingObserver observer = new RecordingObserver();

	private final List<String> events = new CopyOnWriteArrayList<>();

	private final List<Turn> turns = new CopyOnWriteArrayList<>();

	private Session open(UnaryOperator<SessionConfig.Builder> settings) throws InterruptedException {
		this.openAi.observer((name) -> this.observer)
			.session((session) -> settings.apply(session.listener(new SessionListener() {

				@Override
				public void onLimit(Session limited, SessionLimitException limit) {
					OpenAiLimitTests.this.events.add("limit " + limit.limit());
				}

				@Override
				public void onTurn(Session session, Turn turn) {
					OpenAiLimitTests.this.turns.add(turn);
				}

				@Override
				public void onClosed(Session session, Throwable error) {
					OpenAiLimitTests.this.events.add("closed");
				}

			})));
		return this.openAi.open();
	}

	/**
	 * The end waits a few seconds for the current output, and silence counts from when
	 * the session's thread has detected it.
	 */
	private void passUntilClosed(Session session) {
		TestRuntime.eventually(() -> {
			this.openAi.pass(SECOND);
			assertThat(session.isClosed()).isTrue();
		});
	}

	private void assertLimited(Session session, String limit, Object value) throws Exception {
		session.done().toCompletableFuture().get(10, TimeUnit.SECONDS);
		assertThat(session.error()).get()
			.isInstanceOfSatisfying(SessionLimitException.class, (error) -> assertThat(error.limit()).isEqualTo(limit))
			.isInstanceOfSatisfying(SessionLimitException.class, (error) -> assertThat(error.value()).isEqualTo(value));
		assertThat(this.observer.end()).isEqualTo(SessionEnd.LIMIT);
		assertThat(this.observer.limits).containsExactly(limit);
		assertThat(this.events).containsExactly("limit " + limit, "closed");
		assertThat(this.openAi.transport().peer().awaitCloseStatus().getCode()).isEqualTo(1000);
	}

	@Test
	@Rule("L1")
	void sessionThatIsOpenForTooLongEndsInOrder() throws Exception {
		Session session = open((settings) -> settings.maxDuration(Duration.ofHours(8)));
		answer("r1", "Hello");
		assertThat(deltas(heard())).isEqualTo("Hello");
		pass(Duration.ofHours(8).minusSeconds(1));
		assertThat(session.isClosed()).isFalse();
		pass(SECOND);
		assertLimited(session, "max-duration", Duration.ofHours(8));
	}

	@Test
	@Rule("L1")
	void sentenceThatEndsWithinFiveSecondsIsNotCut() throws Exception {
		Session session = open((settings) -> settings.maxDuration(Duration.ofMinutes(1)));
		created("r1");
		text("r1", "To be ");
		pass(Duration.ofMinutes(1));
		awaitLimit();
		pass(Duration.ofSeconds(4));
		assertThat(session.isClosed()).isFalse();
		text("r1", "continued");
		done("r1");
		assertThat(TestRuntime.async(() -> deltas(session.response().stream().toList())).get(10, TimeUnit.SECONDS))
			.endsWith("continued");
		assertLimited(session, "max-duration", Duration.ofMinutes(1));
		assertThat(this.turns).extracting(Turn::outcome).containsExactly(TurnOutcome.COMPLETED);
	}

	@Test
	@Rule("L1")
	void sentenceThatTakesLongerIsCut() throws Exception {
		Session session = open((settings) -> settings.maxDuration(Duration.ofMinutes(1)));
		created("r1");
		text("r1", "To be ");
		pass(Duration.ofMinutes(1));
		awaitLimit();
		pass(Duration.ofSeconds(5));
		assertLimited(session, "max-duration", Duration.ofMinutes(1));
		assertThat(this.turns).extracting(Turn::outcome).containsExactly(TurnOutcome.CANCELLED);
	}

	@Test
	@Rule("L1")
	void sessionEndsAfterTheGoodbye() throws Exception {
		Session session = open((settings) -> settings.maxDuration(Duration.ofMinutes(1)).goodbye("Say goodbye."));
		pass(Duration.ofMinutes(1));
		TestRuntime.eventually(() -> assertThat(this.openAi.told(CREATE)).hasSize(1));
		assertThat(texts(this.openAi.transport().peer())).containsExactly("Say goodbye.");
		answer("r1", "Farewell");
		assertThat(TestRuntime.async(() -> deltas(session.response().stream().toList())).get(10, TimeUnit.SECONDS))
			.isEqualTo("Farewell");
		assertLimited(session, "max-duration", Duration.ofMinutes(1));
	}

	@Test
	@Rule("L1")
	void missingGoodbyeDoesNotDelayTheEnd() throws Exception {
		Session session = open((settings) -> settings.maxDuration(Duration.ofMinutes(1)).goodbye("Say goodbye."));
		pass(Duration.ofMinutes(1));
		TestRuntime.eventually(() -> assertThat(this.openAi.told(CREATE)).hasSize(1));
		settle();
		this.openAi.pass(Duration.ofSeconds(10));
		assertLimited(session, "max-duration", Duration.ofMinutes(1));
	}

	@Test
	@Rule("L1")
	void forgottenSessionEndsByItsSilence() throws Exception {
		Session session = open((settings) -> settings.idleTimeout(Duration.ofMinutes(10)));
		RealtimeClient client = RealtimeClient.of(session);
		pass(Duration.ofMinutes(9));
		answer("r1", "Hello");
		for (int i = 0; i < 9; i++) {
			// An open microphone, and noise that is not answered
			pass(Duration.ofSeconds(50));
			client.sendAudio(new byte[480]);
			speechStarted("noise" + i);
			speechStopped("noise" + i);
			pass(Duration.ofSeconds(10));
		}
		assertThat(session.isClosed()).isFalse();
		passUntilClosed(session);
		assertLimited(session, "idle-timeout", Duration.ofMinutes(10));
	}

	@Test
	@Rule("L1")
	void speechOfTheUserIsActivity() throws Exception {
		Session session = open((settings) -> settings.idleTimeout(Duration.ofMinutes(1)));
		speechStarted("i1");
		pass(Duration.ofMinutes(3));
		assertThat(session.isClosed()).isFalse();
		speechStopped("i1");
		transcript("i1", "A long story");
		pass(Duration.ofSeconds(59));
		assertThat(session.isClosed()).isFalse();
		passUntilClosed(session);
		assertLimited(session, "idle-timeout", Duration.ofMinutes(1));
	}

	/**
	 * Connections are replaced after an hour, and a page without a user has its
	 * microphone open.
	 */
	@Test
	@Rule("L1")
	void sessionThatIsLeftOpenAllNightEndsAsConfigured() throws Exception {
		this.openAi.conn((conn) -> conn.heartbeatInterval(Duration.ofMinutes(5)));
		Session session = open(
				(settings) -> settings.maxConnectionAge(Duration.ofMinutes(50)).maxDuration(Duration.ofHours(8)));
		long end = this.openAi.nanoTime() + Duration.ofHours(8).toNanos();
		RealtimeClient client = RealtimeClient.of(session);
		for (int change = 1; change <= 9; change++) {
			client.sendAudio(new byte[480]);
			pass(Duration.ofMinutes(50));
			int changes = change;
			TestRuntime.eventually(() -> {
				// The moment must be quiet
				this.openAi.pass(STEP);
				assertThat(this.openAi.reconnects()).hasSize(changes);
			});
		}
		pass(Duration.ofNanos(end - this.openAi.nanoTime()).minusSeconds(1));
		settle();
		assertThat(session.isClosed()).isFalse();
		assertThat(this.events).isEmpty();
		pass(SECOND);
		assertLimited(session, "max-duration", Duration.ofHours(8));
	}

	@Test
	@Rule("L1")
	void tokensAreCountedOverAllResponses() throws Exception {
		Session session = open((settings) -> settings.maxTokens(100));
		used("r1", 30, 29);
		settle();
		assertThat(session.usage()).isEqualTo(new Usage(30, 29, 59));
		assertThat(session.isClosed()).isFalse();
		used("r2", 40, 1);
		assertThat(TestRuntime.async(() -> deltas(session.response().stream().toList())).get(10, TimeUnit.SECONDS))
			.isEqualTo("x");
		assertLimited(session, "max-tokens", 100L);
		assertThat(session.usage().totalTokens()).isEqualTo(100);
	}

	@Test
	@Rule("L1")
	void audioIsMeasuredWhereTheProviderCountsNone() throws Exception {
		Session session = open((settings) -> settings.maxAudio(Duration.ofSeconds(2)));
		created("r1");
		audio("r1", "i1", 24_000 * 2);
		settle();
		assertThat(session.isClosed()).isFalse();
		audio("r1", "i1", 24_000 * 2);
		done("r1");
		assertThat(TestRuntime.async(() -> ends(session.response().stream().toList())).get(10, TimeUnit.SECONDS))
			.hasSize(1);
		assertLimited(session, "max-audio", Duration.ofSeconds(2));
	}

	@Test
	@Rule("L2")
	void answerThatDoesNotComeIsReportedOnce() throws Exception {
		open((settings) -> settings.answerTimeout(Duration.ofSeconds(8)));
		spoken("i1");
		pass(Duration.ofSeconds(7));
		assertThat(missing()).isEmpty();
		pass(Duration.ofMillis(1100));
		assertThat(((AnswerTimeoutException) awaitMissing().error()).timeout()).isEqualTo(Duration.ofSeconds(8));
		pass(Duration.ofMinutes(1));
		assertThat(missing()).isEmpty();
		answer("r1", "Late");
		assertThat(deltas(heard())).isEqualTo("Late");
		TestRuntime.eventually(() -> assertThat(this.turns).hasSize(1));
		spoken("i2");
		pass(Duration.ofSeconds(9));
		awaitMissing();
	}

	@Test
	@Rule("L2")
	void requestThatIsNotAnsweredIsReported() throws Exception {
		RealtimeClient client = RealtimeClient.of(open((settings) -> settings.answerTimeout(Duration.ofSeconds(5))));
		client.sendText("Hello?");
		client.respond();
		pass(Duration.ofSeconds(6));
		awaitMissing();
	}

	@Test
	@Rule("L2")
	void answerInTimeIsNotReported() throws Exception {
		open((settings) -> settings.answerTimeout(Duration.ofSeconds(5)));
		spoken("i1");
		pass(Duration.ofSeconds(4));
		created("r1");
		text("r1", "Well");
		pass(Duration.ofMinutes(1));
		assertThat(missing()).isEmpty();
	}

	@Test
	@Rule("L2")
	void answerTimeoutRestartsWithEachTurnOfTheUser() throws Exception {
		open((settings) -> settings.answerTimeout(Duration.ofSeconds(5)));
		spoken("i1");
		pass(Duration.ofSeconds(4));
		speechStarted("i2");
		pass(Duration.ofSeconds(30));
		assertThat(missing()).isEmpty();
		speechStopped("i2");
		pass(Duration.ofSeconds(4));
		assertThat(missing()).isEmpty();
		pass(Duration.ofSeconds(2));
		awaitMissing();
	}

	@Test
	@Rule("L2")
	void blankTranscriptIsNoTurn() throws Exception {
		open((settings) -> settings.answerTimeout(Duration.ofSeconds(5)));
		spoken("i1");
		transcript("i1", " ");
		pass(Duration.ofMinutes(1));
		assertThat(missing()).isEmpty();
		assertThat(this.turns).isEmpty();
	}

	@Test
	@Rule("L2")
	void toolThatWorksIsNoSilence() throws Exception {
		this.openAi.toolsByHand().tool(RealtimeTool.of("pay", "Pays", (arguments) -> {
			this.openAi.pass(Duration.ofSeconds(30));
			return "paid";
		}));
		open((settings) -> settings.answerTimeout(Duration.ofSeconds(5)));
		spoken("i1");
		pass(Duration.ofSeconds(4));
		created("r1");
		callDone("r1", "c1", "completed", "{}");
		settle();
		// The response continues meanwhile
		this.openAi.runTools();
		assertThat(missing()).isEmpty();
		done("r1");
		this.openAi.awaitTold(CREATE, 1);
		// The answer to the result is awaited again
		pass(Duration.ofMillis(900));
		assertThat(missing()).isEmpty();
		awaitMissingWithin(Duration.ofMillis(50));
	}

	@Test
	@Rule("L2")
	void pauseOfOurOwnIsNoSilence() throws Exception {
		open((settings) -> settings.answerTimeout(Duration.ofSeconds(5))
			.responseChannelSize(1)
			.readAhead(DataSize.ofBytes(0)));
		spoken("i1");
		pass(Duration.ofSeconds(4));
		say("{'type':'rate_limits.updated','rate_limits':[]}");
		this.openAi.awaitReading(false);
		this.openAi.pass(Duration.ofMinutes(1));
		assertThat(missing()).isEmpty();
		read(Duration.ofMillis(900));
		assertThat(missing()).isEmpty();
		awaitMissingWithin(Duration.ofMillis(50));
	}

	@Test
	@Rule("L2")
	void silentConnectionIsChanged() throws Exception {
		open((settings) -> settings.answerTimeout(Duration.ofSeconds(5))
			.answerTimeoutAction(AnswerTimeoutAction.RECONNECT));
		spoken("i1");
		pass(Duration.ofSeconds(6));
		this.openAi.transport().awaitPeer(2);
		assertThat(this.openAi.awaitReconnects(1).get(0).planned()).isTrue();
	}

	private List<StreamChunk> missing() throws InterruptedException {
		return heard().stream().filter((chunk) -> chunk.error() instanceof AnswerTimeoutException).toList();
	}

	/**
	 * The timer fires on this thread, and the session's task follows.
	 */
	private StreamChunk awaitMissing() throws InterruptedException {
		List<StreamChunk> found = new ArrayList<>();
		TestRuntime.eventually(() -> {
			found.addAll(missing());
			assertThat(found).hasSize(1);
		});
		return found.get(0);
	}

	/**
	 * Let time pass in which the session reads: it does not at once, when room was made.
	 */
	private void read(Duration time) {
		Duration end = this.openAi.readingTime().plus(time);
		TestRuntime.eventually(() -> {
			if (this.openAi.isReading()) {
				this.openAi.pass(end.minus(this.openAi.readingTime()));
			}
			assertThat(this.openAi.readingTime()).isGreaterThanOrEqualTo(end);
		});
	}

	/**
	 * It may be looked again, if a little of the time is left. The session does not read
	 * while what is looked for waits in a channel that is full.
	 */
	private void awaitMissingWithin(Duration step) {
		List<StreamChunk> found = new ArrayList<>();
		TestRuntime.eventually(() -> {
			await().until(() -> this.openAi.isReading() || this.openAi.session().response().size() > 0);
			if (this.openAi.isReading()) {
				this.openAi.pass(step);
			}
			found.addAll(missing());
			assertThat(found).hasSize(1);
		});
	}

	private void awaitLimit() {
		TestRuntime.eventually(() -> assertThat(this.events).isNotEmpty());
	}

	private void used(String id, int input, int output) {
		created(id);
		text(id, "x");
		say("{'type':'response.done','response':{'id':'" + id + "','conversation_id':'conv','status':'completed',"
				+ "'output':[],'usage':{'input_tokens':" + input + ",'output_tokens':" + output + ",'total_tokens':"
				+ (input + output) + "}}}");
	}

}
