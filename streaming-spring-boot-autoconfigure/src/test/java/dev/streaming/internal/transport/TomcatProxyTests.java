package dev.streaming.internal.transport;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.util.Map;

import dev.streaming.ProxySettings;
import dev.streaming.internal.transport.DialException.Kind;
import dev.streaming.internal.transport.websocket.StreamingWebSocketClient;
import dev.streaming.testsupport.ConnectProxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Proxies of Tomcat's client, which cannot use SOCKS.
 */
class TomcatProxyTests extends AbstractProxyTests {

	private final StreamingWebSocketClient client = new StreamingWebSocketClient();

	@Override
	Transport createTransport() {
		return on(this.client);
	}

	@Test
	void credentialsGoToTheProxyAlone() {
		serve((connection) -> {
			this.upgrade.set(connection.request());
			connection.upgrade();
			connection.echo();
		});
		this.proxy = ConnectProxy.demanding(BASIC);
		credentials("joe", SECRET);
		dialRaw();
		assertEcho();
		assertThat(this.proxy.requests()).hasSize(2);
		assertThat(this.upgrade.get()).isNotNull();
		assertThat(this.upgrade.get().header("Proxy-Authorization")).isNull();
		assertThat(this.upgrade.get().header("Authorization")).isEqualTo("Bearer " + SECRET);
	}

	@Test
	void rejectedProxyCredentialsAreNotShown() {
		serve((connection) -> {
		});
		this.proxy = ConnectProxy.demanding("Basic another");
		credentials("joe", SECRET);
		dialRaw();
		assertThat(assertRefusedByTheProxy(407)).hasMessageContaining("credentials");
	}

	@ParameterizedTest
	@ValueSource(strings = { "401 Basic", "401 Unknown", "403 No", "407 Odd", "503 No" })
	void refusalThroughTheProxyIsTheServers(String status) {
		serve((connection) -> {
			String challenge = status.contains("Basic") ? "Basic realm=\"x\"" : "Unknown x=\"y\"";
			connection.refuse(status, "WWW-Authenticate: " + challenge);
		});
		this.proxy = ConnectProxy.demanding(BASIC);
		credentials("joe", SECRET);
		dialRaw();
		DialException failure = awaitFailure();
		assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
		assertThat(failure.statusCode()).isEqualTo(Integer.parseInt(status.substring(0, 3)));
		assertThat(failure.proxyStatusCode()).isZero();
		assertThat(failure).hasMessageStartingWith("localhost:" + this.raw.port());
	}

	@Test
	void socksProxyIsRefusedWithAnAction() {
		serve((connection) -> {
		});
		select(new Proxy(Proxy.Type.SOCKS, InetSocketAddress.createUnresolved("localhost", 1080)));
		dialRaw();
		assertThat(assertFailure(Kind.MALFORMED)).hasMessageContaining("SOCKS")
			.hasMessageContaining("localhost:" + this.raw.port())
			.hasMessageContaining("socksNonProxyHosts");
		assertThat(this.raw.connections()).isZero();
	}

	@Test
	void socksProxyThatMayBePassedByIsPassedBy() {
		serve((connection) -> {
			connection.upgrade();
			connection.echo();
		});
		select(new Proxy(Proxy.Type.SOCKS, InetSocketAddress.createUnresolved("localhost", 1080)), Proxy.NO_PROXY);
		dialRaw();
		assertEcho();
	}

	@Test
	void missingProxySelectorIsReportedWithAnAction() {
		serve((connection) -> {
		});
		ProxySelector.setDefault(null);
		dialRaw();
		assertThat(assertFailure(Kind.MALFORMED)).hasMessageContaining("ProxySelector.of(null)");
	}

	@Test
	void credentialsOfTheClientDoNotGoToAConfiguredProxy() {
		serveUpgrades();
		this.proxy = ConnectProxy.configured(BASIC);
		credentials("joe", SECRET);
		dialThrough(ProxySettings.http("localhost", this.proxy.port()));
		assertRefusedByTheProxy(407);
		assertThat(this.proxy.requests().toString()).doesNotContain("Proxy-Authorization");
	}

	@Test
	void selectorOfTheJvmIsPutBack() {
		serveUpgrades();
		ProxySelector before = ConnectProxy.selecting(Proxy.NO_PROXY);
		ProxySelector.setDefault(before);
		this.proxy = ConnectProxy.configured(null);
		dialThrough(ProxySettings.http("localhost", this.proxy.port()));
		assertEcho();
		assertThat(ProxySelector.getDefault()).isNotSameAs(before);
		assertThat(ProxySelector.getDefault().select(URI.create("https://host"))).containsExactly(Proxy.NO_PROXY);
		connection().abort();
		awaitEnd();
		this.client.destroy();
		assertThat(ProxySelector.getDefault()).isSameAs(before);
	}

	@Test
	void configuredSocksProxyIsRefused() {
		serveUpgrades();
		dialThrough(ProxySettings.socks5("localhost", 1080));
		assertThat(assertFailure(Kind.MALFORMED)).hasMessageContaining("SOCKS").hasMessageContaining("netty");
	}

	private void credentials(String user, String password) {
		this.client.setUserProperties(Map.of("org.apache.tomcat.websocket.WS_AUTHENTICATION_PROXY_USER_NAME", user,
				"org.apache.tomcat.websocket.WS_AUTHENTICATION_PROXY_PASSWORD", password));
	}

}
