package dev.streaming.internal.transport;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

import dev.streaming.internal.transport.Transport.Dialing;
import dev.streaming.testsupport.ReceivedMessage;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Contract of every transport.
 */
@Timeout(60)
abstract class TransportContractTests extends TransportTestBase {

	@Test
	void opensOnce() {
		open();
		assertThat(this.listener.failures()).isEmpty();
		assertThat(this.server.dials()).isOne();
	}

	@Test
	void sendsTextAndBinaryInOrder() {
		ContractPeer peer = open();
		byte[] bytes = random(1000);
		send(connection().sendText("héllo \uD83D\uDE00").toCompletableFuture());
		send(connection().sendText(ByteBuffer.wrap(utf8("wörld"))).toCompletableFuture());
		send(connection().sendBinary(ByteBuffer.wrap(bytes)).toCompletableFuture());
		send(connection().sendText("").toCompletableFuture());
		eventually(() -> assertThat(peer.received()).hasSize(4));
		assertThat(peer.received()).extracting(ReceivedMessage::isText).containsExactly(true, true, false, true);
		assertThat(peer.received().get(0).text()).isEqualTo("héllo \uD83D\uDE00");
		assertThat(peer.received().get(1).text()).isEqualTo("wörld");
		assertThat(peer.received().get(2).bytes()).isEqualTo(bytes);
		assertThat(peer.received().get(3).text()).isEmpty();
	}

	@Test
	void sendsBigMessages() {
		ContractPeer peer = open();
		String text = "ä".repeat(150_000);
		byte[] bytes = random(300_000);
		byte[] sent = bytes.clone();
		send(connection().sendText(text).toCompletableFuture());
		send(connection().sendBinary(ByteBuffer.wrap(sent)).toCompletableFuture());
		eventually(() -> assertThat(peer.received()).hasSize(2));
		assertThat(peer.received().get(0).text()).isEqualTo(text);
		assertThat(peer.received().get(1).bytes()).isEqualTo(bytes);
		assertThat(sent).as("the sender's array").isEqualTo(bytes);
	}

	@Test
	void sendsUnencodableCharactersAsQuestionMarks() {
		ContractPeer peer = open();
		send(connection().sendText("x".repeat(20_000) + "\uD83D!").toCompletableFuture());
		send(connection().sendText("next").toCompletableFuture());
		eventually(() -> assertThat(peer.received()).hasSize(2));
		assertThat(peer.received().get(0).text()).endsWith("x?!");
		assertThat(this.listener.ends()).isEmpty();
	}

	@Test
	void receivesTextAndBinaryInOrder() {
		ContractPeer peer = open();
		byte[] bytes = random(70_000);
		peer.text("héllo \uD83D\uDE00");
		peer.binary(bytes);
		peer.text("");
		peer.binary(new byte[0]);
		peer.text("last");
		eventually(() -> assertThat(this.listener.messages()).hasSize(5));
		assertThat(this.listener.messages()).extracting(ReceivedMessage::isText)
			.containsExactly(true, false, true, false, true);
		assertThat(this.listener.texts().get(0)).isEqualTo("héllo \uD83D\uDE00");
		assertThat(this.listener.messages().get(1).bytes()).isEqualTo(bytes);
		assertThat(this.listener.messages().get(2).bytes()).isEmpty();
		assertThat(this.listener.messages().get(3).bytes()).isEmpty();
		assertThat(this.listener.texts().get(4)).isEqualTo("last");
	}

	@Test
	void joinsFragmentsThatSplitACharacter() {
		ContractPeer peer = open();
		String text = "aä\uD83D\uDE00".repeat(5_000);
		byte[] bytes = utf8(text);
		peer.textParts(true, Arrays.copyOf(bytes, 2), Arrays.copyOfRange(bytes, 2, 5),
				Arrays.copyOfRange(bytes, 5, bytes.length));
		peer.text("next");
		eventually(() -> assertThat(this.listener.messages()).hasSize(2));
		assertThat(this.listener.texts()).containsExactly(text, "next");
	}

	@Test
	void aPartOfAMessageIsASignOfLife() {
		ContractPeer peer = open();
		peer.textParts(false, utf8("part"));
		eventually(() -> assertThat(this.listener.activities()).isPositive());
		assertThat(this.listener.messages()).isEmpty();
	}

