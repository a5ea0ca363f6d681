package dev.streaming.internal.relay;

import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * R5: the user speaks while the model does.
 */
@Rule("R5")
@Timeout(30)
class RelayBargeInTests {

	private final RelayFixture fixture = new RelayFixture();

	@AfterEach
	void close() {
		this.fixture.close();
	}

	@Test
	void browserIsNotifiedAtOnceAndTheProviderOfThePlayedAudio() throws Exception {
		FakeBrowser browser = speaking();
		this.fixture.userBegins();
		JsonNode interrupted = browser.await("interrupted");
		assertThat(interrupted.path("answer").asString()).isEqualTo("a1");
		assertThat(browser.types()).contains("speech.started");
		browser.say("{'type':'heard','answer':'a1','position':80}");
		JsonNode truncate = this.fixture.awaitTold("conversation.item.truncate");
		assertThat(truncate.path("audio_end_ms").asInt()).isEqualTo(80);
		assertThat(truncate.path("item_id").asString()).isEqualTo("i-r1");
	}

	@Test
	void audioThatWaitsForSlowBrowserIsDropped() throws Exception {
		FakeBrowser browser = speaking();
		browser.stall();
		this.fixture.speaks("r1", 16_000);
		this.fixture.speaks("r1", 16_000);
		this.fixture.speaks("r1", 16_000);
		this.fixture.userBegins();
		this.fixture.model("{'type':'response.done','response':{'id':'r1','conversation_id':'conv',"
				+ "'status':'cancelled','status_details':{'type':'cancelled','reason':'turn_detected'},'output':[]}}");
		this.fixture.awaitTaken();
		browser.readOn();
		browser.await("answer.done");
		// One piece was being written
		assertThat(browser.audioBytes()).isBetween(4_800, 4_800 + 16_000);
	}

	@Test
	void audioBehindTheStopOfPlaybackIsNotSent() throws Exception {
		FakeBrowser browser = speaking();
		browser.say("{'type':'heard','answer':'a1','position':80}");
		this.fixture.awaitTold("conversation.item.truncate");
		this.fixture.speaks("r1", 4_800);
		this.fixture.ends("r1");
		browser.await("answer.done");
		assertThat(browser.audioBytes()).isEqualTo(4_800);
	}

	@Test
	void reportOfAnOlderAnswerTruncatesNothing() throws Exception {
		FakeBrowser browser = speaking();
		this.fixture.ends("r1");
		this.fixture.begins("r2");
		this.fixture.speaks("r2", 4_800);
		browser.await("audio", (event) -> event.path("answer").asString().equals("a2"));
		browser.say("{'type':'heard','answer':'a1','position':50}");
		browser.say("{'type':'heard','answer':'a2','position':40}");
		assertThat(this.fixture.awaitTold("conversation.item.truncate").path("item_id").asString()).isEqualTo("i-r2");
	}

	@Test
	void cancelStopsAnswerAndItsAudio() throws Exception {
		FakeBrowser browser = speaking();
		browser.say("{'type':'cancel','answer':'a1','position':100}");
		this.fixture.awaitTold("response.cancel");
		assertThat(this.fixture.awaitTold("conversation.item.truncate").path("audio_end_ms").asInt()).isEqualTo(100);
		this.fixture.speaks("r1", 4_800);
		this.fixture.says("r1", "unheard");
		this.fixture.ends("r1");
		browser.await("answer.done");
		assertThat(browser.audioBytes()).isEqualTo(4_800);
	}

	private FakeBrowser speaking() throws Exception {
		FakeBrowser browser = this.fixture.ready();
		this.fixture.begins("r1");
		this.fixture.speaks("r1", 4_800);
		this.fixture.says("r1", "Once upon");
		browser.await("transcript");
		return browser;
	}

}
