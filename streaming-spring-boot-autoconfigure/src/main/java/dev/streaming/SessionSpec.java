package dev.streaming;

import java.util.function.Consumer;

/**
 * Changes of one call to {@link SessionFactory#open(String, Consumer)}.
 *
 * @since 1.0.0
 */
public interface SessionSpec {

	/**
	 * Attach a value to the session, for its handler and {@link HandshakeCustomizer}.
	 * @param name the attribute's name
	 * @param value its value
	 * @return this
	 */
	SessionSpec attribute(String name, Object value);

	/**
	 * Change the connection's settings.
	 * @param conn makes the changes
	 * @return this
	 */
	SessionSpec conn(Consumer<ConnConfig.Builder> conn);

	/**
	 * Change the session's settings.
	 * @param session makes the changes
	 * @return this
	 */
	SessionSpec session(Consumer<SessionConfig.Builder> session);

	/**
	 * Use a handler instead of the configured one.
	 * @param handler the handler, for this session alone
	 * @return this
	 */
	SessionSpec handler(SessionHandler handler);

}