	@Test
	void deliversManyMessagesInOrderThroughPauses() {
		this.listener.onMessage((message) -> {
			if (this.listener.messages().size() % 50 == 0) {
				connection().pause();
				int seen = this.listener.messages().size();
				execute(() -> {
					Awaitility.await()
						.pollDelay(Duration.ofMillis(2))
						.until(() -> this.listener.messages().size() == seen);
					connection().resume();
				});
			}
		});
		ContractPeer peer = open();
		execute(() -> numbers(0, 1000).forEach(peer::text));
		eventually(() -> assertThat(this.listener.messages()).hasSize(1000));
		assertThat(this.listener.texts()).isEqualTo(numbers(0, 1000));
	}

	@Test
	void aPauseWithinADeliveryHoldsAllThatIsBehindIt() {
		this.listener.onMessage((message) -> connection().pause());
		ContractPeer peer = open();
		peer.text("one");
		peer.text("two");
		peer.text("three");
		eventually(() -> assertThat(this.listener.texts()).containsExactly("one"));
		Awaitility.await()
			.during(Duration.ofMillis(100))
			.atMost(Duration.ofSeconds(5))
			.until(() -> this.listener.messages().size() == 1);
		connection().resume();
		eventually(() -> assertThat(this.listener.texts()).containsExactly("one", "two"));
	}

	@Test
	void aPauseFromOutsideHoldsTheNextMessage() {
		ContractPeer peer = open();
		connection().pause();
		peer.text("one");
		peer.text("two");
		Awaitility.await()
			.during(Duration.ofMillis(100))
			.atMost(Duration.ofSeconds(5))
			.until(() -> this.listener.messages().isEmpty());
		connection().resume();
		eventually(() -> assertThat(this.listener.texts()).containsExactly("one", "two"));
	}

	@Test
	void sendsWhilePaused() {
		ContractPeer peer = open();
		connection().pause();
		peer.text("held");
		send(connection().sendText("through").toCompletableFuture());
		eventually(() -> assertThat(peer.received()).hasSize(1));
		connection().resume();
		eventually(() -> assertThat(this.listener.texts()).containsExactly("held"));
	}

	@Test
	void closingWaitsForThePeersAnswer() {
		ContractPeer peer = open();
		connection().close(new CloseStatus(1000, "done"));
		assertThat(awaitEnd().code()).isEqualTo(1000);
		assertThat(peer.closeFrame()).isEqualTo(new CloseStatus(1000, "done"));
		eventually(() -> assertThat(peer.isGone()).isTrue());
	}

	@ParameterizedTest
	@ValueSource(ints = { 1001, 1011, 4000 })
	void closingSendsAnyCode(int code) {
		ContractPeer peer = open();
		connection().close(new CloseStatus(code, "why"));
		assertThat(awaitEnd().code()).isEqualTo(code);
		eventually(() -> assertThat(peer.closeFrame()).isEqualTo(new CloseStatus(code, "why")));
	}

	@Test
	void aReasonThatIsTooLongIsShortened() {
		ContractPeer peer = open();
		connection().close(new CloseStatus(1000, "ä".repeat(100)));
		awaitEnd();
		assertThat(peer.closeFrame()).isNotNull();
		assertThat(peer.closeFrame().getReason()).startsWith("ääää");
	}

	@Test
	void messagesInTransitWhenClosingAreDeliveredFirst() {
		ContractPeer peer = open();
		peer.onClose(() -> numbers(0, 200).forEach(peer::text));
		connection().close(CloseStatus.NORMAL);
		awaitEnd();
		assertThat(this.listener.texts()).isEqualTo(numbers(0, 200));
	}

	@Test
	void closingDoesNotResume() {
		ContractPeer peer = open();
		connection().pause();
		peer.text("held");
		connection().close(CloseStatus.NORMAL);
		eventually(() -> assertThat(peer.closeFrame()).isNotNull());
		Awaitility.await()
			.during(Duration.ofMillis(100))
			.atMost(Duration.ofSeconds(5))
			.until(() -> this.listener.messages().isEmpty() && this.listener.ends().isEmpty());
		connection().resume();
		assertThat(awaitEnd().code()).isEqualTo(1000);
		assertThat(this.listener.texts()).containsExactly("held");
	}

	@Test
	void closingTwiceSendsOneFrame() {
		ContractPeer peer = open();
		connection().close(CloseStatus.NORMAL);
		connection().close(CloseStatus.GOING_AWAY);
		assertThat(awaitEnd().code()).isEqualTo(1000);
		assertThat(peer.closeFrame()).extracting(CloseStatus::getCode).isEqualTo(1000);
	}

