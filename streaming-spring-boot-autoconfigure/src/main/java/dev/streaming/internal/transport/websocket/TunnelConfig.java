package dev.streaming.internal.transport.websocket;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import javax.net.ssl.SSLContext;

import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.Decoder;
import jakarta.websocket.Encoder;
import jakarta.websocket.Extension;
import org.jspecify.annotations.Nullable;

/**
 * Configuration of a dial with a proxy, which detects that the proxy has connected to the
 * server: Tomcat's client then removes the header for the proxy, which is the only
 * indication. Earlier failures are caused by the proxy, and some of them look like later
 * ones.
 * <p>
 * Used on the dialing thread.
 */
final class TunnelConfig implements ClientEndpointConfig {

	private static final String PROXY_AUTHORIZATION = "Proxy-Authorization";

	private final ClientEndpointConfig delegate;

	private final TunnelProperties userProperties;

	/**
	 * Create a configuration.
	 * @param delegate the configuration to delegate to
	 */
	TunnelConfig(ClientEndpointConfig delegate) {
		this.delegate = delegate;
		this.userProperties = new TunnelProperties(delegate.getUserProperties());
	}

	/**
	 * Return whether the proxy has connected to the server.
	 * @return whether it has
	 */
	boolean isTunnelOpen() {
		return this.userProperties.forgotten;
	}

	@Override
	public Map<String, Object> getUserProperties() {
		return this.userProperties;
	}

	@Override
	public List<String> getPreferredSubprotocols() {
		return this.delegate.getPreferredSubprotocols();
	}

	@Override
	public List<Extension> getExtensions() {
		return this.delegate.getExtensions();
	}

	@Override
	public @Nullable SSLContext getSSLContext() {
		return this.delegate.getSSLContext();
	}

	@Override
	public Configurator getConfigurator() {
		return this.delegate.getConfigurator();
	}

	@Override
	public List<Class<? extends Encoder>> getEncoders() {
		return this.delegate.getEncoders();
	}

	@Override
	public List<Class<? extends Decoder>> getDecoders() {
		return this.delegate.getDecoders();
	}

	private static final class TunnelProperties extends ConcurrentHashMap<String, Object> {

		private static final long serialVersionUID = 1L;

		private volatile boolean forgotten;

		TunnelProperties(Map<String, Object> properties) {
			super(properties);
		}

		@Override
		public @Nullable Object remove(Object key) {
			if (PROXY_AUTHORIZATION.equals(key)) {
				this.forgotten = true;
			}
			return super.remove(key);
		}

	}

}
