package dev.streaming.openai;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.streaming.ConnectionLostException;
import dev.streaming.FinishReason;
import dev.streaming.OutagePolicy;
import dev.streaming.Reconnected;
import dev.streaming.Session;
import dev.streaming.SessionListener;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.testsupport.InMemoryPeer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of a conversation when its connection is replaced.
 */
@Timeout(30)
class OpenAiReconnectTests {

	private final ScriptedOpenAi openAi = new ScriptedOpenAi();

	private final BlockingQueue<Reconnected> reconnected = new LinkedBlockingQueue<>();

	private final SessionListener listener = new SessionListener() {

		@Override
		public void onReconnected(Session session, Reconnected event) {
			OpenAiReconnectTests.this.reconnected.add(event);
		}

	};

	@AfterEach
	void close() {
		this.openAi.close();
	}

	private Session open() throws InterruptedException {
		this.openAi.session((session) -> session.listener(this.listener));
		return this.openAi.open();
	}

	private void talk(Session session) throws InterruptedException {
		RealtimeClient.of(session).sendText("My name is Ann");
		answer("r1", "Hello Ann");
		this.openAi.say("{'type':'input_audio_buffer.committed','item_id':'u2'}");
		answer("r2", "Not much");
		this.openAi.say("{'type':'conversation.item.input_audio_transcription.completed','item_id':'u2',"
				+ "'content_index':0,'transcript':'What is up'}");
		this.openAi.takeUntilMarker();
	}

	private void answer(String id, String text) {
		String item = "'item':{'id':'i-" + id + "','type':'message','role':'assistant','status':'completed',"
				+ "'content':[{'type':'output_text','text':'" + text + "'}]}";
		this.openAi.say("{'type':'response.created','response':{'id':'" + id + "'}}",
				"{'type':'response.output_text.delta','response_id':'" + id + "','item_id':'i-" + id
						+ "','content_index':0,'delta':'" + text + "'}",
				"{'type':'conversation.item.done'," + item + "}",
				"{'type':'response.done','response':{'id':'" + id + "','status':'completed','output':[]}}");
	}

	private static List<String> replayed(InMemoryPeer peer) {
		return ScriptedOpenAi.told(peer, "conversation.item.create")
			.stream()
			.map((event) -> event.path("item"))
			.map((item) -> item.path("role").asString() + "/" + item.at("/content/0/type").asString() + "/"
					+ item.at("/content/0/text").asString())
			.toList();
	}

	@Test
	void plannedChangeReplaysTheConversation() throws Exception {
		Session session = open();
		talk(session);
		InMemoryPeer old = this.openAi.transport().peer();
		session.reconnect("maxConnectionAge").toCompletableFuture().get(10, TimeUnit.SECONDS);
		InMemoryPeer fresh = this.openAi.transport().peer();
		assertThat(old.closeStatus()).isEqualTo(new CloseStatus(1000, "maxConnectionAge"));
		assertThat(ScriptedOpenAi.types(fresh).get(0)).isEqualTo("session.update");
		assertThat(replayed(fresh)).containsExactly("user/input_text/My name is Ann", "assistant/output_text/Hello Ann",
				"user/input_text/What is up", "assistant/output_text/Not much");
		StreamChunk chunk = this.openAi.take();
		assertThat(chunk.reset()).isTrue();
		assertThat(chunk.interrupted()).isFalse();
		assertThat(chunk.metadata()).containsEntry("replayed", 4);
		Reconnected event = this.reconnected.poll(10, TimeUnit.SECONDS);
		assertThat(event).isNotNull();
		assertThat(event.planned()).isTrue();
		assertThat(event.stateRestored()).isFalse();
	}

	@Test
	void conversationIsReplayedEachTimeAndOnlyOnce() throws Exception {
		Session session = open();
		talk(session);
		for (int i = 0; i < 3; i++) {
			session.reconnect("again").toCompletableFuture().get(10, TimeUnit.SECONDS);
		}
		assertThat(replayed(this.openAi.transport().peer())).hasSize(4);
	}

