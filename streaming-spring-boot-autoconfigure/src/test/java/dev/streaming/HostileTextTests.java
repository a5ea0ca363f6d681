package dev.streaming;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import dev.streaming.gemini.GeminiLiveHandler;
import dev.streaming.gemini.GeminiLiveOptions;
import dev.streaming.openai.OpenAiRealtimeHandler;
import dev.streaming.openai.OpenAiRealtimeOptions;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.InMemorySessions;
import dev.streaming.testsupport.Rule;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Hostile texts of a peer through every way in, and every way out looked at: logs,
 * exceptions, endpoint, health, meters, traces and events.
 */
@Rule("B4")
@Timeout(60)
class HostileTextTests {

	private static final String HOSTILE = WaysOut.MARK + " Bearer header-s3cret query-s3cret sk-proj-abcdef123456 "
			+ "AIzaSyA1234567890abcdefg\r\n2026 ERROR forged\u001b[31m\u202e \u2028 \ud83d \u0085 \u009b1m"
			+ "x".repeat(20_000);

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private final WaysOut out = new WaysOut();

	private final InMemorySessions sessions = new InMemorySessions(this.out.observer(), this.out.listener());

	@AfterEach
	void stop() {
		this.out.close();
		this.sessions.close();
	}

	@ParameterizedTest
	@EnumSource
	void nothingOfItGetsOutAsItIs(Way way) throws Exception {
		Session session = null;
		this.sessions.transport().onDial((dial) -> dial.accept((peer) -> script(peer, way)));
		try {
			session = this.sessions.factory().open("plain", (spec) -> {
				spec.session((builder) -> builder.maxReconnectAttempts(0));
				spec.conn((conn) -> conn.maxRetries(1));
				SessionHandler handler = way.handler();
				if (handler != null) {
					spec.handler(handler);
				}
			});
			way.hostile.accept(this.sessions.peer());
			this.sessions.peer().text("{\"type\":\"marker\"}");
			take(session);
			if (way.ends) {
				session.done().toCompletableFuture().get(10, TimeUnit.SECONDS);
			}
			this.out.lookAt(session);
			this.out.lookAt(this.sessions.factory());
		}
		catch (StreamingException ex) {
			this.out.exception(ex);
		}
		finally {
			if (session != null) {
				session.close();
				session.error().ifPresent(this.out::exception);
			}
		}
		assertThat(this.out.check()).as("the peer is quoted").isEqualTo(way.quoted);
	}

	private void script(InMemoryPeer peer, Way way) {
		if (way.provider == Provider.OPENAI) {
			peer.onMessage((message) -> {
				if (message.text().contains("session.update")) {
					if (way.inSetup) {
						way.hostile.accept(peer);
					}
					else {
						peer.text("{\"type\":\"session.updated\",\"session\":{}}");
					}
				}
			});
			peer.text("{\"type\":\"session.created\",\"session\":{\"type\":\"realtime\",\"model\":" + json() + "}}");
		}
		else if (way.provider == Provider.GEMINI) {
			peer.onMessage((message) -> {
				if (message.text().contains("\"setup\"")) {
					if (way.inSetup) {
						way.hostile.accept(peer);
					}
					else {
						peer.text("{\"setupComplete\":{}}");
					}
				}
			});
		}
	}

	private void take(Session session) throws InterruptedException {
		StreamChunk chunk = session.response().poll(Duration.ofMillis(300)).orElse(null);
		while (chunk != null) {
			if (chunk.error() != null) {
				this.out.exception(chunk.error());
			}
			chunk = session.response().poll(Duration.ofMillis(300)).orElse(null);
		}
	}

	private static String json() {
		return MAPPER.writeValueAsString(HOSTILE);
	}

	private static Consumer<InMemoryPeer> says(String message) {
		return (peer) -> peer.text(message.replace('\'', '"').replace("%s", json()));
	}

	private enum Provider {

		NONE, OPENAI, GEMINI

	}

	/**
	 * The ways in.
	 */
	enum Way {

		CLOSE_REASON(Provider.NONE, (peer) -> peer.close(new CloseStatus(1011, HOSTILE)), true, false, true),

		CLOSE_REASON_OF_OPENAI(Provider.OPENAI, (peer) -> peer.close(new CloseStatus(1008, HOSTILE)), true, false,
				true),

		CLOSE_IN_THE_SETUP_OF_OPENAI(Provider.OPENAI, (peer) -> peer.close(new CloseStatus(1008, HOSTILE)), true, true,
				true),

		ERROR_IN_THE_SETUP_OF_OPENAI(Provider.OPENAI,
				says("{'type':'error','error':{'type':%s,'code':%s,'message':%s,'param':%s}}"), true, true, true),

		ERROR_OF_OPENAI(Provider.OPENAI, says("{'type':'error','error':{'type':%s,'code':%s,'message':%s}}"), false,
				false, true),

