package dev.streaming.internal.session;

import java.util.List;

import dev.streaming.Message;
import dev.streaming.MessageHandlerException;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.StreamChunk;
import dev.streaming.internal.session.DefaultResponseChannel.Next;
import dev.streaming.observation.ConnectionObserver;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.web.socket.CloseStatus;

/**
 * Processes one message after another: calls the handler and delivers the chunks that it
 * returns. A failure of the handler ends the session. Called by the session's task; only
 * the handler may block.
 */
final class MessagePipeline implements ReceivePump.MessageSink {

	private final SessionEnvironment environment;

	private final SessionHandler handler;

	private final SessionContext context;

	private final ChunkDelivery delivery;

	private final SessionTermination termination;

	private final ConnectionObserver observer;

	/**
	 * Create a pipeline.
	 * @param environment the session's environment
	 * @param handler the handler
	 * @param context the handler's context
	 * @param delivery the delivery of chunks
	 * @param termination the end of the session
	 */
	MessagePipeline(SessionEnvironment environment, SessionHandler handler, SessionContext context,
			ChunkDelivery delivery, SessionTermination termination) {
		this.environment = environment;
		this.handler = handler;
		this.context = context;
		this.delivery = delivery;
		this.termination = termination;
		this.observer = environment.observer();
	}

	@Override
	public boolean accept(Message message, boolean more) {
		List<StreamChunk> chunks = handle(message);
		if (chunks == null) {
			return false;
		}
		this.delivery.deliver(chunks, message.size(), more ? Next.MESSAGE : Next.NOTHING);
		return !this.termination.isOver();
	}

	private @Nullable List<StreamChunk> handle(Message message) {
		long started = this.observer.timesHandler() ? System.nanoTime() : 0;
		List<StreamChunk> chunks;
		try {
			chunks = this.handler.handle(message, this.context);
			Assert.state(chunks != null,
					"The handler returned null; it must return an empty list if there are no chunks");
			chunks = List.copyOf(chunks);
		}
		catch (Throwable ex) {
			handled(started, false);
			this.termination.end(SessionOutcome.failed(
					new MessageHandlerException("The handler of session '" + this.environment.name() + "' failed on a "
							+ message + ": " + this.environment.stateMachine().peerText().message(ex), ex),
					CloseStatus.SERVER_ERROR));
			return null;
		}
		handled(started, true);
		return chunks;
	}

	private void handled(long started, boolean succeeded) {
		if (this.observer.timesHandler()) {
			this.observer.handled(System.nanoTime() - started, succeeded);
		}
	}

}
