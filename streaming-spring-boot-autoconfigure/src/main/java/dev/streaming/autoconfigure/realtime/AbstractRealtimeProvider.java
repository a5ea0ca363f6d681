package dev.streaming.autoconfigure.realtime;

import dev.streaming.SessionHandler;
import dev.streaming.autoconfigure.ProviderConnection;
import dev.streaming.autoconfigure.ProviderSettings;
import dev.streaming.autoconfigure.StreamingProvider;
import dev.streaming.realtime.RealtimeOptions;

/**
 * Base class for providers whose sessions call the application's tools.
 *
 * @param <S> the type of the settings
 * @since 1.0.0
 */
public abstract class AbstractRealtimeProvider<S extends RealtimeOptions> implements StreamingProvider<S> {

	private final String name;

	private final ProviderSettings<S> settings;

	private final RealtimeTools tools;

	/**
	 * Create a provider.
	 * @param name the provider's name
	 * @param settings its settings
	 * @param tools the application's tools
	 */
	protected AbstractRealtimeProvider(String name, ProviderSettings<S> settings, RealtimeTools tools) {
		this.name = name;
		this.settings = settings;
		this.tools = tools;
	}

	@Override
	public final String name() {
		return this.name;
	}

	@Override
	public final ProviderSettings<S> settings() {
		return this.settings;
	}

	/**
	 * Check that all tools of the settings exist.
	 */
	@Override
	public void check(ProviderConnection<S> connection) {
		this.tools.check(connection.property("tools"), connection.settings().tools());
	}

	@Override
	public final SessionHandler createHandler(ProviderConnection<S> connection) {
		return createHandler(connection.settings(), this.tools);
	}

	/**
	 * Create the handler of one session.
	 * @param settings the connection's settings
	 * @param tools the application's tools
	 * @return a new handler
	 */
	protected abstract SessionHandler createHandler(S settings, RealtimeTools tools);

}
