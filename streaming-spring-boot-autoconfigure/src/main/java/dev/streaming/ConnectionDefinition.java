package dev.streaming;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Connection that is defined in code, in addition to those under
 * {@code streaming.connections}: for example, for a tenant with its own key or URL. A
 * bean of this type can be opened by its name;
 * {@link SessionFactory#open(ConnectionDefinition)} accepts a definition that is created
 * at run time. Its sessions appear in health, endpoint and meters under its name, and are
 * closed with the application, like those of configured connections. Immutable.
 * <p>
 * The name is a tag of meters. Use the same name for many definitions, unless each must
 * be measured separately.
 *
 * @since 1.0.0
 */
public final class ConnectionDefinition {

	private final String name;

	private final @Nullable String basedOn;

	private final Map<String, Object> attributes;

	private final List<Consumer<ConnConfig.Builder>> conn;

	private final List<Consumer<SessionConfig.Builder>> session;

	private final @Nullable Supplier<? extends SessionHandler> handler;

	private ConnectionDefinition(Builder builder) {
		this.name = builder.name;
		this.basedOn = builder.basedOn;
		this.attributes = Map.copyOf(builder.attributes);
		this.conn = List.copyOf(builder.conn);
		this.session = List.copyOf(builder.session);
		this.handler = builder.handler;
	}

	/**
	 * Return a builder for a definition.
	 * @param name the connection's name, for logs, meters, health and endpoint
	 * @return a builder
	 */
	public static Builder builder(String name) {
		return new Builder(name);
	}

	/**
	 * Return the connection's name.
	 * @return the name
	 */
	public String name() {
		return this.name;
	}

	/**
	 * Return the connection whose settings and handler are the defaults of this one.
	 * @return the name of a connection, or {@code null} if there is none
	 */
	public @Nullable String basedOn() {
		return this.basedOn;
	}

	/**
	 * Return the attributes of its sessions. May contain secrets.
	 * @return the attributes by name, unmodifiable
	 */
	public Map<String, Object> attributes() {
		return this.attributes;
	}

	/**
	 * Apply the definition to the settings of a connection.
	 * @param conn the settings
	 */
	public void apply(ConnConfig.Builder conn) {
		this.conn.forEach((change) -> change.accept(conn));
	}

	/**
	 * Apply the definition to the settings of a session.
	 * @param session the settings
	 */
	public void apply(SessionConfig.Builder session) {
		this.session.forEach((change) -> change.accept(session));
	}

	/**
	 * Return the supplier of handlers, one for each session.
	 * @return the supplier, or {@code null} for that of the connection that this one is
	 * based on
	 */
	public @Nullable Supplier<? extends SessionHandler> handler() {
		return this.handler;
	}

	@Override
	public String toString() {
		return "ConnectionDefinition '" + this.name + "'"
				+ ((this.basedOn != null) ? " based on '" + this.basedOn + "'" : "");
	}

	/**
	 * Builder for a {@link ConnectionDefinition}. Not thread-safe.
	 */
	public static final class Builder {

		private final String name;

		private final Map<String, Object> attributes = new LinkedHashMap<>();

		private final List<Consumer<ConnConfig.Builder>> conn = new ArrayList<>();

		private final List<Consumer<SessionConfig.Builder>> session = new ArrayList<>();

		private @Nullable String basedOn;

		private @Nullable Supplier<? extends SessionHandler> handler;

		private Builder(String name) {
			Assert.hasText(name, "'name' must not be empty");
			Assert.isTrue(!ConnConfig.DEFAULT_NAME.equalsIgnoreCase(name),
					"'name' must not be 'default': that is the connection under 'streaming.conn'");
			this.name = name;
		}

		/**
		 * Use settings, provider and handler of a configured connection as defaults,
		 * including its URL, headers and key.
		 * @param connection the name under {@code streaming.connections}, or
		 * {@code default}
		 * @return this
		 */
		public Builder basedOn(String connection) {
			Assert.hasText(connection, "'connection' must not be empty");
			this.basedOn = connection;
			return this;
		}

		/**
		 * Set an attribute of its sessions, such as a provider's API key.
		 * @param name the attribute's name
		 * @param value its value
		 * @return this
		 */
		public Builder attribute(String name, Object value) {
			Assert.hasText(name, "'name' must not be empty");
			Assert.notNull(value, () -> "The value of attribute '" + name + "' must not be null");
			this.attributes.put(name, value);
			return this;
		}

		/**
		 * Customize the settings of the connection.
		 * @param conn the customizer, called for each session
		 * @return this
		 */
		public Builder conn(Consumer<ConnConfig.Builder> conn) {
			Assert.notNull(conn, "'conn' must not be null");
			this.conn.add(conn);
			return this;
		}

		/**
		 * Customize the settings of its sessions.
		 * @param session the customizer, called for each session
		 * @return this
		 */
		public Builder session(Consumer<SessionConfig.Builder> session) {
			Assert.notNull(session, "'session' must not be null");
			this.session.add(session);
			return this;
		}

		/**
		 * Set the supplier of handlers.
		 * @param handler the supplier, which returns a new handler with each call
		 * @return this
		 */
		public Builder handler(Supplier<? extends SessionHandler> handler) {
			Assert.notNull(handler, "'handler' must not be null");
			this.handler = handler;
			return this;
		}

		/**
		 * Create the definition.
		 * @return a definition
		 */
		public ConnectionDefinition build() {
			Assert.isTrue(this.basedOn != null || this.handler != null,
					() -> "The connection '" + this.name + "' needs a handler, or a connection that it is based on");
			return new ConnectionDefinition(this);
		}

	}

}
