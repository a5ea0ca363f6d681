package dev.streaming.openai;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import dev.streaming.Message;
import dev.streaming.Session;
import dev.streaming.StreamChunk;
import dev.streaming.ToolCall;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.testsupport.RecordingContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for V2 and V3: the start and end of the user's turn, and actions that wait for
 * them.
 */
class OpenAiUserTurnTests extends AbstractOpenAiTests {

	private static final Duration MOMENT = Duration.ofMillis(1);

	private void dictation() {
		this.openAi.options((options) -> options.turnDetection(
				new TurnDetection(TurnDetection.Type.SERVER_VAD, null, null, null, null, false, null, null)));
	}

	private void pushToTalk() {
		this.openAi.options((options) -> options.turnDetection(TurnDetection.of(TurnDetection.Type.NONE)));
	}

	private void transcribing() {
		this.openAi.options((options) -> options.session((session) -> session.put("type", "transcription")));
	}

	private void endOf(String response) {
		say("{'type':'response.output_audio.done','response_id':'" + response + "','item_id':'i1'}",
				"{'type':'response.content_part.done','response_id':'" + response + "','item_id':'i1'}",
				"{'type':'response.output_item.done','response_id':'" + response
						+ "','item':{'id':'i1','type':'message','status':'incomplete','content':[]}}");
		done(response, "cancelled", "turn_detected");
	}

	// A3 a
	@Test
	void changeWaitsDuringTheSpeechOfAnInterruption() throws Exception {
		Session session = open();
		created("r1");
		audio("r1", "i1", 4800);
		speechStarted("u1");
		endOf("r1");
		CompletableFuture<Void> change = reconnecting(session);
		pass(SECOND.multipliedBy(20));
		assertWaits(change);
		speechStopped("u1");
		committed("u1");
		assertWaits(change);
		answer("r2", "Yes");
		assertDone(change);
	}

	// A3 b
	@Test
	void modelIsNotAskedToGoOnWhileTheUserSpeaks() throws InterruptedException {
		RealtimeClient client = client();
		calling("r0", "c1");
		ToolCall call = calls(heard()).get(0);
		created("r1");
		audio("r1", "i1", 4800);
		speechStarted("u1");
		endOf("r1");
		settle();
		client.toolResult(call, "1");
		pass(SECOND.multipliedBy(20));
		assertThat(told(CREATE)).isEmpty();
		speechStopped("u1");
		committed("u1");
		answer("r2", "To both");
		pass(SECOND.multipliedBy(20));
		assertThat(told(CREATE)).isEmpty();
		assertThat(this.openAi.handler().responseInFlight()).isFalse();
	}

	@Test
	void requestOfTheApplicationIsSentAsEverWhileTheUserSpeaks() throws InterruptedException {
		RealtimeClient client = client();
		speechStarted("u1");
		settle();
		client.respond();
		assertThat(told(CREATE)).hasSize(1);
	}

	@Test
	void respondTurnsTheRequestForToolResultsIntoTheApplicationsOwn() throws InterruptedException {
		RealtimeClient client = client();
		calling("r1", "c1");
		speechStarted("u1");
		client.toolResult(calls(heard()).get(0), "1");
		assertThat(told(CREATE)).isEmpty();
		client.respond();
		assertThat(told(CREATE)).hasSize(1);
	}

	@Test
	void requestIsNotRepeatedWhileTheUserSpeaks() throws InterruptedException {
		RealtimeClient client = client();
		client.respond();
		error(this.openAi.awaitTold(CREATE, 1).path("event_id").asString(), "conversation_already_has_active_response");
		created("r1");
		speechStarted("u1");
		done("r1", "cancelled", "turn_detected");
		pass(SECOND.multipliedBy(20));
		assertThat(told(CREATE)).hasSize(1);
		speechStopped("u1");
		committed("u1");
		answer("r2", "Yes");
		assertThat(told(CREATE)).hasSize(2);
	}