	@Test
	void itemsWithIdsOfTheEndpointAreReplayedOnce() throws Exception {
		this.openAi.withoutEcho();
		Session session = open();
		RealtimeClient.of(session).sendText("My name is Ann");
		String item = "'item':{'id':'theirs','type':'message','role':'user','content':[{'type':'input_text',"
				+ "'text':'My name is Ann'}]}";
		this.openAi.say("{'type':'conversation.item.added'," + item + "}",
				"{'type':'conversation.item.done'," + item + "}");
		this.openAi.takeUntilMarker();
		session.reconnect("again").toCompletableFuture().get(10, TimeUnit.SECONDS);
		assertThat(replayed(this.openAi.transport().peer())).containsExactly("user/input_text/My name is Ann");
	}

	@Test
	void onlyTheLastTextsAreReplayed() throws Exception {
		this.openAi.options((options) -> options.historySize(2));
		Session session = open();
		talk(session);
		session.reconnect("again").toCompletableFuture().get(10, TimeUnit.SECONDS);
		assertThat(replayed(this.openAi.transport().peer())).containsExactly("user/input_text/What is up",
				"assistant/output_text/Not much");
	}

	@Test
	void nothingIsReplayedWhenDisabled() throws Exception {
		this.openAi.options((options) -> options.historyReplay(false));
		Session session = open();
		talk(session);
		session.reconnect("again").toCompletableFuture().get(10, TimeUnit.SECONDS);
		assertThat(this.openAi.types()).containsExactly("session.update");
		assertThat(this.openAi.take().reset()).isTrue();
	}

	@Test
	void unheardTextIsNotReplayed() throws Exception {
		Session session = open();
		this.openAi.say(
				"{'type':'response.output_audio_transcript.delta','response_id':'r1','item_id':'i1',"
						+ "'content_index':0,'delta':'0123456789'}",
				"{'type':'response.output_audio.delta','response_id':'r1','item_id':'i1','content_index':0,'delta':'"
						+ Base64.getEncoder().encodeToString(new byte[4800]) + "'}");
		this.openAi.take(2);
		RealtimeClient.of(session).truncate(Duration.ofMillis(40));
		this.openAi.say("{'type':'conversation.item.truncated','item_id':'i1','content_index':0,'audio_end_ms':40}",
				"{'type':'conversation.item.done','item':{'id':'i1','type':'message','role':'assistant',"
						+ "'content':[{'type':'output_audio','transcript':'0123456789'}]}}",
				"{'type':'response.done','response':{'id':'r1','status':'cancelled'}}");
		this.openAi.takeUntilMarker();
		session.reconnect("again").toCompletableFuture().get(10, TimeUnit.SECONDS);
		assertThat(replayed(this.openAi.transport().peer())).containsExactly("assistant/output_text/0123");
	}

	@Test
	void changeWaitsForTheEndOfTheResponse() throws Exception {
		Session session = open();
		this.openAi.say("{'type':'response.created','response':{'id':'r1'}}");
		this.openAi.takeUntilMarker();
		CompletableFuture<Void> changed = session.reconnect("again").toCompletableFuture();
		this.openAi.say(
				"{'type':'response.output_text.delta','response_id':'r1','item_id':'i1','content_index':0,'delta':'Hi'}");
		assertThat(this.openAi.take().delta()).isEqualTo("Hi");
		assertThat(changed).isNotDone();
		assertThat(this.openAi.transport().dials()).hasSize(1);
		this.openAi.say("{'type':'response.done','response':{'id':'r1','status':'completed'}}");
		changed.get(10, TimeUnit.SECONDS);
		assertThat(this.openAi.take(2)).extracting(StreamChunk::interrupted).containsOnly(false);
	}