		FATAL_ERROR_OF_OPENAI(Provider.OPENAI,
				says("{'type':'error','error':{'type':'x','code':'insufficient_quota','message':%s}}"), true, false,
				true),

		ERROR_TEXT_OF_OPENAI(Provider.OPENAI, says("{'type':'error','error':%s}"), false, false, true),

		FAILED_RESPONSE_OF_OPENAI(Provider.OPENAI,
				says("{'type':'response.done','response':{'id':'r','status':'failed',"
						+ "'status_details':{'error':{'code':%s,'message':%s}}}}"),
				false, false, true),

		MCP_ERROR_OF_OPENAI(Provider.OPENAI,
				says("{'type':'response.output_item.done','response_id':'r',"
						+ "'item':{'type':'mcp_call','id':'i','name':'n','error':{'message':%s}}}"),
				false, false, true),

		FAILED_TRANSCRIPT_OF_OPENAI(Provider.OPENAI, says(
				"{'type':'conversation.item.input_audio_transcription.failed','item_id':'i','error':{'message':%s}}"),
				false, false, true),

		TRANSCRIPT_OF_OPENAI(Provider.OPENAI,
				says("{'type':'conversation.item.input_audio_transcription.completed',"
						+ "'item_id':'i','transcript':%s}"),
				false, false, false),

		EVENT_TYPE_OF_OPENAI(Provider.OPENAI, says("{'type':%s}"), false, false, true),

		TOOL_NAME_OF_OPENAI(Provider.OPENAI, (peer) -> {
			says("{'type':'response.created','response':{'id':'r'}}").accept(peer);
			says("{'type':'response.output_item.done','response_id':'r','item':{'type':'function_call','id':'i',"
					+ "'status':'completed','call_id':%s,'name':%s,'arguments':%s}}")
				.accept(peer);
			says("{'type':'response.output_item.done','response_id':'r','item':{'type':'function_call','id':'j',"
					+ "'status':'completed','call_id':%s,'name':'known','arguments':%s}}")
				.accept(peer);
			says("{'type':'response.done','response':{'id':'r','status':'completed'}}").accept(peer);
		}, false, false, false),

		ID_OF_OPENAI(Provider.OPENAI, says("{'type':'response.created','response':{'id':%s}}"), false, false, false),

		NO_JSON_FOR_OPENAI(Provider.OPENAI, (peer) -> peer.text(HOSTILE), false, false, false),

		CLOSE_IN_THE_SETUP_OF_GEMINI(Provider.GEMINI, (peer) -> peer.close(new CloseStatus(1008, HOSTILE)), true, true,
				true),

		ERROR_IN_THE_SETUP_OF_GEMINI(Provider.GEMINI,
				says("{'error':{'code':400,'status':%s,'message':%s,'details':[%s]}}"), true, true, true),

		ERROR_OF_GEMINI(Provider.GEMINI, says("{'error':{'code':400,'status':%s,'message':%s}}"), false, false, true),

		FIELD_OF_GEMINI(Provider.GEMINI, says("{%s:1,'serverContent':{'turnComplete':true,'turnCompleteReason':%s}}"),
				false, false, false),

		TOOL_NAME_OF_GEMINI(Provider.GEMINI,
				says("{'toolCall':{'functionCalls':[{'id':%s,'name':%s,'args':{'a':%s}},"
						+ "{'id':'k','name':'known','args':{'a':%s}}]}}"),
				false, false, false),

		TRANSCRIPT_OF_GEMINI(Provider.GEMINI,
				says("{'serverContent':{'inputTranscription':{'text':%s},'outputTranscription':{'text':%s}}}"), false,
				false, false),

		GO_AWAY_OF_GEMINI(Provider.GEMINI, says("{'goAway':{'timeLeft':%s}}"), false, false, false),

		NO_JSON_FOR_GEMINI(Provider.GEMINI, (peer) -> peer.text(HOSTILE), false, false, false);

		private final Provider provider;

		private final Consumer<InMemoryPeer> hostile;

		private final boolean ends;

		private final boolean inSetup;

		private final boolean quoted;

		Way(Provider provider, Consumer<InMemoryPeer> hostile, boolean ends, boolean inSetup, boolean quoted) {
			this.provider = provider;
			this.hostile = hostile;
			this.ends = ends;
			this.inSetup = inSetup;
			this.quoted = quoted;
		}

		private @Nullable SessionHandler handler() {
			RealtimeTool tool = RealtimeTool.of("known", "A tool that throws", (arguments) -> {
				throw new IllegalStateException("failed");
			});
			return switch (this.provider) {
				case NONE -> null;
				case OPENAI -> new OpenAiRealtimeHandler(
						OpenAiRealtimeOptions.builder().apiKey("sk-test-s3cret-key").build(), List.of(tool));
				case GEMINI -> new GeminiLiveHandler(GeminiLiveOptions.builder().apiKey("AIza-test-s3cret-key").build(),
						List.of(tool));
			};
		}

	}

}