	@Test
	void responseThatIsCreatedDuringSpeechAnswersThePrecedingInput() throws Exception {
		Session session = open();
		spoken("u1");
		speechStarted("u2");
		created("r1");
		done("r1", "cancelled", "turn_detected");
		CompletableFuture<Void> change = reconnecting(session);
		pass(SECOND.multipliedBy(20));
		assertWaits(change);
		speechStopped("u2");
		committed("u2");
		answer("r2", "Yes");
		assertDone(change);
	}

	@Test
	void eventsOfAnOlderTurnSayNothingAboutTheNewOne() throws Exception {
		Session session = open();
		spoken("u1");
		answer("r1", "Yes");
		speechStarted("u2");
		transcript("u1", "One");
		committed("u1");
		speechStopped("u1");
		CompletableFuture<Void> change = reconnecting(session);
		pass(SECOND.multipliedBy(20));
		assertWaits(change);
	}

	// A4
	@Test
	void changeWaitsWhileTheUserSpeaksThoughTheApplicationAnswers() throws Exception {
		dictation();
		Session session = open();
		RealtimeClient client = RealtimeClient.of(session);
		speechStarted("u1");
		settle();
		CompletableFuture<Void> change = reconnecting(session);
		for (int i = 0; i < 3; i++) {
			client.sendAudio(new byte[960]);
			pass(SECOND);
			assertWaits(change);
		}
		speechStopped("u1");
		committed("u1");
		assertWaits(change);
		pass(SECOND.minus(MOMENT));
		assertWaits(change);
		client.respond();
		pass(SECOND.multipliedBy(5));
		assertWaits(change);
		answer("r1", "Yes");
		assertDone(change);
	}

	@Test
	void changeWaitsForTheTurnThatTheApplicationMarks() throws Exception {
		pushToTalk();
		Session session = open();
		RealtimeClient client = RealtimeClient.of(session);
		assertThat(this.openAi.handler().responseInFlight()).isFalse();
		client.sendAudio(new byte[960]);
		CompletableFuture<Void> change = reconnecting(session);
		pass(SECOND.multipliedBy(20));
		assertWaits(change);
		client.commitAudio();
		committed("u1");
		pass(SECOND.minus(MOMENT));
		assertWaits(change);
		client.respond();
		assertWaits(change);
		answer("r1", "Yes");
		assertDone(change);
	}

	@Test
	void turnInTheProvidersOwnWordsIsATurn() throws InterruptedException {
		pushToTalk();
		Session session = open();
		session.send(Map.of("type", "input_audio_buffer.append", "audio", "AAAA"));
		assertThat(this.openAi.handler().responseInFlight()).isTrue();
		session.send(Map.of("type", "input_audio_buffer.commit"));
		pass(SECOND);
		assertThat(this.openAi.handler().responseInFlight()).isFalse();
	}

	@Test
	void audioThatWasClearedIsNoTurn() throws InterruptedException {
		pushToTalk();
		RealtimeClient client = client();
		client.sendAudio(new byte[960]);
		say("{'type':'input_audio_buffer.cleared'}");
		settle();
		assertThat(this.openAi.handler().responseInFlight()).isFalse();
	}

	@Test
	void commitOfNothingIsNoTurn() throws InterruptedException {
		pushToTalk();
		RealtimeClient client = client();
		client.sendAudio(new byte[2]);
		client.commitAudio();
		error(this.openAi.awaitTold("input_audio_buffer.commit", 1).path("event_id").asString(),
				"input_audio_buffer_commit_empty");
		assertThat(heard()).hasSize(1);
		assertThat(this.openAi.handler().responseInFlight()).isFalse();
	}

	@Test
	void clearedAudioDoesNotEndTheTurnThatIsAnItemAlready() throws InterruptedException {
		open();
		spoken("u1");
		speechStarted("u2");
		say("{'type':'input_audio_buffer.cleared'}");
		settle();
		assertThat(this.openAi.handler().responseInFlight()).isTrue();
		answer("r1", "Yes");
		settle();
		assertThat(this.openAi.handler().responseInFlight()).isFalse();
	}