	@Test
	void aSendWhenClosingFails() {
		ContractPeer peer = open();
		peer.answerClose(false);
		connection().close(CloseStatus.NORMAL);
		assertThat(connection().sendText("too late").toCompletableFuture()).failsWithin(Duration.ofSeconds(10));
		connection().abort();
		awaitEnd();
		assertThat(peer.received()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "1000,bye", "1001,restart", "1011,", "4000,custom" })
	void thePeersCloseIsReportedWithItsCode(int code, String reason) {
		ContractPeer peer = open();
		numbers(0, 300).forEach(peer::text);
		peer.close(new CloseStatus(code, reason));
		assertThat(awaitEnd().code()).isEqualTo(code);
		String reported = this.listener.end().status().getReason();
		assertThat((reported != null) ? reported : "").isEqualTo((reason != null) ? reason : "");
		assertThat(this.listener.texts()).isEqualTo(numbers(0, 300));
	}

	@Test
	void thePeersCloseWithoutACodeIsNormal() {
		open().closeWithoutCode();
		assertThat(awaitEnd().code()).isEqualTo(1000);
	}

	@Test
	void thePeersCloseWaitsBehindMessagesThatAreHeld() {
		ContractPeer peer = open();
		connection().pause();
		numbers(0, 10).forEach(peer::text);
		peer.close(CloseStatus.NORMAL);
		Awaitility.await()
			.during(Duration.ofMillis(100))
			.atMost(Duration.ofSeconds(5))
			.until(() -> this.listener.ends().isEmpty());
		connection().resume();
		assertThat(awaitEnd().code()).isEqualTo(1000);
		assertThat(this.listener.texts()).isEqualTo(numbers(0, 10));
	}

	@Test
	void aSocketThatEndsWithoutACloseFrameIsLost() {
		ContractPeer peer = open();
		numbers(0, 300).forEach(peer::text);
		peer.drop();
		assertThat(awaitEnd().code()).isEqualTo(1006);
		assertThat(this.listener.texts()).isEqualTo(numbers(0, 300));
	}

	@Test
	void aSendAfterTheEndFails() {
		open().close(CloseStatus.NORMAL);
		awaitEnd();
		assertThat(connection().sendText("too late").toCompletableFuture()).failsWithin(Duration.ofSeconds(10));
		connection().ping();
		connection().close(CloseStatus.NORMAL);
		connection().abort();
		assertThat(this.listener.ends()).hasSize(1);
	}

	@Test
	void abortDropsAnOpenConnection() {
		ContractPeer peer = open();
		connection().abort();
		connection().abort();
		assertThat(awaitEnd().code()).isEqualTo(1006);
		eventually(() -> assertThat(peer.isGone()).isTrue());
	}

	@Test
	void abortEndsAClosingThatIsNotAnswered() {
		ContractPeer peer = open();
		peer.answerClose(false);
		connection().close(CloseStatus.NORMAL);
		eventually(() -> assertThat(peer.closeFrame()).isNotNull());
		assertThat(this.listener.ends()).isEmpty();
		connection().abort();
		assertThat(awaitEnd().code()).isEqualTo(1006);
		eventually(() -> assertThat(peer.isGone()).isTrue());
	}

	@Test
	void abortResumesAndDeliversMessagesThatWereRead() {
		this.listener.onMessage((message) -> connection().pause());
		ContractPeer peer = open();
		peer.text("one");
		peer.text("two");
		eventually(() -> assertThat(this.listener.texts()).containsExactly("one"));
		connection().abort();
		assertThat(awaitEnd().code()).isEqualTo(1006);
		eventually(() -> assertThat(peer.isGone()).isTrue());
	}

	@Test
	void abortBreaksAStalledWrite() {
		ContractPeer peer = open();
		CompletableFuture<Void> stalled = stall(peer);
		connection().ping();
		connection().abort();
		assertThat(stalled).failsWithin(Duration.ofSeconds(5));
		assertThat(awaitEnd().code()).isEqualTo(1006);
		peer.readToEnd();
		eventually(() -> assertThat(peer.isGone()).isTrue());
	}

	@ParameterizedTest
	@ValueSource(ints = { 1000, 1001 })
	void abortBreaksAClosingBehindAStalledWrite(int code) {
		ContractPeer peer = open();
		CompletableFuture<Void> stalled = stall(peer);
		connection().close(new CloseStatus(code, "late"));
		Awaitility.await()
			.during(Duration.ofMillis(200))
			.atMost(Duration.ofSeconds(5))
			.until(() -> this.listener.ends().isEmpty() && !stalled.isDone());
		connection().abort();
		assertThat(stalled).failsWithin(Duration.ofSeconds(5));
		assertThat(awaitEnd().code()).isEqualTo(1006);
		peer.readToEnd();
		eventually(() -> assertThat(peer.isGone()).isTrue());
	}