	@Test
	void changeWaitsWhileTheUserSpeaks() throws Exception {
		Session session = open();
		this.openAi.say("{'type':'input_audio_buffer.speech_started','audio_start_ms':1,'item_id':'u1'}",
				"{'type':'input_audio_buffer.speech_stopped','audio_end_ms':9,'item_id':'u1'}");
		this.openAi.takeUntilMarker();
		CompletableFuture<Void> changed = session.reconnect("again").toCompletableFuture();
		this.openAi.takeUntilMarker();
		assertThat(changed).isNotDone();
		answer("r1", "Yes");
		changed.get(10, TimeUnit.SECONDS);
	}

	@Test
	void sixtyMinutesAreALossThatPasses() throws Exception {
		Session session = open();
		talk(session);
		this.openAi.say("{'type':'error','error':{'type':'invalid_request_error','code':'session_expired',"
				+ "'message':'Your session hit the maximum duration of 60 minutes.'}}");
		this.openAi.transport().peer().close(ScriptedOpenAi.SIXTY_MINUTES);
		assertThat(this.openAi.take().error()).hasMessageContaining("session_expired");
		StreamChunk chunk = this.openAi.take();
		assertThat(chunk.reset()).isTrue();
		assertThat(chunk.interrupted()).isFalse();
		assertThat(this.openAi.transport().dials()).hasSize(2);
		assertThat(replayed(this.openAi.transport().peer())).hasSize(4);
		assertThat(session.isClosed()).isFalse();
	}

	@Test
	void turnThatIsLostWithItsConnectionIsReported() throws Exception {
		Session session = open();
		RealtimeClient client = RealtimeClient.of(session);
		client.sendText("Count");
		client.respond();
		ScriptedOpenAi.awaitTold(this.openAi.transport().peer(), "response.create", 1);
		this.openAi.say("{'type':'response.created','response':{'id':'r1'}}",
				"{'type':'response.output_text.delta','response_id':'r1','item_id':'i1','content_index':0,"
						+ "'delta':'one two'}");
		this.openAi.transport().peer().drop();
		List<StreamChunk> chunks = this.openAi.take(3);
		assertThat(chunks.get(0).delta()).isEqualTo("one two");
		assertThat(chunks.get(1).interrupted()).isTrue();
		assertThat(chunks.get(1).finishReason()).isEqualTo(FinishReason.ERROR);
		assertThat(chunks.get(1).metadata()).containsEntry("reason", "connection_lost");
		assertThat(chunks.get(2).reset()).isTrue();
		InMemoryPeer fresh = this.openAi.transport().awaitPeer(2);
		assertThat(replayed(fresh)).containsExactly("user/input_text/Count", "assistant/output_text/one two");
		assertThat(this.openAi.handler().responseInFlight()).isFalse();
		this.reconnected.poll(10, TimeUnit.SECONDS);
		client.respond();
		ScriptedOpenAi.awaitTold(fresh, "response.create", 1);
	}

	@Test
	void lostTurnIsReportedOnceThoughTheSetupFailsAtFirst() throws Exception {
		open();
		this.openAi.say("{'type':'response.created','response':{'id':'r1'}}");
		this.openAi.takeUntilMarker();
		this.openAi.transport()
			.nextDial((dial) -> dial.accept((peer) -> peer
				.text("{\"type\":\"error\",\"error\":{\"type\":\"server_error\",\"message\":\"Not now\"}}")));
		this.openAi.transport().peer().drop();
		assertThat(this.openAi.take(2)).extracting(StreamChunk::interrupted).containsExactly(true, false);
		assertThat(this.openAi.transport().dials()).hasSize(3);
		assertThat(this.openAi.takeUntilMarker()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1000, 1001, 1008 })
	void turnWithoutContinuationIsReported(int code) throws Exception {
		this.openAi.session((session) -> session.maxReconnectAttempts(0));
		Session session = this.openAi.open();
		this.openAi.say("{'type':'response.created','response':{'id':'r1'}}");
		this.openAi.transport().peer().close(new CloseStatus(code));
		StreamChunk chunk = this.openAi.take();
		assertThat(chunk.interrupted()).isTrue();
		assertThat(chunk.metadata()).containsEntry("reason", "connection_lost");
		assertThat(session.response().take()).isEmpty();
	}

