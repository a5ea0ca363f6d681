package dev.streaming.internal.relay;

import java.time.Duration;
import java.util.List;

import dev.streaming.relay.RelayEnd;
import dev.streaming.relay.RelayObserver.Attachment;
import dev.streaming.relay.RelayState;
import dev.streaming.testsupport.Rule;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * R4: a browser that comes back.
 */
@Rule("R4")
@Timeout(30)
class RelayReattachTests {

	private final RelayFixture fixture = new RelayFixture();

	@AfterEach
	void close() {
		this.fixture.close();
	}

	@Test
	void comesBackToSameSession() throws Exception {
		FakeBrowser first = this.fixture.ready();
		String token = first.awaitToken();
		first.leave();
		assertThat(this.fixture.observer.count(RelayState.DETACHED)).isEqualTo(1);
		FakeBrowser second = this.fixture.browser().hello(token, 0);
		JsonNode ready = second.await("ready");
		assertThat(ready.path("resumed").asBoolean()).isTrue();
		assertThat(ready.path("missed").asBoolean()).isFalse();
		assertThat(ready.path("token").asString()).isEqualTo(token);
		assertThat(this.fixture.sessions).hasSize(1);
		assertThat(this.fixture.observer.attachments).containsExactly(Attachment.OPENED, Attachment.RESUMED);
		second.say("{'type':'text','text':'Still there?'}");
		this.fixture.awaitTold("conversation.item.create");
	}

	@Test
	void sessionEndsIfTheBrowserDoesNotReturnInTime() throws Exception {
		FakeBrowser browser = this.fixture.ready();
		browser.leave();
		this.fixture.clock.advance(Duration.ofMillis(29_999));
		assertThat(this.fixture.relays().size()).isEqualTo(1);
		this.fixture.clock.advance(Duration.ofMillis(1));
		assertThat(this.fixture.relays().size()).isZero();
		this.fixture.peer().awaitCloseStatus();
		this.fixture.assertEnds(RelayEnd.EXPIRED);
		assertThat(this.fixture.clock.pending()).isZero();
		FakeBrowser late = this.fixture.browser().hello(browser.awaitToken(), 0);
		assertThat(late.await("ready").path("resumed").asBoolean()).isFalse();
		assertThat(this.fixture.observer.attachments).containsExactly(Attachment.OPENED, Attachment.REPLACED);
	}

	@Test
	void timeWithoutBrowserBeginsAnewWithEachLoss() throws Exception {
		FakeBrowser browser = this.fixture.ready();
		String token = browser.awaitToken();
		browser.leave();
		this.fixture.clock.advance(Duration.ofSeconds(20));
		FakeBrowser back = this.fixture.browser().hello(token, 0);
		back.await("ready");
		back.leave();
		this.fixture.clock.advance(Duration.ofSeconds(29));
		assertThat(this.fixture.relays().size()).isEqualTo(1);
		this.fixture.clock.advance(Duration.ofSeconds(1));
		assertThat(this.fixture.relays().size()).isZero();
	}

	@Test
	void textIsKeptAndStaleAudioIsNot() throws Exception {
		FakeBrowser first = this.fixture.ready();
		String token = first.awaitToken();
		this.fixture.begins("r1");
		this.fixture.speaks("r1", 4_800);
		this.fixture.says("r1", "One ");
		first.await("transcript");
		first.leave();
		this.fixture.speaks("r1", 48_000);
		this.fixture.says("r1", "two ");
		this.fixture.awaitTaken();
		FakeBrowser second = this.fixture.browser().hello(token, lastNumber(first));
		second.await("transcript");
		this.fixture.speaks("r1", 2_400);
		this.fixture.says("r1", "three");
		this.fixture.ends("r1");
		second.await("answer.done");
		assertThat(deltas(second)).containsExactly("two ", "three");
		assertThat(second.audioBytes()).isEqualTo(2_400);
		JsonNode audio = second.await("audio");
		// Heard audio is still counted from the beginning of the answer
		assertThat(audio.path("position").asInt()).isEqualTo(1_100);
		assertThat(audio.path("answer").asString()).isEqualTo("a1");
	}

