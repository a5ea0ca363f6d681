package dev.streaming.internal.session;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

import dev.streaming.MessageHandlerException;
import dev.streaming.StreamChunk;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * S3: an error of the message handler ends the session.
 */
@Rule("S3")
class HandlerErrorTests extends AbstractSessionTests {

	@Test
	void handlerThatThrowsEndsTheSessionWith1011() throws Exception {
		DefaultSession session = open((builder) -> builder.onMessage((message) -> {
			if (message.text().equals("bad")) {
				throw new java.io.IOException("cannot parse");
			}
			return echo(message);
		}));
		this.runtime.peer().text("good");
		this.runtime.peer().text("bad");
		this.runtime.peer().text("never handled");
		awaitDone(session);
		assertThat(session.error()).get()
			.isInstanceOf(MessageHandlerException.class)
			.extracting(Throwable::getCause)
			.isInstanceOf(java.io.IOException.class);
		assertThat(this.runtime.peer().closeStatus().getCode()).isEqualTo(1011);
		assertThat(takeAll(session)).containsExactly("good");
	}

	@Test
	void handlerThatReturnsNullEndsTheSessionWithTheReason() throws Exception {
		DefaultSession session = open((builder) -> builder.onMessage((message) -> null));
		this.runtime.peer().text("x");
		awaitDone(session);
		assertThat(session.error()).get().extracting(Throwable::getMessage).asString().contains("empty list");
	}

	@Test
	void emptyListIsFine() throws Exception {
		DefaultSession session = open(
				(builder) -> builder.onMessage((message) -> message.text().isEmpty() ? List.of() : echo(message)));
		this.runtime.peer().text("");
		this.runtime.peer().text("x");
		assertThat(take(session, 1)).containsExactly("x");
	}

	@Test
	void nullInTheHandlersListIsAnErrorToo() throws Exception {
		DefaultSession session = open((builder) -> builder.onMessage((message) -> Arrays.asList((StreamChunk) null)));
		this.runtime.peer().text("x");
		awaitDone(session);
		assertThat(session.error()).get().isInstanceOf(MessageHandlerException.class);
	}

	@Test
	void handlerErrorIsFatalRegardlessOfTheClassifier() throws Exception {
		DefaultSession session = reconnecting(5, (builder) -> builder.onError((error) -> true).onMessage((message) -> {
			throw new IOException("bad");
		}));
		this.runtime.peer().text("x");
		awaitDone(session);
		assertThat(session.error()).get().isInstanceOf(MessageHandlerException.class);
		assertThat(this.runtime.transport.dials()).hasSize(1);
	}

	/**
	 * A handler that recurses too deeply took its message with it, and the session never
	 * handled another.
	 */
	@Test
	void everyErrorOfAHandlerEndsTheSession() throws Exception {
		DefaultSession session = open((builder) -> builder.onMessage((message) -> {
			throw new StackOverflowError();
		}));
		this.runtime.peer().text("deep");
		awaitDone(session);
		assertThat(session.error()).get()
			.isInstanceOf(MessageHandlerException.class)
			.extracting(Throwable::getCause)
			.isInstanceOf(StackOverflowError.class);
		assertThat(this.runtime.peer().closeStatus().getCode()).isEqualTo(1011);
	}

}
