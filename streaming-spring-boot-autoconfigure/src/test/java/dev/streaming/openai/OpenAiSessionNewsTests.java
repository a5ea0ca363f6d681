package dev.streaming.openai;

import java.time.Duration;
import java.util.List;

import dev.streaming.StreamChunk;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.Test;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the state of the session that the provider reports: id, end, limits, and the
 * phase of a message.
 */
class OpenAiSessionNewsTests extends AbstractOpenAiTests {

	private String created(Duration left) {
		return "{\"type\":\"session.created\",\"session\":{\"type\":\"realtime\",\"id\":\"sess_1\","
				+ "\"model\":\"gpt-realtime-2.1\",\"expires_at\":"
				+ this.openAi.instants().instant().plus(left).getEpochSecond() + "}}";
	}

	private int connections() {
		return this.openAi.transport().dials().size();
	}

	private void passAndSettle(Duration time) throws InterruptedException {
		pass(time);
		settle();
	}

	@Test
	void idAndEndOfTheSessionAreAChunk() throws Exception {
		this.openAi.first(created(Duration.ofMinutes(60)));
		open();
		assertThat(heard()).singleElement().satisfies((chunk) -> {
			assertThat(chunk.kind()).isEqualTo(StreamChunk.Kind.EVENT);
			assertThat(chunk.metadata()).containsEntry("event", "session.created")
				.containsEntry("session_id", "sess_1")
				.containsEntry("model", "gpt-realtime-2.1")
				.containsKey("expires_at");
		});
	}

	@Test
	@Rule("S10")
	void connectionChangesFiveMinutesBeforeItsEnd() throws Exception {
		this.openAi.first(created(Duration.ofMinutes(30)));
		open();
		passAndSettle(Duration.ofMinutes(24));
		assertThat(connections()).isEqualTo(1);
		pass(Duration.ofMinutes(1));
		assertThat(this.openAi.transport().awaitPeer(2)).isNotNull();
		assertThat(this.openAi.transport().awaitPeer(1).closeStatus()).isEqualTo(new CloseStatus(1000, "expiry"));
	}

	@Test
	void endThatIsNearLeavesHalfOfTheTime() throws Exception {
		this.openAi.first(created(Duration.ofMinutes(6)));
		open();
		passAndSettle(Duration.ofSeconds(170));
		assertThat(connections()).isEqualTo(1);
		// Not further: the time for the close of the old connection would elapse too
		pass(Duration.ofSeconds(10));
		assertThat(this.openAi.transport().awaitPeer(2)).isNotNull();
	}

	@Test
	void endThatIsOverOrAbsurdIsNotBelieved() throws Exception {
		this.openAi.first(created(Duration.ofMinutes(-5)));
		open();
		say("{'type':'session.updated','session':{'expires_at':9223372036854775807}}");
		passAndSettle(Duration.ofMinutes(1));
		assertThat(connections()).isEqualTo(1);
	}

	@Test
	void limitsAreAChunk() throws Exception {
		open();
		say("{'type':'rate_limits.updated','rate_limits':[{'name':'tokens','limit':100,'remaining':7,"
				+ "'reset_seconds':1.5}]}");
		assertThat(heard()).singleElement()
			.satisfies((chunk) -> assertThat(chunk.metadata()).containsEntry("event", "rate_limits.updated")
				.hasEntrySatisfying("rate_limits",
						(limits) -> assertThat(limits.toString()).contains("\"remaining\":7")));
	}

	@Test
	void chunksOfOneItemShareTheirMetadata() throws Exception {
		open();
		created("r1");
		text("r1", "a");
		text("r1", "b");
		say("{'type':'response.output_audio_transcript.delta','response_id':'r1','item_id':'i-r1','content_index':0,"
				+ "'delta':'c'}");
		List<StreamChunk> chunks = heard();
		assertThat(chunks.get(1).metadata()).isSameAs(chunks.get(0).metadata())
			.containsEntry("response_id", "r1")
			.containsEntry("item_id", "i-r1");
		assertThat(chunks.get(2).metadata()).containsEntry("transcript", true);
	}

	@Test
	void laterPhaseIsMetadataOfTheFollowingChunks() throws Exception {
		open();
		created("r1");
		text("r1", "a");
		say("{'type':'response.output_item.added','response_id':'r1','item':{'id':'i-r1','type':'message',"
				+ "'phase':'commentary'}}");
		text("r1", "b");
		assertThat(heard()).extracting((chunk) -> chunk.metadata().get("phase")).containsExactly(null, "commentary");
	}

	@Test
	void phaseOfAMessageIsMetadata() throws Exception {
		open();
		created("r1");
		for (String phase : List.of("commentary", "final_answer")) {
			say("{'type':'response.output_item.added','response_id':'r1','item':{'id':'" + phase
					+ "','type':'message','phase':'" + phase + "'}}",
					"{'type':'response.output_text.delta','response_id':'r1','item_id':'" + phase
							+ "','content_index':0,'delta':'x'}");
		}
		say("{'type':'response.output_text.delta','response_id':'r1','item_id':'other','content_index':0,'delta':'x'}");
		assertThat(heard()).extracting((chunk) -> chunk.metadata().get("phase"))
			.containsExactly("commentary", "final_answer", null);
	}

}