	@Test
	void eventsOnTheirWayAreSentAgain() throws Exception {
		FakeBrowser first = this.fixture.ready();
		this.fixture.begins("r1");
		this.fixture.says("r1", "One ");
		this.fixture.says("r1", "two ");
		first.await("transcript", (event) -> event.path("delta").asString().equals("two "));
		first.leave();
		FakeBrowser second = this.fixture.browser().hello(first.awaitToken(), 1);
		second.await("transcript");
		assertThat(deltas(second)).containsExactly("two ");
	}

	@Test
	void reloadedPageGetsTheConversationAgain() throws Exception {
		FakeBrowser first = this.fixture.ready();
		first.say("{'type':'text','text':'Hello'}");
		first.await("transcript");
		first.leave();
		FakeBrowser second = this.fixture.browser().hello(first.awaitToken(), 0);
		assertThat(second.await("transcript").path("text").asString()).isEqualTo("Hello");
		second.leave();
		FakeBrowser third = this.fixture.browser().hello(first.awaitToken(), 0);
		assertThat(third.await("transcript").path("n").asInt()).isEqualTo(1);
		assertThat(third.types()).containsExactly("ready", "transcript");
	}

	@Test
	void pageLearnsThatEventsAreMissing() throws Exception {
		FakeBrowser first = this.fixture.ready();
		this.fixture.begins("r1");
		String text = "x".repeat(1_000);
		for (int i = 0; i < 12; i++) {
			this.fixture.says("r1", text);
		}
		first.await(() -> first.events("transcript").size() == 12, "transcripts");
		first.leave();
		FakeBrowser second = this.fixture.browser().hello(first.awaitToken(), 0);
		assertThat(second.await("ready").path("missed").asBoolean()).isTrue();
		second.leave();
		FakeBrowser third = this.fixture.browser().hello(first.awaitToken(), 12);
		assertThat(third.await("ready").path("missed").asBoolean()).isFalse();
	}

	@Test
	void secondPageTakesTheSessionOver() throws Exception {
		FakeBrowser first = this.fixture.ready();
		FakeBrowser second = this.fixture.browser().hello(first.awaitToken(), 0);
		second.await("ready");
		assertThat(first.awaitClose()).isEqualTo(RelayClose.REPLACED);
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.fixture.observer.count(RelayState.ATTACHED)).isEqualTo(1));
		this.fixture.begins("r1");
		this.fixture.says("r1", "Hi");
		second.await("transcript");
		assertThat(first.types()).doesNotContain("transcript");
	}

	@Test
	void onlyOwnerComesBack() throws Exception {
		FakeBrowser ann = this.fixture.browser(() -> "ann").hello();
		String token = ann.awaitToken();
		ann.leave();
		for (FakeBrowser other : List.of(this.fixture.browser(() -> "bob"), this.fixture.browser())) {
			assertThat(other.hello(token, 0).await("ready").path("resumed").asBoolean()).isFalse();
		}
		assertThat(this.fixture.browser(() -> "ann").hello(token, 0).await("ready").path("resumed").asBoolean())
			.isTrue();
	}

	@Test
	void silentBrowserIsGivenUp() throws Exception {
		FakeBrowser browser = this.fixture.ready();
		this.fixture.clock.fallDue(Duration.ofSeconds(20));
		browser.awaitPongs(1);
		browser.answerPings(false);
		this.fixture.clock.fallDue(Duration.ofSeconds(20));
		browser.await(() -> browser.pings() == 2, "ping");
		this.fixture.clock.fallDue(Duration.ofSeconds(20));
		assertThat(browser.awaitClose()).isEqualTo(RelayClose.SILENT);
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.fixture.observer.count(RelayState.DETACHED)).isEqualTo(1));
	}

	@Test
	void brokenConnectionIsNoticedByAWrite() throws Exception {
		FakeBrowser browser = this.fixture.ready();
		browser.breakConnection();
		this.fixture.begins("r1");
		this.fixture.says("r1", "Lost?");
		browser.awaitClose();
		FakeBrowser second = this.fixture.browser().hello(browser.awaitToken(), 0);
		assertThat(second.await("transcript").path("delta").asString()).isEqualTo("Lost?");
	}

	private static long lastNumber(FakeBrowser browser) {
		return browser.events().stream().mapToLong((event) -> event.path("n").asLong(0)).max().orElse(0);
	}

	private static List<String> deltas(FakeBrowser browser) {
		return browser.events("transcript").stream().map((event) -> event.path("delta").asString()).toList();
	}

}
