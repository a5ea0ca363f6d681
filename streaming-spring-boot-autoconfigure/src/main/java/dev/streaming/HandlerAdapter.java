package dev.streaming;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The functions of a {@link SessionConfig} as a {@link SessionHandler}.
 *
 * @param onMessage decodes
 * @param onReconnect sets up a new connection, or {@code null}
 */
record HandlerAdapter(MessageHandler onMessage, @Nullable ReconnectHook onReconnect) implements SessionHandler {

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
