package dev.streaming.internal.session;

import java.util.List;

import dev.streaming.Conn;
import dev.streaming.Message;
import dev.streaming.MessageHandler;
import dev.streaming.ReconnectContext;
import dev.streaming.ReconnectHook;
import dev.streaming.SessionConfig;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.StreamChunk;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Adapts the functions of a {@link SessionConfig} to a {@link SessionHandler}.
 *
 * @param onMessage the message handler
 * @param onReconnect the hook that sets up a new connection, or {@code null}
 */
record HandlerAdapter(MessageHandler onMessage, @Nullable ReconnectHook onReconnect) implements SessionHandler {

	/**
	 * Return the handler of a session.
	 * @param config the session's settings
	 * @return the configured handler, or one that calls the configured functions
	 */
	static SessionHandler handlerOf(SessionConfig config) {
		SessionHandler handler = config.handler();
		if (handler != null) {
			return handler;
		}
		MessageHandler onMessage = config.onMessage();
		Assert.state(onMessage != null, "There is a handler or onMessage");
		return new HandlerAdapter(onMessage, config.onReconnect());
	}

	@Override
	public void reconnect(ReconnectContext reconnect, Conn conn, SessionContext context) throws Exception {
		if (this.onReconnect != null) {
			this.onReconnect.reconnect(reconnect, conn);
		}
	}

	@Override
	public List<StreamChunk> handle(Message message, SessionContext context) throws Exception {
		return this.onMessage.handle(message);
	}

}
