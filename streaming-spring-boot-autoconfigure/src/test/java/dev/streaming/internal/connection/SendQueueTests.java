package dev.streaming.internal.connection;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import dev.streaming.Message;
import dev.streaming.testsupport.Rule;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The way out of a connection, without a connection: the test is the transport.
 */
class SendQueueTests {

	private final List<String> events = new ArrayList<>();

	private final Map<String, CompletableFuture<Void>> writes = new HashMap<>();

	private final SendQueue queue = new SendQueue(this::write, this::written,
			(late) -> this.events.add("late " + late.message().text()));

	private CompletionStage<Void> write(OutboundMessage outgoing) {
		String text = outgoing.message().text();
		this.events.add("write " + text);
		if (text.equals("choke")) {
			throw new IllegalStateException("choked");
		}
		if (text.startsWith("quick")) {
			return CompletableFuture.completedFuture(null);
		}
		return this.writes.computeIfAbsent(text, (key) -> new CompletableFuture<>());
	}

	private void written(OutboundMessage outgoing, @Nullable Throwable failure) {
		this.events.add(((failure != null) ? failure.getMessage() + " " : "done ") + outgoing.message().text());
	}

	private OutboundMessage send(String text) {
		OutboundMessage outgoing = new OutboundMessage(Message.text(text));
		assertThat(this.queue.add(outgoing)).isTrue();
		this.queue.flush();
		return outgoing;
	}

	private void complete(String text) {
		this.writes.get(text).complete(null);
	}

	@Test
	@Rule("C5")
	void messagesAreWrittenOneAtATimeInOrder() {
		send("one");
		send("two");
		send("three");
		assertThat(this.events).containsExactly("write one");
		complete("one");
		assertThat(this.events).containsExactly("write one", "done one", "write two");
		complete("two");
		complete("three");
		assertThat(this.events).endsWith("done two", "write three", "done three");
		assertThat(this.queue.writing()).isNull();
	}

	@Test
	@Rule("C5")
	void addAloneBeginsNothing() {
		assertThat(this.queue.add(new OutboundMessage(Message.text("quick")))).isTrue();
		assertThat(this.events).isEmpty();
		this.queue.flush();
		this.queue.flush();
		assertThat(this.events).containsExactly("write quick", "done quick");
	}

	/**
	 * Written by one that is called back for another, each would go one call deeper.
	 */
	@Test
	void writesThatAreDoneAtOnceDoNotNest() {
		for (int i = 0; i < 100_000; i++) {
			this.queue.add(new OutboundMessage(Message.text("quick")));
		}
		this.queue.flush();
		assertThat(this.events).hasSize(200_000);
	}

	@Test
	@Rule("C5")
	void writeThatFailsOrThrowsIsReportedAndTheNextFollows() {
		send("one");
		send("choke");
		send("quick");
		this.writes.get("one").completeExceptionally(new IllegalStateException("broken"));
		assertThat(this.events).containsExactly("write one", "broken one", "write choke", "choked choke", "write quick",
				"done quick");
	}

	@Test
	@Rule("C5")
	void onlyAMessageThatWaitsIsWithdrawn() {
		OutboundMessage writing = send("one");
		OutboundMessage waiting = send("two");
		assertThat(this.queue.withdraw(writing)).isFalse();
		assertThat(this.queue.withdraw(waiting)).isTrue();
		assertThat(this.queue.withdraw(waiting)).isFalse();
		complete("one");
		assertThat(this.events).containsExactly("write one", "done one");
	}

	@Test
	@Rule("C5")
	void deadlineOfAMessageIsReportedOnceItsTurnHasCome() {
		OutboundMessage writing = send("one");
		OutboundMessage waiting = send("two");
		writing.expire();
		waiting.expire();
		assertThat(this.events).containsExactly("write one", "late one");
		complete("one");
		waiting.expire();
		assertThat(this.events).endsWith("write two", "late two");
	}

	@Test
	@Rule("S9")
	void closeReturnsWaitingMessagesAndTakesNoMore() {
		OutboundMessage writing = send("one");
		OutboundMessage two = send("two");
		OutboundMessage three = send("three");
		assertThat(this.queue.close()).containsExactly(two, three);
		assertThat(this.queue.close()).isEmpty();
		assertThat(this.queue.add(new OutboundMessage(Message.text("four")))).isFalse();
		assertThat(this.queue.writing()).isSameAs(writing);
		complete("one");
		assertThat(this.events).containsExactly("write one", "done one");
	}

	@Test
	@Rule("C9")
	void taskForTheIdleQueueRunsOnceAfterTheCurrentWrite() {
		AtomicInteger runs = new AtomicInteger();
		send("one");
		this.queue.whenIdle(runs::incrementAndGet);
		assertThat(runs).hasValue(0);
		complete("one");
		assertThat(runs).hasValue(1);
		send("quick");
		assertThat(runs).hasValue(1);
		this.queue.whenIdle(runs::incrementAndGet);
		assertThat(runs).hasValue(2);
	}

	/**
	 * A result that the transport has reported is on its way to the sender, even if the
	 * end of the connection comes in between.
	 */
	@Test
	@Rule("C5")
	void messageWhoseWriteIsReportedIsSettled() {
		List<@Nullable OutboundMessage> unsettled = new ArrayList<>();
		AtomicReference<SendQueue> reporting = new AtomicReference<>();
		reporting
			.set(new SendQueue(this::write, (outgoing, failure) -> unsettled.add(reporting.get().end()), (late) -> {
			}));
		OutboundMessage outgoing = new OutboundMessage(Message.text("one"));
		reporting.get().add(outgoing);
		reporting.get().flush();
		assertThat(reporting.get().end()).isSameAs(outgoing);
		complete("one");
		assertThat(unsettled).containsExactly((OutboundMessage) null);
		assertThat(reporting.get().end()).isNull();
	}

	@Test
	@Rule("C5")
	void writeThatTheTransportAcceptsWhileTheConnectionEndsFails() {
		AtomicReference<SendQueue> ending = new AtomicReference<>();
		ending.set(new SendQueue((outgoing) -> {
			assertThat(ending.get().end()).isNull();
			return new CompletableFuture<>();
		}, this::written, (late) -> {
		}));
		assertThat(ending.get().add(new OutboundMessage(Message.text("last")))).isTrue();
		ending.get().flush();
		assertThat(this.events).containsExactly("the connection has ended last");
	}

}
