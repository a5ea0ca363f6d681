package dev.streaming.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.streaming.FinishReason;
import dev.streaming.MediaData;
import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.SessionLimitException;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.Answer;
import dev.streaming.realtime.RealtimeClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;

import static dev.streaming.test.StreamingAssertions.assertThat;

/**
 * The script language in the protocol of OpenAI Realtime.
 */
@KitTest
class OpenAiScriptTests {

	private static final String CALL = "{\"city\":\"Oslo\"}";

	@Autowired
	@Qualifier("assistant")
	private ScriptedProvider provider;

	@Autowired
	@Qualifier("caller")
	private ScriptedProvider caller;

	@Autowired
	private TestTime time;

	@Autowired
	private SessionFactory sessions;

	private Session session;

	private RealtimeClient client;

	@BeforeEach
	void open() throws InterruptedException {
		this.session = this.sessions.open("assistant");
		this.client = RealtimeClient.of(this.session);
	}

	@AfterEach
	void close() {
		this.session.close();
	}

	@Test
	void setupIsThatOfTheApplication() {
		assertThat(this.provider).hasSetup("/instructions", "Answer in one sentence.")
			.hasSetup("/output_modalities", "[\"text\"]")
			.hasSetup("/tools/0/name", "get_weather")
			.wasDialledWith("Authorization", "Bearer scripted");
	}

	@Test
	void textComesInPieces() {
		this.provider.next().reply("Hi ", "there").usage(10, 2);
		Answer answer = this.client.ask("hello");
		assertThat(answer).hasText("Hi there").hasUsage(10, 2);
		assertThat(this.provider).hasReceivedTexts("hello");
	}

	@Test
	void linesAreFoundByWhatWasAsked() {
		this.provider.whenAskedAbout("WEATHER").reply("cold");
		this.provider.whenAsked((text) -> text.endsWith("!")).reply("calm down");
		this.provider.onText("hello").reply("hi");
		assertThat(this.client.ask("hello")).hasText("hi");
		assertThat(this.client.ask("Go!")).hasText("calm down");
		assertThat(this.client.ask("the weather")).hasText("cold");
	}

	@Test
	void linesAnswerOnceUnlessTheySayOtherwise() {
		this.provider.onText("count").reply("one");
		this.provider.onText("count").reply("more").times(2);
		this.provider.next().reply("whatever").always();
		List<String> answers = List.of("one", "more", "more", "whatever", "whatever");
		answers.forEach((answer) -> assertThat(this.client.ask("count")).hasText(answer));
	}

	@Test
	void parallelCallsAreAnsweredTogether() {
		this.provider.next()
			.callTool("get_weather", CALL)
			.callTool("get_weather", "{\"city\":\"Rome\"}")
			.thenReply("Both are cold.");
		assertThat(this.client.ask("weather")).hasText("Both are cold.");
		assertThat(this.provider.toolResults()).hasSize(2).anyMatch((result) -> result.contains("Rome"));
		assertThat(this.provider.received(Received.Kind.REQUEST)).hasSize(2);
	}

	@Test
	void toolRoundsFollowEachOther() {
		this.provider.next().callTool("get_weather", CALL).thenCallTool("get_weather", CALL).thenReply("Still cold.");
		assertThat(this.client.ask("weather")).hasText("Still cold.");
		assertThat(this.provider.toolResults()).hasSize(2);
	}

	@Test
	void exchangeGoesOnWithTheNextRequest() {
		this.provider.onText("knock knock").reply("Who is there?").thenReply("Ann who?");
		assertThat(this.client.ask("knock knock")).hasText("Who is there?");
		assertThat(this.client.ask("Ann")).hasText("Ann who?");
	}

	@Test
	void failuresAndErrorsHaveTheirCodes() {
		this.provider.onText("one").reply("Ha").fail("server_error", "Broken");
		this.provider.onText("two").error("rate_limit_exceeded", "Later");
		this.provider.onText("three").reply("A long").stopAtLength();
		assertThat(this.client.ask("one")).hasFailedWith("Broken");
		assertThat(this.client.ask("two")).hasFailedWith("rate_limit_exceeded");
		assertThat(this.client.ask("three")).hasText("A long");
	}

	@Test
	void cancelEndsAnAnswerThatIsHeld() {
		this.provider.next().reply("One ").hold().reply("two");
		this.client.sendText("count");
		this.client.respond();
		assertThat(this.session).delivers("a first piece", (chunk) -> chunk.delta().equals("One "));
		this.client.cancel();
		assertThat(this.session).delivers("the end", (chunk) -> chunk.finishReason() == FinishReason.CANCELLED);
		assertThat(this.provider).hasReceived(Received.Kind.CANCEL);
	}

	@Test
	void heldAnswerProceeds() {
		this.provider.next().reply("One ").hold().reply("two");
		this.client.sendText("count");
		this.client.respond();
		assertThat(this.session).delivers("a first piece", (chunk) -> chunk.delta().equals("One "));
		this.provider.proceed();
		assertThat(this.session).delivers("two");
	}

