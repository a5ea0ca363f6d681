package dev.streaming.gemini;

import dev.streaming.FinishReason;
import dev.streaming.Session;
import dev.streaming.StreamChunk;
import dev.streaming.testsupport.AcceptedSetup;
import dev.streaming.testsupport.InMemoryPeer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for handles, and the messages on the next connection.
 */
class GeminiResumptionTests {

	private final GeminiFixture gemini = new GeminiFixture();

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
		assertThat(this.gemini.awaitReconnects(1)).singleElement().satisfies((event) -> {
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
			dial.accept((peer) -> peer.onMessage((message) -> AcceptedSetup.setUp(peer)));
		});
		this.gemini.say("{'goAway':{'timeLeft':'50s'}}");
		this.gemini.awaitReconnects(1);
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
		this.gemini.awaitReconnects(1);
		assertThat(this.gemini.takeUntilMarker()).isEmpty();
	}

	@Test
	void goAwayDoesNotWaitForAHandleForLong() throws Exception {
		this.gemini.open();
		this.gemini.sayHandle("h1");
		this.gemini.say("{'serverContent':{'outputTranscription':{'text':'One'}}}", "{'goAway':{'timeLeft':'50s'}}",
				"{'serverContent':{'turnComplete':true}}");
		assertThat(this.gemini.awaitSetup(2).at("/sessionResumption/handle").stringValue()).isEqualTo("h1");
		this.gemini.awaitReconnects(1);
		assertThat(this.gemini.takeUntilMarker()).extracting(StreamChunk::reset).containsExactly(false, false);
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
	void handlesAreNotShown() throws Exception {
		Session session = this.gemini.open();
		this.gemini.sayHandle("secret-handle");
		this.gemini.takeUntilMarker();
		assertThat(session.toString() + this.gemini.handler()).doesNotContain("secret");
	}

}
