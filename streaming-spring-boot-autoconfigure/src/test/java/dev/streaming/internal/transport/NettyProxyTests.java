package dev.streaming.internal.transport;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.streaming.internal.transport.DialException.Kind;
import dev.streaming.internal.transport.netty.NettyTransport;
import dev.streaming.testsupport.ConnectProxy;
import dev.streaming.testsupport.SocksProxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Proxies of Netty's transport.
 */
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
			eventually(() -> assertThat(this.listener.connection() != null || !this.listener.failures().isEmpty())
				.isTrue());
			assertThat(this.listener.failures()).isEmpty();
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
			assertThat(assertFailure(Kind.NETWORK)).hasMessageStartingWith("The proxy localhost:" + socks.port());
			assertThat(this.raw.connections()).isZero();
		}
	}

	/**
	 * Netty's handler waits for the end of headers that it does not take.
	 */
	@Test
	@Override
	void proxyWithEndlessHeadersIsNamed() {
		serve((connection) -> {
		});
		this.proxy = ConnectProxy.doing((connection) -> {
			connection.write(utf8("HTTP/1.1 200 OK\r\nX-Long: " + "x".repeat(60_000) + "\r\n\r\n"));
			connection.awaitEnd();
		});
		this.transport.dial(
				new DialRequest(this.raw.uri(), Map.of(), List.of(), null, MAX_MESSAGE_SIZE, Duration.ofMillis(300)),
				this.listener);
		assertThat(assertFailure(Kind.NETWORK))
			.hasMessage("The proxy localhost:" + this.proxy.port() + " did not answer in time");
	}

}
