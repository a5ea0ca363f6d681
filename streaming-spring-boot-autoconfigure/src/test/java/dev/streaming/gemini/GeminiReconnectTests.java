package dev.streaming.gemini;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.streaming.ConnectionLostException;
import dev.streaming.FinishReason;
import dev.streaming.OutagePolicy;
import dev.streaming.ReconnectFailedException;
import dev.streaming.Session;
import dev.streaming.StreamChunk;
import dev.streaming.testsupport.InMemoryPeer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What happens to the conversation when the connection changes.
 */
class GeminiReconnectTests {

	private final ScriptedGemini gemini = new ScriptedGemini();

	@AfterEach
	void close() {
		this.gemini.close();
	}

	@Test
	void goAwayChangesTheConnectionAtOnceWhenNothingIsInProgress() throws Exception {
		this.gemini.open();
		this.gemini.sayHandle("h1");
		this.gemini.say("{'goAway':{'timeLeft':'50s'}}");
		assertThat(this.gemini.awaitSetup(2).path("sessionResumption"))
			.isEqualTo(GeminiJson.MAPPER.readTree("{\"handle\":\"h1\"}"));
		assertThat(this.gemini.transport().awaitPeer(1).closeStatus()).isNotNull()
			.extracting(CloseStatus::getCode)
			.isEqualTo(1000);
		awaitReconnects(1);
		assertThat(this.gemini.reconnects()).singleElement().satisfies((event) -> {
			assertThat(event.planned()).isTrue();
			assertThat(event.stateRestored()).isTrue();
		});
		assertThat(this.gemini.takeUntilMarker()).as("nothing was lost").isEmpty();
	}

	@Test
	void oldConnectionIsClosedBeforeTheNextResumes() throws Exception {
		this.gemini.open();
		this.gemini.sayHandle("h1");
		InMemoryPeer first = this.gemini.transport().awaitPeer(1);
		boolean[] closed = new boolean[1];
		this.gemini.transport().nextDial((dial) -> {
			closed[0] = first.isEnded();
			dial.accept((peer) -> peer.onMessage((message) -> ScriptedGemini.accept(peer)));
		});
		this.gemini.say("{'goAway':{'timeLeft':'50s'}}");
		awaitReconnects(1);
		assertThat(closed[0]).isTrue();
	}

	@Test
	void goAwayWaitsForTheTurnAndForTheHandleThatIncludesIt() throws Exception {
		this.gemini.open();
		this.gemini.sayHandle("h1");
		this.gemini.say("{'serverContent':{'outputTranscription':{'text':'One '}}}", "{'goAway':{'timeLeft':'50s'}}",
				"{'sessionResumptionUpdate':{'resumable':false}}",
				"{'serverContent':{'outputTranscription':{'text':'two'}}}");
		assertThat(this.gemini.take(2)).extracting(StreamChunk::delta).containsExactly("One ", "two");
		assertThat(this.gemini.transport().dials()).hasSize(1);
		this.gemini.say("{'serverContent':{'turnComplete':true}}");
		assertThat(this.gemini.take().finishReason()).isEqualTo(FinishReason.STOP);
		assertThat(this.gemini.transport().dials()).as("the new handle is still to come").hasSize(1);
		this.gemini.sayHandle("h2");
		assertThat(this.gemini.awaitSetup(2).at("/sessionResumption/handle").stringValue()).isEqualTo("h2");
		awaitReconnects(1);
		assertThat(this.gemini.takeUntilMarker()).isEmpty();
	}

	@Test
	void goAwayDoesNotWaitForAHandleForLong() throws Exception {
		this.gemini.open();
		this.gemini.sayHandle("h1");
		this.gemini.say("{'serverContent':{'outputTranscription':{'text':'One'}}}", "{'goAway':{'timeLeft':'50s'}}",
				"{'serverContent':{'turnComplete':true}}");
		assertThat(this.gemini.awaitSetup(2).at("/sessionResumption/handle").stringValue()).isEqualTo("h1");
		awaitReconnects(1);
		assertThat(this.gemini.takeUntilMarker()).extracting(StreamChunk::reset).containsExactly(false, false);
	}

	@Test
	void goAwayDoesNotWaitForATurnLongerThanTheServerDoes() throws Exception {
		this.gemini.open();
		this.gemini.sayHandle("h1");
		this.gemini.say("{'serverContent':{'outputTranscription':{'text':'One'}}}", "{'goAway':{'timeLeft':'0.5s'}}");
		this.gemini.awaitSetup(2);
		awaitReconnects(1);
		List<StreamChunk> chunks = this.gemini.takeUntilMarker();
		assertThat(chunks).hasSize(2);
		assertLostTurn(chunks.get(1));
	}

