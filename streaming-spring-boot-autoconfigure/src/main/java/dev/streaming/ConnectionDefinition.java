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
 * Connection that is defined in code, beside those under {@code streaming.connections}:
 * for a tenant with a key or a URL of its own, for instance. As a bean it can be opened
 * by its name; {@link SessionFactory#open(ConnectionDefinition)} takes one that is made
 * at run time. Its sessions appear in health, endpoint and meters, under its name, and
 * are closed with the application, as those of configured connections are. Immutable.
 * <p>
 * The name is a tag of meters. Give many definitions one name, unless each is to be
 * measured automatically.
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
	 * Start a definition.
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
	 * Return the connection whose settings and handler this one has, unless it changes
	 * them.
	 * @return the name of a connection, or {@code null} if there is none
	 */
	public @Nullable String basedOn() {
		return this.basedOn;
	}

	/**
	 * Return the attributes of its sessions.
	 * @return the attributes by name, unmodifiable. May hold secrets
	 */
	public Map<String, Object> attributes() {
		return this.attributes;
	}

	/**
	 * Change the connection's settings as the definition asks for.
	 * @param conn the settings
	 */
	public void apply(ConnConfig.Builder conn) {
		this.conn.forEach((change) -> change.accept(conn));
	}

	/**
	 * Change the settings of a session as the definition asks for.
	 * @param session the settings
	 */
	public void apply(SessionConfig.Builder session) {
		this.session.forEach((change) -> change.accept(session));
	}

	/**
	 * Return the source of the handlers, one for each session.
	 * @return the source, or {@code null} if it is that of the connection this one is
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
	 * Builder of a {@link ConnectionDefinition}. Not thread-safe.
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
		 * Use settings, provider and handler of a configured connection, apart from what
		 * this definition changes. Its URL, headers and key are used too.
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
		 * Attach a value to its sessions, such as a provider's API key.
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
		 * Change the connection's settings.
		 * @param conn makes the changes, for each session again
		 * @return this
		 */
		public Builder conn(Consumer<ConnConfig.Builder> conn) {
			Assert.notNull(conn, "'conn' must not be null");
			this.conn.add(conn);
			return this;
		}

		/**
		 * Change the settings of its sessions.
		 * @param session makes the changes, for each session again
		 * @return this
		 */
		public Builder session(Consumer<SessionConfig.Builder> session) {
			Assert.notNull(session, "'session' must not be null");
			this.session.add(session);
			return this;
		}

		/**
		 * Set the source of the handlers.
		 * @param handler creates the handler of a session, a new one with each call
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
