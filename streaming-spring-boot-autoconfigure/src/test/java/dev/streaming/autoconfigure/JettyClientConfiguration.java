package dev.streaming.autoconfigure;

import jakarta.websocket.WebSocketContainer;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.ee11.websocket.jakarta.client.JakartaWebSocketClientContainerProvider;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;

import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Configuration that docs/performance.md shows.
 */
@Configuration(proxyBeanMethods = false)
class JettyClientConfiguration {

	/** Jetty takes trust and keys for all connections of a client. */
	static final String BUNDLE = "provider";

	@Bean(destroyMethod = "stop")
	HttpClient streamingHttpClient(SslBundles bundles) {
		SslContextFactory.Client ssl = new SslContextFactory.Client();
		try {
			ssl.setSslContext(bundles.getBundle(BUNDLE).createSslContext());
		}
		catch (NoSuchSslBundleException ex) {
			// The JVM's trust
		}
		ClientConnector connector = new ClientConnector();
		connector.setSslContextFactory(ssl);
		return new HttpClient(new HttpClientTransportOverHTTP(connector));
	}

	@Bean
	WebSocketContainer streamingWebSocketContainer(HttpClient streamingHttpClient) {
		return JakartaWebSocketClientContainerProvider.getContainer(streamingHttpClient);
	}

}
