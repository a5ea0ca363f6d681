package dev.streaming.internal.transport;

import java.net.InetSocketAddress;
import java.net.Proxy;

import dev.streaming.ProxySettings;
import dev.streaming.internal.transport.DialException.Kind;
import dev.streaming.internal.transport.netty.NettyTransport;
import dev.streaming.testsupport.ConnectProxy;
import dev.streaming.testsupport.NettyLeaks;
import dev.streaming.testsupport.SocksProxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Proxies of Netty's transport.
 */
@ExtendWith(NettyLeaks.class)
class NettyProxyTests extends AbstractProxyTests {

	@Override
	Transport createTransport() {
		NettyTransport transport = new NettyTransport(this::execute);
		this.destroyed.add(transport::close);
		return transport;
	}

	@ParameterizedTest
	@ValueSource(strings = { "401 Unknown", "403 No", "407 Odd", "503 No" })
	void refusalThroughTheProxyIsTheServers(String status) {
		serve((connection) -> connection.refuse(status, "WWW-Authenticate: Unknown x=\"y\""));
		this.proxy = ConnectProxy.start();
		dialRaw();
		DialException failure = awaitFailure();
		assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
		assertThat(failure.statusCode()).isEqualTo(Integer.parseInt(status.substring(0, 3)));
		assertThat(failure.proxyStatusCode()).isZero();
		assertThat(failure).hasMessageStartingWith("localhost:" + this.raw.port());
	}

	@Test
	void connectionGoesThroughASocksProxy() throws Exception {
		serve((connection) -> {
			connection.upgrade();
			connection.echo();
		});
		try (SocksProxy socks = SocksProxy.start()) {
			select(new Proxy(Proxy.Type.SOCKS, InetSocketAddress.createUnresolved("localhost", socks.port())));
			dialRaw();
			assertEcho();
			assertThat(socks.targets()).containsExactly("localhost:" + this.raw.port());
		}
	}

	@Test
	void socksProxyThatRefusesIsNamed() throws Exception {
		serve((connection) -> {
		});
		try (SocksProxy socks = SocksProxy.refusing()) {
			select(new Proxy(Proxy.Type.SOCKS, InetSocketAddress.createUnresolved("localhost", socks.port())));
			dialRaw();
			assertThat(assertFailure(Kind.NETWORK))
				.hasMessage("The proxy localhost:%d did not connect to localhost:%d: failure".formatted(socks.port(),
						this.raw.port()));
			assertThat(this.raw.connections()).isZero();
		}
	}

	@Test
	void configuredSocksProxyGetsTheCredentialsAlone() throws Exception {
		serveUpgrades();
		try (SocksProxy socks = SocksProxy.demanding("joe@home:" + SECRET)) {
			dialThrough(ProxySettings.socks5("localhost", socks.port()).credentials("joe@home", SECRET));
			assertEcho();
			assertThat(socks.targets()).containsExactly("localhost:" + this.raw.port());
			assertThat(this.upgrade.get()).isNotNull();
			// A random key in Base64 has no "@"
			assertThat(this.upgrade.get().toString()).doesNotContain("joe@");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void socksProxyThatRejectsTheLoginIsNamed(boolean withCredentials) throws Exception {
		serveUpgrades();
		try (SocksProxy socks = SocksProxy.demanding("joe:another")) {
			ProxySettings settings = ProxySettings.socks5("localhost", socks.port());
			dialThrough(withCredentials ? settings.credentials("joe", SECRET) : settings);
			DialException failure = assertFailure(Kind.PROXY_REFUSED);
			assertThat(failure.proxyStatusCode()).isZero();
			assertThat(failure)
				.hasMessage("The proxy localhost:%d refused to connect to localhost:%d: it requires valid credentials"
					.formatted(socks.port(), this.raw.port()));
			assertThat(this.raw.connections()).isZero();
		}
	}

}