	@Test
	void lostTurnIsReportedBeforeTheNextConnection() throws Exception {
		Session session = open();
		this.openAi.say("{'type':'response.created','response':{'id':'r1'}}");
		this.openAi.takeUntilMarker();
		this.openAi.transport().nextDial((dial) -> {
		});
		this.openAi.transport().peer().drop();
		assertThat(this.openAi.take().interrupted()).isTrue();
		assertThat(session.state()).isEqualTo(Session.State.RECONNECTING);
	}

	@Test
	void requestThatWasHeldBackOutlivesASetupThatFails() throws Exception {
		this.openAi.session((session) -> session.listener(this.listener).sendWhileReconnecting(OutagePolicy.BUFFER));
		Session session = this.openAi.open();
		CountDownLatch dialling = new CountDownLatch(1);
		this.openAi.transport().nextDial((dial) -> dialling.countDown());
		this.openAi.transport().peer().drop();
		assertThat(dialling.await(10, TimeUnit.SECONDS)).isTrue();
		RealtimeClient.of(session).respond();
		RealtimeClient.of(session).respond();
		this.openAi.transport()
			.dials()
			.get(1)
			.accept((peer) -> peer
				.text("{\"type\":\"error\",\"error\":{\"type\":\"server_error\",\"message\":\"Not now\"}}"));
		assertThat(this.openAi.take().reset()).isTrue();
		this.openAi.awaitTold("response.create", 1);
		assertThat(this.openAi.handler().responseInFlight()).isTrue();
		answer("r1", "Yes");
		this.openAi.awaitTold("response.create", 2);
		answer("r2", "And yes");
		assertThat(this.openAi.takeUntilMarker()).noneMatch(StreamChunk::interrupted);
		assertThat(this.openAi.handler().responseInFlight()).isFalse();
	}

	@Test
	void quietSessionReportsNoLostTurn() throws Exception {
		Session session = open();
		talk(session);
		this.openAi.transport().peer().drop();
		assertThat(this.openAi.take().reset()).isTrue();
		assertThat(this.openAi.takeUntilMarker()).isEmpty();
	}

