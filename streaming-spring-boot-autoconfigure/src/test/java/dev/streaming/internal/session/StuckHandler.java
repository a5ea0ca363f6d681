package dev.streaming.internal.session;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import dev.streaming.Message;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.StreamChunk;
import dev.streaming.testsupport.TestRuntime;

/**
 * A handler that is held up in a message until a test lets it go on.
 */
final class StuckHandler implements SessionHandler {

	final CountDownLatch inside = new CountDownLatch(1);

	final CountDownLatch goOn = new CountDownLatch(1);

	final List<String> calls = new CopyOnWriteArrayList<>();

	@Override
	public List<StreamChunk> handle(Message message, SessionContext context) {
		this.inside.countDown();
		TestRuntime.awaitQuietly(this.goOn);
		this.calls.add("handled");
		return AbstractSessionTests.echo(message);
	}

	@Override
	public void closing(SessionContext context) {
		this.calls.add("closing");
	}

}
