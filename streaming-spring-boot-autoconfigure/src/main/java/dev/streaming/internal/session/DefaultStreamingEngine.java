package dev.streaming.internal.session;

import dev.streaming.Conn;
import dev.streaming.ConnConfig;
import dev.streaming.Session;
import dev.streaming.SessionConfig;
import dev.streaming.StreamingEngine;
import dev.streaming.internal.connection.DefaultConn;
import dev.streaming.internal.connection.StreamingRuntime;

/**
 * {@link StreamingEngine} for connections and sessions that are created without a Spring
 * context.
 */
public final class DefaultStreamingEngine implements StreamingEngine {

	@Override
	public Conn createConn(ConnConfig config) {
		return new DefaultConn(config, StreamingRuntime.shared());
	}

	@Override
	public Session openSession(SessionConfig config) {
		return DefaultSession.open(config);
	}

}
