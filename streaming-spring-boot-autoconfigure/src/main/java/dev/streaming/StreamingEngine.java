package dev.streaming;

/**
 * Strategy to create connections and sessions for {@link Conn#create} and
 * {@link Session#open}. The implementation is loaded by {@link java.util.ServiceLoader}.
 * Not intended to be implemented or called by applications.
 *
 * @since 1.0.0
 */
public interface StreamingEngine {

	/**
	 * Create a connection without dialling.
	 * @param config its settings
	 * @return a connection in state {@link Conn.State#IDLE}
	 */
	Conn createConn(ConnConfig config);

	/**
	 * Open a session on a connection.
	 * @param config its settings
	 * @return the open session
	 */
	Session openSession(SessionConfig config);

}