	@Test
	void theEndIsReportedOnceInARace() {
		for (int i = 1; i <= 20; i++) {
			RecordingListener racing = new RecordingListener();
			this.transport.dial(request(this.server.uri()), racing);
			eventually(() -> assertThat(racing.connection()).isNotNull());
			TransportConnection raced = racing.connection();
			ContractPeer peer = this.server.peer(i);
			List<Runnable> actions = new ArrayList<>(List.of(raced::abort, () -> raced.close(CloseStatus.NORMAL),
					() -> peer.close(CloseStatus.GOING_AWAY), raced::pause, () -> raced.sendText("x"), raced::ping,
					() -> numbers(0, 20).forEach(peer::text)));
			Collections.shuffle(actions, new Random(i));
			actions.forEach((action) -> execute(() -> {
				try {
					action.run();
				}
				catch (RuntimeException ex) {
					// The peer's socket may be gone
				}
			}));
			eventually(() -> assertThat(racing.ends()).hasSize(1));
			assertThat(racing.violations()).isEmpty();
		}
	}

	@Test
	void aPingIsAnswered() {
		ContractPeer peer = open();
		connection().ping();
		eventually(() -> assertThat(this.listener.pongs()).isOne());
		assertThat(peer.pings()).isOne();
	}

	@Test
	void aPingThatIsNotAnsweredHarmsNothing() {
		ContractPeer peer = open();
		peer.answerPings(false);
		connection().ping();
		eventually(() -> assertThat(peer.pings()).isOne());
		peer.text("still here");
		eventually(() -> assertThat(this.listener.texts()).containsExactly("still here"));
		assertThat(this.listener.pongs()).isZero();
	}

	@Test
	void aMessageOfTheLimitPasses() {
		ContractPeer peer = open();
		String text = "ä".repeat(MAX_MESSAGE_SIZE / 2);
		peer.text(text);
		peer.binary(random(MAX_MESSAGE_SIZE));
		eventually(() -> assertThat(this.listener.messages()).hasSize(2));
		assertThat(this.listener.texts().get(0)).isEqualTo(text);
		assertThat(this.listener.messages().get(1).bytes()).hasSize(MAX_MESSAGE_SIZE);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void aMessageOverTheLimitEndsTheConnectionWith1009(boolean text) {
		ContractPeer peer = open();
		peer.text("before");
		if (text) {
			peer.text("ä".repeat(MAX_MESSAGE_SIZE / 2) + "x");
		}
		else {
			peer.binary(random(MAX_MESSAGE_SIZE + 1));
		}
		assertThat(awaitEnd().code()).isEqualTo(1009);
		assertThat(this.listener.texts()).containsExactly("before");
		eventually(() -> assertThat(peer.closeFrame()).extracting(CloseStatus::getCode).isEqualTo(1009));
		eventually(() -> assertThat(peer.isGone()).isTrue());
	}

	@ParameterizedTest
	@ValueSource(ints = { 400, 401, 403, 404, 429, 500, 503 })
	void aRefusalHasItsStatus(int status) {
		this.server.refuse(status);
		dial();
		DialException failure = awaitFailure();
		assertThat(failure.kind()).isEqualTo(DialException.Kind.REFUSED);
		assertThat(failure.statusCode()).isEqualTo(status);
		assertThat(this.listener.isOpen()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(ints = { 301, 302, 307, 308 })
	void aRedirectIsNotFollowed(int status) {
		this.server.refuse(status);
		dial();
		DialException failure = awaitFailure();
		assertThat(failure.kind()).isEqualTo(DialException.Kind.REDIRECT);
		assertThat(failure.statusCode()).isIn(0, status);
		assertThat(this.server.dials()).isOne();
	}

	@Test
	void aCancelledDialFails() {
		this.server.ignore();
		Dialing dialing = dial();
		eventually(() -> assertThat(this.server.dials()).isOne());
		dialing.abort();
		dialing.abort();
		assertThat(awaitFailure().kind()).isEqualTo(DialException.Kind.NETWORK);
	}

	@Test
	void aConnectionOfACancelledDialIsDropped() {
		this.server.ignore();
		Dialing dialing = dial();
		eventually(() -> assertThat(this.server.dials()).isOne());
		dialing.abort();
		this.server.answerIgnored();
		eventually(() -> assertThat(this.server.peer(1).isGone()).isTrue());
		awaitFailure();
		assertThat(this.listener.isOpen()).isFalse();
	}

	@Test
	void aDialThatHasEndedCannotBeCancelled() {
		Dialing dialing = dial();
		eventually(() -> assertThat(this.listener.connection()).isNotNull());
		dialing.abort();
		this.server.peer(1).text("alive");
		eventually(() -> assertThat(this.listener.texts()).containsExactly("alive"));
	}

}