	// A6
	@Test
	void modelIsAskedToContinueAfterAnUnansweredTurn() throws InterruptedException {
		RealtimeClient client = client();
		calling("r1", "c1");
		ToolCall call = calls(heard()).get(0);
		spoken("u1");
		settle();
		client.toolResult(call, "1");
		pass(SECOND.multipliedBy(4).minus(MOMENT));
		assertThat(told(CREATE)).isEmpty();
		pass(MOMENT);
		assertThat(told(CREATE)).hasSize(1);
	}

	// A6
	@Test
	void blankTranscriptPromisesNoAnswer() throws InterruptedException {
		RealtimeClient client = client();
		calling("r1", "c1");
		ToolCall call = calls(heard()).get(0);
		spoken("u1");
		transcript("u1", "");
		settle();
		client.toolResult(call, "1");
		assertThat(told(CREATE)).isEmpty();
		pass(SECOND);
		assertThat(told(CREATE)).hasSize(1);
	}

	@Test
	void turnThatTheProviderDoesNotAnswerEndsAfterFourSeconds() throws Exception {
		Session session = open();
		spoken("u1");
		CompletableFuture<Void> change = reconnecting(session);
		pass(SECOND.multipliedBy(4).minus(MOMENT));
		assertWaits(change);
		this.openAi.pass(MOMENT);
		assertDone(change);
		assertThat(this.openAi.take().reset()).isTrue();
	}

	@Test
	void everyEventOfTheTurnPutsItsEndOff() throws Exception {
		Session session = open();
		spoken("u1");
		CompletableFuture<Void> change = reconnecting(session);
		pass(SECOND.multipliedBy(3));
		say("{'type':'conversation.item.input_audio_transcription.delta','item_id':'u1','content_index':0,"
				+ "'delta':'How'}");
		pass(SECOND.multipliedBy(3));
		assertWaits(change);
		this.openAi.pass(SECOND);
		assertDone(change);
	}

	@Test
	void dictationEndsASecondAfterItsLastEvent() throws Exception {
		dictation();
		Session session = open();
		spoken("u1");
		CompletableFuture<Void> change = reconnecting(session);
		pass(SECOND.minus(MOMENT));
		transcript("u1", "Dear all");
		pass(SECOND.minus(MOMENT));
		assertWaits(change);
		this.openAi.pass(MOMENT);
		assertDone(change);
	}

	@Test
	void timeInWhichTheConsumerDoesNotTakeDoesNotCount() throws Exception {
		this.openAi.session((session) -> session.responseChannelSize(1).readAhead(DataSize.ofBytes(0)));
		Session session = open();
		RealtimeClient client = RealtimeClient.of(session);
		calling("r1", "c1");
		ToolCall call = calls(heard()).get(0);
		spoken("u1");
		settle();
		client.toolResult(call, "1");
		// The first one fills the channel, so that no more is read
		say("{'type':'input_audio_buffer.dtmf_event_received','event':'1'}",
				"{'type':'input_audio_buffer.dtmf_event_received','event':'2'}");
		this.openAi.awaitReading(false);
		this.openAi.pass(SECOND.multipliedBy(20));
		passReading(SECOND.multipliedBy(3));
		assertThat(told(CREATE)).as("20 s in which nothing was read").isEmpty();
		for (int i = 0; i < 3; i++) {
			passReading(SECOND);
		}
		assertThat(told(CREATE)).hasSize(1);
	}

	/**
	 * Time that counts: nothing waits for room in the channel.
	 */
	private void passReading(Duration time) throws InterruptedException {
		settle();
		this.openAi.awaitReading(true);
		this.openAi.pass(time);
	}

	@ParameterizedTest
	@ValueSource(strings = { "null", "'event_of_the_server_7'" })
	void errorThatRefusesTheAnswerEndsTheTurnAtOnce(String eventId) throws Exception {
		Session session = open();
		spoken("u1");
		CompletableFuture<Void> change = reconnecting(session);
		assertWaits(change);
		say("{'type':'error','error':{'type':'invalid_request_error','code':'rate_limit_exceeded','message':'No',"
				+ "'event_id':" + eventId + "}}");
		assertDone(change);
	}