	@Test
	void toolCallDiesWithItsConnection() throws Exception {
		CountDownLatch called = new CountDownLatch(1);
		CountDownLatch interrupted = new CountDownLatch(1);
		this.openAi.tool(RealtimeTool.of("slow", "Slow", Map.class, (input) -> {
			called.countDown();
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				interrupted.countDown();
			}
			return "too late";
		}));
		Session session = open();
		this.openAi.say(
				"{'type':'response.function_call_arguments.done','response_id':'r1','item_id':'f1','call_id':'c1',"
						+ "'name':'slow','arguments':'{}'}",
				"{'type':'response.done','response':{'id':'r1','status':'completed'}}");
		assertThat(called.await(10, TimeUnit.SECONDS)).isTrue();
		this.openAi.transport().peer().drop();
		assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(this.openAi.take(4)).extracting(StreamChunk::interrupted).containsExactly(false, false, true, false);
		this.reconnected.poll(10, TimeUnit.SECONDS);
		RealtimeClient.of(session).toolResult("c1", "slow", "1");
		assertThat(this.openAi.types()).containsExactly("session.update");
	}

	@Test
	void textThatWasHeldBackIsNotSaidTwice() throws Exception {
		this.openAi.session((session) -> session.listener(this.listener).sendWhileReconnecting(OutagePolicy.BUFFER));
		Session session = this.openAi.open();
		CountDownLatch dialling = new CountDownLatch(1);
		List<InMemoryPeer> fresh = new ArrayList<>();
		this.openAi.transport().nextDial((dial) -> dialling.countDown());
		this.openAi.transport().peer().drop();
		assertThat(dialling.await(10, TimeUnit.SECONDS)).isTrue();
		RealtimeClient.of(session).sendText("Held back");
		this.openAi.transport().dials().get(1).accept((peer) -> {
			fresh.add(peer);
			peer.onMessage((message) -> {
				JsonNode event = ScriptedOpenAi.MAPPER.readTree(message.text());
				if ("session.update".equals(event.path("type").asString())) {
					peer.text("{\"type\":\"session.updated\",\"session\":{}}");
				}
			});
			peer.text("{\"type\":\"session.created\",\"session\":{}}");
		});
		assertThat(this.reconnected.poll(10, TimeUnit.SECONDS)).isNotNull();
		ScriptedOpenAi.awaitTold(fresh.get(0), "conversation.item.create", 1);
		assertThat(replayed(fresh.get(0))).containsExactly("user/input_text/Held back");
		session.reconnect("again").toCompletableFuture().get(10, TimeUnit.SECONDS);
		assertThat(replayed(this.openAi.transport().peer())).containsExactly("user/input_text/Held back");
	}

	@Test
	void requestThatWasHeldBackIsNotLost() throws Exception {
		this.openAi.session((session) -> session.listener(this.listener).sendWhileReconnecting(OutagePolicy.BUFFER));
		Session session = this.openAi.open();
		CountDownLatch dialling = new CountDownLatch(1);
		this.openAi.transport().nextDial((dial) -> dialling.countDown());
		CompletableFuture<Void> changed = session.reconnect("again").toCompletableFuture();
		assertThat(dialling.await(10, TimeUnit.SECONDS)).isTrue();
		RealtimeClient.of(session).respond();
		refuseAndAcceptNext();
		changed.get(10, TimeUnit.SECONDS);
		this.openAi.awaitTold("response.create", 1);
		assertThat(this.openAi.take().reset()).isTrue();
		assertThat(this.openAi.handler().responseInFlight()).isTrue();
		answer("r1", "Yes");
		assertThat(this.openAi.takeUntilMarker()).hasSize(2);
		assertThat(this.openAi.handler().responseInFlight()).isFalse();
	}

	@Test
	void requestThatWasHeldBackInAnOutageIsNotLost() throws Exception {
		this.openAi.session((session) -> session.listener(this.listener).sendWhileReconnecting(OutagePolicy.BUFFER));
		Session session = this.openAi.open();
		CountDownLatch dialling = new CountDownLatch(1);
		this.openAi.transport().nextDial((dial) -> dialling.countDown());
		this.openAi.transport().peer().drop();
		assertThat(dialling.await(10, TimeUnit.SECONDS)).isTrue();
		RealtimeClient.of(session).respond();
		refuseAndAcceptNext();
		assertThat(this.openAi.take().reset()).isTrue();
		this.openAi.awaitTold("response.create", 1);
	}

	private void refuseAndAcceptNext() {
		this.openAi.transport().dials().get(1).refuse(503);
	}

	@Test
	void forcedChangeReportsTheTurnThatItCuts() throws Exception {
		this.openAi.session((session) -> session.plannedChangeMaxWait(Duration.ofMillis(50)));
		Session session = this.openAi.open();
		this.openAi.say("{'type':'response.created','response':{'id':'r1'}}");
		this.openAi.takeUntilMarker();
		session.reconnect("again").toCompletableFuture().get(10, TimeUnit.SECONDS);
		assertThat(this.openAi.take(2)).extracting(StreamChunk::interrupted).containsExactly(true, false);
	}

	@Test
	void permanentCloseIsNotFollowedByAReconnect() throws Exception {
		Session session = open();
		this.openAi.transport().peer().close(new CloseStatus(1011, "insufficient_quota"));
		session.done().toCompletableFuture().get(10, TimeUnit.SECONDS);
		assertThat(session.error()).get().isInstanceOf(ConnectionLostException.class);
		assertThat(this.openAi.transport().dials()).hasSize(1);
	}

	@Test
	void expiryIsTransientWhateverItsCode() throws Exception {
		open();
		this.openAi.transport().peer().close(new CloseStatus(4001, "session_expired"));
		assertThat(this.openAi.take().reset()).isTrue();
	}

}
