package dev.streaming.openai;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.streaming.Message;
import dev.streaming.StreamChunk;
import dev.streaming.openai.UserTurn.Answerer;
import dev.streaming.openai.UserTurns.TranscriptPart;
import dev.streaming.realtime.Answer;
import dev.streaming.realtime.ConversationHistory;
import dev.streaming.realtime.ConversationHistory.Item;
import dev.streaming.testsupport.RecordingContext;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for state that OpenAI can make a session keep, and whose oldest part is removed
 * without an end of the session.
 */
@Rule("B3")
class OpenAiForgettingTests extends AbstractOpenAiAnswerTests {

	private final RecordingContext context = new RecordingContext();

	private List<StreamChunk> handle(OpenAiRealtimeHandler handler, String event) {
		return handler.handle(Message.text(event.replace('\'', '"')), this.context);
	}

	private static OpenAiRealtimeHandler handler() {
		return new OpenAiRealtimeHandler(OpenAiRealtimeOptions.builder().apiKey("sk-test").build(), List.of());
	}

	@Test
	void largeMetadataOfAResponseAreLeftOut() {
		OpenAiRealtimeHandler handler = handler();
		assertThat(metadata(handler, "r1", 32 * 1024 - 100)).containsKey("metadata");
		assertThat(metadata(handler, "r2", 32 * 1024)).doesNotContainKey("metadata");
	}

	private Map<String, Object> metadata(OpenAiRealtimeHandler handler, String id, int length) {
		handle(handler, "{'type':'response.created','response':{'id':'" + id + "','metadata':{'topic':'"
				+ "x".repeat(length) + "'}}}");
		return handle(handler,
				"{'type':'response.output_text.delta','response_id':'" + id + "','item_id':'i','delta':'x'}")
			.get(0)
			.metadata();
	}

	@Test
	void oldestOfTheUnfinishedTranscriptsIsForgotten() {
		OpenAiRealtimeHandler handler = handler();
		for (int i = 0; i <= 64; i++) {
			heard(handler, "u" + i, "first ");
		}
		assertThat(heard(handler, "u1", "second")).isEqualTo("first second");
		assertThat(heard(handler, "u0", "second")).isEqualTo("second");
	}

	private String heard(OpenAiRealtimeHandler handler, String item, String delta) {
		return handle(handler, "{'type':'conversation.item.input_audio_transcription.delta','item_id':'" + item
				+ "','content_index':0,'delta':'" + delta + "'}")
			.get(0)
			.content();
	}

	@Test
	void oldestOfTheTextsThatTheProviderHasNotConfirmedIsForgotten() {
		OpenAiConversation conversation = new OpenAiConversation(1000);
		for (int i = 0; i <= 256; i++) {
			conversation.sent(conversation.sending(ConversationHistory.Role.USER, "text " + i, "event-" + i), false);
		}
		conversation.refused("event-0");
		conversation.refused("event-1");
		assertThat(conversation.kept()).extracting(Item::text).hasSize(256).contains("text 0").doesNotContain("text 1");
	}

	@Test
	void oldestOfTheEventsInTheProvidersWordsIsForgotten() throws Exception {
		this.client = client();
		for (int i = 0; i <= 256; i++) {
			this.openAi.session()
				.sendRaw("{\"type\":\"conversation.item.retrieve\",\"event_id\":\"own-" + i + "\",\"item_id\":\"i\"}");
		}
		Answer answer = ask("One");
		error("own-1", "item_not_found");
		assertThat(heard()).filteredOn((chunk) -> chunk.error() != null).hasSize(1);
		// That one is unknown, so it refers to the request
		error("own-0", "item_not_found");
		assertThat(failure(answer)).hasMessageContaining("refused");
	}

	@Test
	void oldestOfTheUsersTurnsIsForgotten() {
		UserTurns turns = new UserTurns();
		for (int i = 0; i < 64; i++) {
			turns.speechStarted("u" + i, Answerer.APPLICATION, i, i);
		}
		assertThat(turns.isOpen((turn) -> turn.itemId().equals("u0"))).isTrue();
		turns.speechStarted("u64", Answerer.APPLICATION, 64, 64);
		assertThat(turns.isOpen((turn) -> turn.itemId().equals("u0"))).isFalse();
		assertThat(turns.isOpen((turn) -> turn.itemId().equals("u1"))).isTrue();
	}

	@Test
	void oldestOfTheTurnsThatAreOverIsForgotten() {
		UserTurns turns = new UserTurns();
		for (int i = 0; i <= 64; i++) {
			turns.committed("u" + i, Answerer.TRANSCRIPT, i, i);
			turns.transcript("u" + i, TranscriptPart.END, Answerer.TRANSCRIPT, i);
		}
		turns.committed("u1", Answerer.TRANSCRIPT, 65, 65);
		assertThat(turns.isOpen((turn) -> true)).as("an event that straggles").isFalse();
		turns.committed("u0", Answerer.TRANSCRIPT, 66, 66);
		assertThat(turns.isOpen((turn) -> turn.itemId().equals("u0"))).isTrue();
	}

	@Test
	void oldestOfTheChangesWithoutAnAnswerIsForgotten() {
		SessionChanges typed = new SessionChanges();
		SessionChanges raw = new SessionChanges();
		for (int i = 0; i <= 64; i++) {
			Message message = Message.text("" + i);
			typed.changing(message, "event-" + i, OpenAiJson.node(Map.of("voice", "" + i)), null);
			raw.sending(message, "event-" + i, OpenAiJson.node(Map.of("voice", "" + i)), false);
		}
		assertThat(typed.again()).hasSize(64).first().isEqualTo(Message.text("1"));
		assertThat(String.valueOf(raw.confirmed())).isEqualTo("{\"voice\":\"1\"}");
	}

	@Test
	void oldestOfTheSpokenPartsIsForgotten() {
		SpokenAudio spoken = new SpokenAudio(OpenAiAudioFormat.PCM);
		for (int i = 0; i <= 1024; i++) {
			spoken.received(1, "i" + i, 0, 48_000);
		}
		assertThat(spoken.share("i1", Duration.ofMillis(500))).isEqualTo(0.5);
		assertThat(spoken.share("i0", Duration.ofMillis(500))).as("an item that is not known").isEqualTo(1);
	}

	@Test
	void unknownTypesAreLoggedUpToALimitAndAllCounted() {
		Logger logger = (Logger) LoggerFactory.getLogger(OpenAiRealtimeHandler.class);
		Level before = logger.getLevel();
		ListAppender<ILoggingEvent> logged = new ListAppender<>();
		logged.start();
		logger.addAppender(logged);
		logger.setLevel(Level.DEBUG);
		try {
			OpenAiRealtimeHandler handler = handler();
			for (int i = 0; i < 100; i++) {
				handle(handler, "{'type':'unknown.type." + i + "'}");
			}
			assertThat(handler.unknownEvents()).isEqualTo(100);
		}
		finally {
			logger.setLevel(before);
			logger.detachAppender(logged);
		}
		assertThat(logged.list).filteredOn((event) -> event.getMessage().contains("unknown type")).hasSize(64);
	}

}