	@Test
	void slowAnswersTakeVirtualTime() {
		this.provider.next().reply("One ").after(Duration.ofSeconds(20)).reply("two");
		Answer answer = this.client.ask("count");
		this.time.advance(Duration.ofSeconds(20));
		assertThat(answer).hasText("One two");
	}

	@Test
	void backOffPassesAtOnceAndIsKnown() {
		this.provider.nextDial().unreachable();
		this.provider.nextDial().refuse(503, Duration.ofSeconds(29));
		this.provider.nextDial().unknownHost();
		this.provider.nextSetup().error("server_error", "Not now");
		this.provider.drop();
		assertThat(this.session).hasReconnected(1).isOpen();
		assertThat(this.provider).wasDialled(6).hasConnected(3);
		assertThat(this.time.backOffs()).hasSize(5).contains(Duration.ofSeconds(29));
	}

	@Test
	void heldBackOffTakesItsTime() {
		this.time.holdBackOff();
		this.provider.drop();
		assertThat(this.session).isReconnecting();
		this.time.advance(Duration.ofMinutes(1));
		assertThat(this.session).isOpen();
		assertThat(this.provider).hasConnected(2);
	}

	@Test
	void deadPeerIsFoundByTheHeartbeat() {
		this.provider.die();
		this.time.advance(Duration.ofSeconds(39));
		assertThat(this.provider).hasConnected(1);
		this.time.advance(Duration.ofSeconds(2));
		assertThat(this.session).hasReconnected(1);
	}

	@Test
	void heartbeatsOfADayAreAnswered() {
		this.time.advance(Duration.ofMinutes(50));
		assertThat(this.provider).hasConnected(1);
		assertThat(this.time.elapsed()).isEqualTo(Duration.ofMinutes(50));
	}

	@Test
	void limitsOfHoursPassAtOnce() throws Exception {
		try (Session limited = this.sessions.open("assistant",
				(spec) -> spec.session((config) -> config.maxDuration(Duration.ofHours(2))))) {
			this.time.advance(Duration.ofHours(2));
			assertThat(limited).hasFailedWith(SessionLimitException.class);
		}
	}

	@Test
	void sessionsInParallelAreAnsweredEachByItsLine() throws Exception {
		List<CompletableFuture<String>> answers = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			String question = "question " + i;
			this.provider.onText(question).callTool("get_weather", CALL).thenReply("answer " + i);
			answers.add(CompletableFuture.supplyAsync(() -> ask(question)));
		}
		for (int i = 0; i < 8; i++) {
			assertThat(answers.get(i).get(20, TimeUnit.SECONDS)).isEqualTo("answer " + i);
		}
	}

	private String ask(String question) {
		try (Session own = this.sessions.open("assistant")) {
			return RealtimeClient.of(own).ask(question).text();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void dialTimesOut() throws Exception {
		this.provider.nextDial().staySilent();
		this.provider.drop();
		assertThat(this.session).isReconnecting();
		this.time.advance(Duration.ofSeconds(30));
		assertThat(this.session).isOpen();
	}

	@Test
	void eventsInTheProvidersWordsAreSent() {
		this.provider.send("{\"type\":\"conversation.item.retrieved\",\"item\":{\"id\":\"x\"}}");
		StreamChunk chunk = chunk();
		assertThat(chunk.metadata()).containsEntry("event", "conversation.item.retrieved");
		this.session.send(Map.of("type", "conversation.item.delete", "item_id", "none"));
		assertThat(chunk()).hasErrorWith("There is no item");
		assertThat(this.provider).hasReceivedMessage("a delete",
				(json) -> json.path("item_id").asString("").equals("none"));
	}

	private StreamChunk chunk() {
		try {
			return this.session.response().poll(Duration.ofSeconds(10)).orElseThrow();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void speechIsCommittedTranscribedAndAnswered() throws Exception {
		this.caller.onSpeech().transcribe("What time ", "is it?").say("Noon.");
		try (Session voice = this.sessions.open("caller")) {
			RealtimeClient speaker = RealtimeClient.of(voice);
			speaker.sendAudio(new byte[4800]);
			speaker.sendAudio(new byte[4800]);
			speaker.commitAudio();
			speaker.respond();
			assertThat(voice).delivers("the transcript", (chunk) -> chunk.content().equals("What time is it?"))
				.delivers("Noon.");
			assertThat(this.caller).hasReceivedAudio(Duration.ofMillis(200)).hasReceived(Received.Kind.AUDIO_END);
		}
	}

	@Test
	void audioIsThatOfTheTest() throws Exception {
		this.caller.onText("play").audio(new MediaData(new byte[32_000], "audio/pcm", 16_000, 1));
		this.caller.onText("sing").wav("tone.wav");
		try (Session voice = this.sessions.open("caller")) {
			RealtimeClient speaker = RealtimeClient.of(voice);
			assertThat(speaker.ask("play").audio().length).isBetween(47_000, 48_100);
			assertThat(speaker.ask("sing").audio()).hasSize(4800);
		}
	}

}
