package dev.streaming.protocol;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import dev.streaming.ConnConfig;
import dev.streaming.OutagePolicy;
import dev.streaming.StreamChunk;
import dev.streaming.openai.Delegation;
import dev.streaming.openai.DelegationHandler;
import dev.streaming.openai.LiveDelegation;
import dev.streaming.openai.OpenAiLiveHandler;
import dev.streaming.openai.OpenAiLiveOptions;
import dev.streaming.realtime.ConversationHistory.Item;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.realtime.Role;
import dev.streaming.testsupport.SessionFixture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Work that GPT-Live delegates to the application, over sockets.
 */
@Tag("socket")
@Timeout(60)
class LiveDelegationSocketTests {

	private static final Duration WAIT = Duration.ofSeconds(10);

	private static final String QUESTION = "{\"type\":\"session.input_transcript.delta\",\"delta\":\"What time is it?\","
			+ "\"start_ms\":0,\"end_ms\":700}";

	private static final String DELEGATION = "{\"type\":\"session.delegation.created\",\"offset_ms\":700,"
			+ "\"delegation\":{\"id\":\"d1\",\"type\":\"delegation\",\"target\":\"client\"}}";

	@ParameterizedTest
	@EnumSource
	void workIsDoneWithTheConversation(Wire wire) throws Exception {
		DelegationHandler handler = (delegation) -> {
			delegation.think("Asked: " + texts(delegation));
			delegation.say("It is nine.");
		};
		try (LiveSession live = new LiveSession(wire, handler)) {
			live.open();
			ProviderPeer peer = live.server.accept();
			assertThat(next(peer).at("/session/delegation/type").asString()).isEqualTo("client");
			peer.say(QUESTION);
			peer.say(DELEGATION);
			assertAppended(next(peer), "session.thinking.append", "Asked: [What time is it?]");
			assertAppended(next(peer), "session.commentary.append", "It is nine.");
			assertThat(live.await((chunk) -> "d1".equals(chunk.metadata().get("id"))).metadata())
				.containsEntry("handled", true);
		}
	}

	@ParameterizedTest
	@EnumSource
	void connectionIsLostWhileTheWorkIsDone(Wire wire) throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		CompletableFuture<Delegation> interrupted = new CompletableFuture<>();
		DelegationHandler handler = (delegation) -> {
			begun.countDown();
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				delegation.say("Interrupted");
				interrupted.complete(delegation);
				throw ex;
			}
		};
		try (LiveSession live = new LiveSession(wire, handler)) {
			live.open();
			ProviderPeer peer = live.server.accept();
			next(peer);
			peer.say(QUESTION);
			peer.say(DELEGATION);
			assertThat(begun.await(WAIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
			assertThat(live.handler().responseInFlight()).isTrue();
			peer.close(new CloseStatus(1011, "lost"));
			ProviderPeer other = live.server.accept();
			JsonNode start = next(other);
			assertThat(start.path("type").asString()).isEqualTo("session.start");
			assertThat(start.at("/session/input").toString()).contains("What time is it?");
			live.await((chunk) -> "connection_lost".equals(chunk.metadata().get("reason")));
			live.await(StreamChunk::reset);
			Delegation late = interrupted.get(WAIT.toSeconds(), TimeUnit.SECONDS);
			late.say("Late");
			late.think("Late");
			RealtimeClient.of(live.session()).sendText("Marker", Role.SYSTEM);
			assertThat(next(other).path("content").asString()).as("the first message behind the start")
				.isEqualTo("Marker");
			assertThat(live.handler().responseInFlight()).isFalse();
			live.awaitReconnects(1);
			other.say(DELEGATION.replace("d1", "d2"));
			live.await((chunk) -> "d2".equals(chunk.metadata().get("id")));
		}
	}

	private static void assertAppended(JsonNode event, String type, String content) {
		assertThat(event.path("type").asString()).isEqualTo(type);
		assertThat(event.path("delegation_id").asString()).isEqualTo("d1");
		assertThat(event.path("content").asString()).isEqualTo(content);
	}

	private static List<String> texts(Delegation delegation) {
		return delegation.conversation().stream().map(Item::text).toList();
	}

	private static JsonNode next(ProviderPeer peer) throws InterruptedException {
		Optional<String> message = peer.hear();
		assertThat(message).isPresent();
		return JsonMapper.shared().readTree(message.orElseThrow());
	}

	/**
	 * Session with a provider behind a socket, in real time.
	 */
	private static final class LiveSession extends SessionFixture<OpenAiLiveHandler, LiveSession> {

		private final OpenAiLiveOptions options = OpenAiLiveOptions.builder()
			.apiKey("test-secret")
			.delegation(LiveDelegation.client())
			.build();

		private final DelegationHandler delegation;

		private final ProviderServer server;

		LiveSession(Wire wire, DelegationHandler delegation) {
			this.delegation = delegation;
			this.server = wire.server(Protocol.OPENAI_LIVE);
			this.server.greeting(Protocol.OPENAI_LIVE.greeting());
			over(this.server.transport())
				.session((config) -> config.maxReconnectAttempts(5).sendWhileReconnecting(OutagePolicy.BUFFER));
		}

		StreamChunk await(Predicate<StreamChunk> wanted) throws InterruptedException {
			StreamChunk chunk = take();
			while (!wanted.test(chunk)) {
				chunk = take();
			}
			return chunk;
		}

		@Override
		protected ConnConfig.Builder connConfig() {
			return this.options.connConfig(ConnConfig.builder(this.server.url()));
		}

		@Override
		protected OpenAiLiveHandler createHandler(List<RealtimeTool> tools, Executor workers) {
			return new OpenAiLiveHandler(this.options, new ArrayList<>(tools), workers, (call, context) -> true,
					this.delegation);
		}

		@Override
		protected LiveSession self() {
			return this;
		}

		@Override
		public void close() {
			super.close();
			this.server.close();
		}

	}

}