	@Test
	void goAwayWaitsForTools() throws Exception {
		this.gemini.open();
		this.gemini.sayHandle("h1");
		this.gemini.say("{'toolCall':{'functionCalls':[{'id':'f1','name':'look','args':{}}]}}",
				"{'goAway':{'timeLeft':'50s'}}", "{'serverContent':{'turnComplete':true}}");
		assertThat(this.gemini.take(2).get(1).finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
		assertThat(this.gemini.handler().responseInFlight()).isTrue();
		this.gemini.client().toolResult("f1", "look", "{\"seen\":true}");
		assertThat(this.gemini.handler().responseInFlight()).as("the answer is to come").isTrue();
		this.gemini.sayTurn("I see");
		this.gemini.sayHandle("h2");
		assertThat(this.gemini.awaitSetup(2).at("/sessionResumption/handle").stringValue()).isEqualTo("h2");
	}

	@Test
	void handleInMidTurnDoesNotCountBeforeItsEnd() throws Exception {
		this.gemini.open();
		this.gemini.sayHandle("h1");
		this.gemini.say("{'serverContent':{'outputTranscription':{'text':'One'}}}");
		this.gemini.sayHandle("mid");
		this.gemini.take();
		this.gemini.transport().peer().drop();
		assertThat(this.gemini.awaitSetup(2).at("/sessionResumption/handle").stringValue()).isEqualTo("h1");
	}

	@Test
	void handleThatIsNotResumableIsNotKept() throws Exception {
		this.gemini.open();
		this.gemini.sayHandle("h1");
		this.gemini.say("{'sessionResumptionUpdate':{'newHandle':'h2','resumable':false}}",
				"{'sessionResumptionUpdate':{'newHandle':'h3'}}",
				"{'sessionResumptionUpdate':{'newHandle':'','resumable':true}}");
		this.gemini.takeUntilMarker();
		this.gemini.transport().peer().drop();
		assertThat(this.gemini.awaitSetup(2).at("/sessionResumption/handle").stringValue()).isEqualTo("h1");
	}

	@Test
	void turnThatWasInProgressIsReportedAsLost() throws Exception {
		this.gemini.open();
		this.gemini.sayHandle("h1");
		this.gemini.say("{'serverContent':{'outputTranscription':{'text':'One'}}}");
		this.gemini.take();
		this.gemini.transport().peer().drop();
		assertLostTurn(this.gemini.take());
		awaitReconnects(1);
		assertThat(this.gemini.reconnects().get(0).stateRestored()).isTrue();
		assertThat(this.gemini.handler().responseInFlight()).isFalse();
		this.gemini.sayTurn("Two");
		assertThat(this.gemini.takeUntilMarker()).extracting(StreamChunk::content)
			.as("without what was half said")
			.containsExactly("Two", "", "Two");
	}

	@Test
	void lossIsReportedAtOnceAndEvenIfThereIsNoOtherConnection() throws Exception {
		Session session = this.gemini.open();
		this.gemini.say("{'serverContent':{'outputTranscription':{'text':'One'}}}");
		this.gemini.take();
		this.gemini.transport().onDial((dial) -> dial.refuse(503));
		this.gemini.transport().peer().drop();
		assertLostTurn(this.gemini.take());
		session.done().toCompletableFuture().get(10, TimeUnit.SECONDS);
		assertThat(session.error()).get().isInstanceOf(ReconnectFailedException.class);
		assertThat(session.response().poll(Duration.ofSeconds(1))).as("told once").isEmpty();
	}

	@Test
	void permanentLossIsReportedToo() throws Exception {
		Session session = this.gemini.open();
		this.gemini.say("{'serverContent':{'outputTranscription':{'text':'One'}}}");
		this.gemini.take();
		this.gemini.transport().peer().close(new CloseStatus(1007, "Context exhausted"));
		assertLostTurn(this.gemini.take());
		session.done().toCompletableFuture().get(10, TimeUnit.SECONDS);
		assertThat(session.error()).get().isInstanceOf(ConnectionLostException.class);
		assertThat(this.gemini.transport().dials()).hasSize(1);
	}

	@Test
	void questionThatWasNotAnsweredIsReportedAsLost() throws Exception {
		this.gemini.open();
		this.gemini.sayHandle("h1");
		this.gemini.client().sendText("Why?");
		this.gemini.client().respond();
		this.gemini.transport().peer().drop();
		assertLostTurn(this.gemini.take());
	}

	@Test
	void nothingIsReportedWhenNothingWasInProgress() throws Exception {
		this.gemini.open();
		this.gemini.sayTurn("One");
		this.gemini.sayHandle("h1");
		this.gemini.takeUntilMarker();
		this.gemini.transport().peer().drop();
		awaitReconnects(1);
		assertThat(this.gemini.takeUntilMarker()).isEmpty();
	}

	@Test
	void openToolCallsAreLostWithTheirConnection() throws Exception {
		this.gemini.open();
		this.gemini.sayHandle("h1");
		this.gemini.say("{'toolCall':{'functionCalls':[{'id':'f1','name':'look','args':{}}]}}");
		this.gemini.take();
		this.gemini.transport().peer().drop();
		assertThat(this.gemini.take().metadata()).containsEntry("event", "tool_calls_cancelled")
			.containsEntry("ids", List.of("f1"));
		assertLostTurn(this.gemini.take());
		awaitReconnects(1);
		this.gemini.client().toolResult("f1", "look", "{}");
		this.gemini.takeUntilMarker();
		assertThat(this.gemini.sent(2)).as("nobody waits for the result any more").hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1007, 1011, 1008 })
	void refusedHandleFallsBackToANewSessionWithTheHistory(int code) throws Exception {
		this.gemini.open();
		this.gemini.say("{'serverContent':{'inputTranscription':{'text':'What time is it?','finished':true}}}");
		this.gemini.sayTurn("It is noon.");
		this.gemini.sayHandle("h1");
		this.gemini.takeUntilMarker();
		this.gemini.refuseNextSetup(code, "Invalid handle");
		this.gemini.transport().peer().drop();
		assertThat(this.gemini.awaitSetup(2).at("/sessionResumption/handle").stringValue()).isEqualTo("h1");
		assertThat(this.gemini.awaitSetup(3).path("sessionResumption")).isEqualTo(GeminiJson.MAPPER.createObjectNode());
		assertThat(this.gemini.awaitSent(3, 2)).isEqualTo(GeminiJson.MAPPER.readTree("""
				{"clientContent":{"turns":[
				{"role":"user","parts":[{"text":"What time is it?"}]},
				{"role":"model","parts":[{"text":"It is noon."}]}],"turnComplete":false}}"""));
		StreamChunk reset = this.gemini.take();
		assertThat(reset.reset()).isTrue();
		assertThat(reset.metadata()).containsEntry("replayed", 2);
		awaitReconnects(1);
		assertThat(this.gemini.reconnects().get(0).stateRestored()).isFalse();
		assertThat(this.gemini.reconnects().get(0).attempt()).isEqualTo(2);
	}

