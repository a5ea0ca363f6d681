package dev.streaming.openai;

import java.util.concurrent.TimeUnit;

import dev.streaming.PermanentFailureException;
import dev.streaming.Session;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * Tests for V10: errors in any format, and an expiry after which another attempt is made.
 */
class OpenAiErrorTests extends AbstractOpenAiTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"',
			value = { "'error':{'type':'t','code':'c_1','message':'Bad'} | c_1 | Bad",
					"'error':{'type':'t','code':42,'message':'Bad'} | 42 | Bad", "'error':'Bad luck' | | Bad luck",
					"'error':'rate_limited' | rate_limited | rate_limited", "'code':'c_1','message':'Bad' | c_1 | Bad",
					"'error':null,'code':'c_1','message':'Bad' | c_1 | Bad",
					"'error':[{'code':'c_1','message':'Bad'}] | c_1 | Bad", "'error':{} | | no message" })
	void errorIsReportedWithItsTextAndCode(String shape, String code, String message) throws InterruptedException {
		open();
		say("{'type':'error','event_id':'event_1'," + shape + "}");
		assertThat(heard()).singleElement()
			.satisfies((chunk) -> assertThat(chunk.error()).hasMessageContaining(message)
				.isInstanceOfSatisfying(OpenAiErrorException.class, (error) -> {
					assertThat(error.code()).isEqualTo(code);
					assertThat(error.eventId()).isNull();
				}));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"',
			value = { "'error':{'code':'server_error','message':'Sorry'} | server_error", "'error':'Sorry' | Sorry",
					"'code':'server_error','message':'Sorry' | server_error" })
	void failureOfAResponseIsReportedInAnyShape(String shape, String expected) throws InterruptedException {
		open();
		say("{'type':'response.done','response':{'id':'r1','status':'failed','status_details':{'type':'failed'," + shape
				+ "}}}");
		assertThat(heard()).singleElement()
			.satisfies(
					(chunk) -> assertThat(chunk.error()).hasMessageContaining("Sorry").hasMessageContaining(expected));
	}

	@ParameterizedTest
	@ValueSource(strings = { "'error':{'message':'Noise'}", "'error':'Noise'", "'message':'Noise'" })
	void failureOfATranscriptionIsReportedInAnyShape(String shape) throws InterruptedException {
		open();
		say("{'type':'conversation.item.input_audio_transcription.failed','item_id':'u1'," + shape + "}");
		assertThat(heard()).singleElement()
			.satisfies((chunk) -> assertThat(chunk.error()).hasMessageContaining("Noise"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "'error':{'code':'insufficient_quota','message':'x'}", "'error':'insufficient_quota'",
			"'code':'insufficient_quota'" })
	void finalErrorIsFinalInAnyShape(String shape) throws Exception {
		Session session = open();
		say("{'type':'error'," + shape + "}");
		session.done().toCompletableFuture().get(10, TimeUnit.SECONDS);
		assertThat(session.error()).get()
			.satisfies((error) -> assertThat(error).cause().isInstanceOf(PermanentFailureException.class));
	}

	@ParameterizedTest
	@ValueSource(ints = { 1000, 1001, 1008, 1011, 4001 })
	void expiryIsTransientHoweverTheConnectionIsClosed(int code) throws InterruptedException {
		Session session = open();
		say("{'type':'error','error':{'type':'invalid_request_error','code':'session_expired','message':'60 minutes'}}");
		this.openAi.transport().peer().close(new CloseStatus(code, "Bye"));
		assertThat(this.openAi.take().error()).hasMessageContaining("session_expired");
		await().until(() -> {
			this.openAi.pass(STEP);
			return this.openAi.transport().dials().size() == 2;
		});
		assertThat(this.openAi.take().reset()).isTrue();
		assertThat(session.isClosed()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "'error':'session_expired'", "'code':'session_expired'", "'error':{'type':'session_expired'}" })
	void expiryIsTransientInAnyShape(String shape) throws InterruptedException {
		open();
		say("{'type':'error'," + shape + "}");
		this.openAi.transport().peer().close(CloseStatus.NORMAL);
		await().until(() -> {
			this.openAi.pass(STEP);
			return this.openAi.transport().dials().size() == 2;
		});
	}

	@Test
	void normalCloseWithoutAnExpiryIsTheEnd() throws Exception {
		Session session = open();
		this.openAi.transport().peer().close(CloseStatus.NORMAL);
		session.done().toCompletableFuture().get(10, TimeUnit.SECONDS);
		assertThat(session.error()).isEmpty();
	}

	@Test
	void expiryOfOneConnectionIsNotThatOfTheNext() throws Exception {
		Session session = open();
		say("{'type':'error','error':'session_expired'}");
		this.openAi.transport().peer().close(CloseStatus.NORMAL);
		this.openAi.take();
		await().until(() -> {
			this.openAi.pass(STEP);
			return this.openAi.transport().dials().size() == 2;
		});
		assertThat(this.openAi.take().reset()).isTrue();
		this.openAi.transport().peer().close(new CloseStatus(4001, "Bye"));
		session.done().toCompletableFuture().get(10, TimeUnit.SECONDS);
		assertThat(this.openAi.transport().dials()).hasSize(2);
	}

	@ParameterizedTest
	@ValueSource(strings = { "'error':'Not today'", "'message':'Not today'" })
	void errorOfTheSetupIsReportedInAnyShape(String shape) {
		this.openAi.onUpdate((peer) -> peer.text(("{'type':'error'," + shape + "}").replace('\'', '"')));
		assertThatThrownBy(this::open).hasMessageContaining("Not today");
	}

}