	@Test
	void errorAboutSomethingElseDoesNotEndTheTurn() throws Exception {
		Session session = open();
		RealtimeClient.of(session).sendText("x");
		String eventId = this.openAi.awaitTold(ITEM, 1).path("event_id").asString();
		spoken("u1");
		CompletableFuture<Void> change = reconnecting(session);
		error(eventId, "invalid_value");
		say("{'type':'error','error':{'type':'invalid_request_error','code':'invalid_value','message':'No',"
				+ "'param':'session.voice'}}");
		assertWaits(change);
	}

	// A7
	@ParameterizedTest
	@CsvSource({ "completed,One", "completed,''", "failed,''" })
	void transcriptIsTheAnswerInATranscriptionSession(String end, String transcript) throws Exception {
		transcribing();
		Session session = open();
		spoken("u1");
		CompletableFuture<Void> change = reconnecting(session);
		pass(SECOND.multipliedBy(4).minus(MOMENT));
		assertWaits(change);
		say("{'type':'conversation.item.input_audio_transcription." + end + "','item_id':'u1','content_index':0,"
				+ "'transcript':'" + transcript + "','error':{'message':'Noise'}}");
		assertDone(change);
	}

	// A7
	@Test
	void nothingIsReplayedToATranscriptionSessionAndNoTurnIsLost() throws Exception {
		transcribing();
		Session session = open();
		spoken("u1");
		transcript("u1", "One");
		settle();
		assertDone(reconnecting(session));
		assertThat(this.openAi.types()).containsExactly("session.update");
		assertThat(this.openAi.told("session.update").get(0).at("/session/type").asString()).isEqualTo("transcription");
		assertThat(heard()).extracting(StreamChunk::interrupted).containsOnly(false);
	}

	@Test
	void transcriptOfOneUtteranceDoesNotEndTheNext() throws Exception {
		transcribing();
		Session session = open();
		spoken("u1");
		speechStarted("u2");
		transcript("u1", "One");
		CompletableFuture<Void> change = reconnecting(session);
		pass(SECOND.multipliedBy(10));
		assertWaits(change);
		speechStopped("u2");
		committed("u2");
		transcript("u2", "Two");
		assertDone(change);
	}

	@Test
	void silenceThatTheProviderAnswersIsATurn() throws InterruptedException {
		open();
		say("{'type':'input_audio_buffer.timeout_triggered','audio_start_ms':1,'audio_end_ms':2,'item_id':'u1'}");
		settle();
		assertThat(this.openAi.handler().responseInFlight()).isTrue();
		answer("r1", "Still there?");
		settle();
		assertThat(this.openAi.handler().responseInFlight()).isFalse();
	}

	@Test
	void deletedTurnNeedsNoAnswer() throws InterruptedException {
		open();
		spoken("u1");
		say("{'type':'conversation.item.deleted','item_id':'u1'}");
		settle();
		assertThat(this.openAi.handler().responseInFlight()).isFalse();
	}

	@Test
	void audioBehindAnInterruptionIsDroppedAndCounted() {
		RecordingContext context = new RecordingContext();
		OpenAiRealtimeHandler handler = new OpenAiRealtimeHandler(OpenAiRealtimeOptions.builder().build());
		List<String> events = List.of("{'type':'response.created','response':{'id':'r1'}}",
				"{'type':'response.output_audio.delta','response_id':'r1','item_id':'i1','delta':'AAAA'}",
				"{'type':'input_audio_buffer.speech_started','item_id':'u1'}",
				"{'type':'response.output_audio.delta','response_id':'r1','item_id':'i1','delta':'AAAA'}",
				"{'type':'response.output_audio_transcript.delta','response_id':'r1','item_id':'i1','delta':'Hi'}",
				"{'type':'response.done','response':{'id':'r1','status':'cancelled'}}",
				"{'type':'response.output_audio.delta','response_id':'r1','item_id':'i1','delta':'AAAA'}");
		List<StreamChunk> chunks = events.stream()
			.flatMap((event) -> handler.handle(Message.text(event.replace('\'', '"')), context).stream())
			.toList();
		assertThat(chunks).filteredOn((chunk) -> chunk.media() != null).hasSize(1);
		assertThat(deltas(chunks)).isEqualTo("Hi");
		assertThat(context.discarded).isEqualTo(2);
	}

}