	@Test
	void historyIsAnnouncedToModelsThatWantThat() throws Exception {
		this.gemini.options((options) -> options.model("gemini-3.1-flash-live-preview").sessionResumption(false))
			.open();
		this.gemini.client().sendText("Hello");
		this.gemini.client().respond();
		this.gemini.sayTurn("Hi");
		this.gemini.takeUntilMarker();
		this.gemini.transport().peer().drop();
		JsonNode setup = this.gemini.awaitSetup(2);
		assertThat(setup.has("sessionResumption")).isFalse();
		assertThat(setup.at("/historyConfig/initialHistoryInClientContent").booleanValue()).isTrue();
		JsonNode history = this.gemini.awaitSent(2, 2).path("clientContent");
		assertThat(history.path("turnComplete").booleanValue()).isTrue();
		assertThat(history.path("turns")).hasSize(2);
		assertThat(this.gemini.awaitSetup(1).has("historyConfig")).isFalse();
		assertThat(this.gemini.take().reset()).isTrue();
	}

	@Test
	void historyCanBeOff() throws Exception {
		this.gemini.options((options) -> options.historyReplay(false).sessionResumption(false)).open();
		this.gemini.sayTurn("Hi");
		this.gemini.takeUntilMarker();
		this.gemini.transport().peer().drop();
		assertThat(this.gemini.take().metadata()).containsEntry("replayed", 0);
		awaitReconnects(1);
		assertThat(this.gemini.sent(2)).hasSize(1);
	}

	@Test
	void handleOutlivesTroubleOfTheNetwork() throws Exception {
		this.gemini.open();
		this.gemini.sayHandle("h1");
		this.gemini.takeUntilMarker();
		this.gemini.nextSetup(InMemoryPeer::drop).refuseNextSetup(1001, "Going away");
		this.gemini.transport().peer().drop();
		assertThat(this.gemini.awaitSetup(4).at("/sessionResumption/handle").stringValue()).isEqualTo("h1");
		awaitReconnects(1);
		assertThat(this.gemini.reconnects().get(0).stateRestored()).isTrue();
	}

	@Test
	void silenceToAHandleIsARefusal() throws Exception {
		this.gemini.session((session) -> session.reconnectHookTimeout(Duration.ofMillis(300))).open();
		this.gemini.sayHandle("h1");
		this.gemini.takeUntilMarker();
		this.gemini.nextSetup((peer) -> {
		});
		this.gemini.transport().peer().drop();
		assertThat(this.gemini.awaitSetup(3).at("/sessionResumption/handle").isMissingNode()).isTrue();
		assertThat(this.gemini.take().reset()).isTrue();
	}

