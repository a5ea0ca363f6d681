package dev.streaming;

import java.util.function.Consumer;

/**
 * Customization of one session by {@link SessionFactory#open(String, Consumer)}.
 *
 * @since 1.0.0
 */
public interface SessionSpec {

	/**
	 * Set an attribute of the session, for its handler and {@link HandshakeCustomizer}.
	 * @param name the attribute's name
	 * @param value its value
	 * @return this
	 */
	SessionSpec attribute(String name, Object value);

	/**
	 * Customize the settings of the connection.
	 * @param conn the customizer
	 * @return this
	 */
	SessionSpec conn(Consumer<ConnConfig.Builder> conn);

	/**
	 * Customize the settings of the session.
	 * @param session the customizer
	 * @return this
	 */
	SessionSpec session(Consumer<SessionConfig.Builder> session);

	/**
	 * Use a handler instead of the configured one.
	 * @param handler the handler, for this session only
	 * @return this
	 */
	SessionSpec handler(SessionHandler handler);

}