	@Test
	void refusedNewSessionIsTheEnd() throws Exception {
		Session session = this.gemini.open();
		this.gemini.refuseNextSetup(1008, "Key revoked");
		this.gemini.transport().peer().drop();
		session.done().toCompletableFuture().get(10, TimeUnit.SECONDS);
		assertThat(session.error()).get()
			.isInstanceOf(ReconnectFailedException.class)
			.extracting(Throwable::getMessage)
			.asString()
			.contains("1008: Key revoked");
		assertThat(this.gemini.transport().dials()).hasSize(2);
	}

	@Test
	void textThatWaitsForItsQuestionIsSaidAgain() throws Exception {
		this.gemini.open();
		this.gemini.sayHandle("h1");
		this.gemini.client().sendText("Consider this.");
		this.gemini.takeUntilMarker();
		this.gemini.transport().peer().drop();
		assertThat(this.gemini.awaitSent(2, 2)).isEqualTo(GeminiJson.MAPPER.readTree("""
				{"clientContent":{"turns":[{"role":"user","parts":[{"text":"Consider this."}]}],
				"turnComplete":false}}"""));
		awaitReconnects(1);
		this.gemini.client().respond();
		assertThat(this.gemini.awaitSent(2, 3))
			.isEqualTo(GeminiJson.MAPPER.readTree("{\"clientContent\":{\"turnComplete\":true}}"));
		assertThat(this.gemini.takeUntilMarker()).as("no turn was lost").isEmpty();
	}

	@Test
	void heldMessagesAreNeitherRepeatedNorReportedAsLost() throws Exception {
		this.gemini.options((options) -> options.sessionResumption(false))
			.session((session) -> session.sendWhileReconnecting(OutagePolicy.BUFFER));
		Session session = this.gemini.open();
		this.gemini.nextSetup((peer) -> {
			this.gemini.client().sendText("Are you there?");
			this.gemini.client().respond();
			ScriptedGemini.accept(peer);
		});
		this.gemini.transport().peer().drop();
		assertThat(this.gemini.awaitSent(2, 2).at("/clientContent/turns/0/parts/0/text").stringValue())
			.isEqualTo("Are you there?");
		assertThat(this.gemini.awaitSent(2, 3).at("/clientContent/turnComplete").booleanValue()).isTrue();
		awaitReconnects(1);
		assertThat(this.gemini.handler().responseInFlight()).isTrue();
		List<StreamChunk> chunks = this.gemini.takeUntilMarker();
		assertThat(chunks).singleElement().satisfies((chunk) -> {
			assertThat(chunk.reset()).isTrue();
			assertThat(chunk.metadata()).containsEntry("replayed", 0);
		});
		assertThat(this.gemini.sent(2)).hasSize(3);
		assertThat(session.state()).isEqualTo(Session.State.OPEN);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1000, 1001, 1008 })
	void turnWithoutContinuationIsReported(int code) throws Exception {
		this.gemini.session((session) -> session.maxReconnectAttempts(0));
		Session session = this.gemini.open();
		this.gemini.say("{'serverContent':{'outputTranscription':{'text':'One '}}}");
		assertThat(this.gemini.take().delta()).isEqualTo("One ");
		this.gemini.transport().peer().close(new CloseStatus(code));
		assertLostTurn(this.gemini.take());
		assertThat(session.response().take()).isEmpty();
	}

	@Test
	void plannedChangeOfOursResumesToo() throws Exception {
		Session session = this.gemini.open();
		this.gemini.sayHandle("h1");
		this.gemini.takeUntilMarker();
		session.reconnect("maintenance").toCompletableFuture().get(10, TimeUnit.SECONDS);
		assertThat(this.gemini.awaitSetup(2).at("/sessionResumption/handle").stringValue()).isEqualTo("h1");
	}

	@Test
	void handlesAreNotShown() throws Exception {
		Session session = this.gemini.open();
		this.gemini.sayHandle("secret-handle");
		this.gemini.takeUntilMarker();
		assertThat(session.toString() + this.gemini.handler()).doesNotContain("secret");
	}

	private void awaitReconnects(int count) {
		await().atMost(Duration.ofSeconds(10))
			.pollInterval(Duration.ofMillis(5))
			.until(() -> this.gemini.reconnects().size() >= count);
	}

	private static void assertLostTurn(StreamChunk chunk) {
		assertThat(chunk.interrupted()).isTrue();
		assertThat(chunk.finishReason()).isEqualTo(FinishReason.ERROR);
		assertThat(chunk.metadata()).containsEntry("reason", "connection_lost");
	}

}
