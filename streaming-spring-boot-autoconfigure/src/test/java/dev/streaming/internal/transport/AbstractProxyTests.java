package dev.streaming.internal.transport;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import javax.net.ssl.SSLContext;

import dev.streaming.ProxySettings;
import dev.streaming.TransportType;
import dev.streaming.internal.transport.DialException.Kind;
import dev.streaming.testsupport.ClosedPort;
import dev.streaming.testsupport.ConnectProxy;
import dev.streaming.testsupport.RawWebSocketConnection.Request;
import dev.streaming.testsupport.RawWebSocketServer;
import dev.streaming.testsupport.RawWebSocketServer.Script;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestCertificates;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A failure of a proxy is reported as the proxy's, one of the server as the server's
 * (N3). The proxy is that of the JVM's {@link ProxySelector}, or of the settings of the
 * dial.
 */
@Rule("N3")
abstract class AbstractProxyTests extends RawServerTestBase {

	static final String SECRET = "s3cr3t";

	static final String BASIC = "Basic "
			+ Base64.getEncoder().encodeToString(("joe:" + SECRET).getBytes(StandardCharsets.ISO_8859_1));

	private final @Nullable ProxySelector selector = ProxySelector.getDefault();

	final AtomicReference<@Nullable Request> upgrade = new AtomicReference<>();

	ConnectProxy proxy;

	@AfterEach
	void stopAll() {
		if (this.proxy != null) {
			this.proxy.close();
		}
		ProxySelector.setDefault(this.selector);
	}

	@Test
	void connectionGoesThroughTheProxyWhichLearnsNothing() {
		serve((connection) -> {
			connection.upgrade();
			connection.echo();
		});
		this.proxy = ConnectProxy.start();
		dialRaw();
		assertEcho();
		Request request = this.proxy.requests().get(0);
		assertThat(request.method()).isEqualTo("CONNECT");
		assertThat(request.target()).isEqualTo("localhost:" + this.raw.port());
		assertThat(request.toString()).doesNotContain(SECRET).doesNotContain("Authorization");
	}

	@Test
	void tlsConnectionGoesThroughTheProxy(@TempDir Path directory) throws Exception {
		TestCertificates certificates = TestCertificates.create(directory);
		this.raw = RawWebSocketServer.start(certificates.server(TestCertificates.LOCALHOST), (connection) -> {
			connection.upgrade();
			connection.echo();
		});
		this.proxy = ConnectProxy.start();
		dial(this.raw.uri(), certificates.trusting());
		assertEcho();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			407 Proxy Authentication Required | Proxy-Authenticate: Basic realm="s3cr3t"
			407 Proxy Authentication Required | Proxy-Authenticate: Negotiate
			407 Proxy Authentication Required | X-Nothing: s3cr3t
			403 Forbidden                     | X-Reason: s3cr3t
			401 Unauthorized                  | WWW-Authenticate: Basic realm="s3cr3t"
			404 Not Found                     | X-Nothing: s3cr3t
			302 Found                         | Location: http://s3cr3t/
			100 Continue                      | X-Nothing: s3cr3t
			502 Bad Gateway                   | X-Nothing: s3cr3t
			503 Service Unavailable           | Retry-After: 1
			""")
	void refusalIsTheProxys(String status, String header) {
		serve((connection) -> {
		});
		this.proxy = ConnectProxy.refusing(status, header);
		dialRaw();
		assertRefusedByTheProxy(Integer.parseInt(status.substring(0, 3)));
		assertThat(this.raw.connections()).isZero();
	}

	@Test
	void serverThatIsNoWebSocketServerIsNotTheProxysFault() {
		serve((connection) -> connection.upgradeWithAccept("wrong"));
		this.proxy = ConnectProxy.start();
		dialRaw();
		DialException failure = awaitFailure();
		assertThat(failure.kind()).isEqualTo(Kind.PROTOCOL);
		assertThat(failure).hasMessageContaining("localhost:" + this.raw.port()).hasMessageNotContaining("proxy");
	}

	@Test
	void proxyThatIsNotThereIsNamed() throws Exception {
		serve((connection) -> {
		});
		try (ClosedPort closed = ClosedPort.reserve()) {
			select(new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("localhost", closed.number())));
			dialRaw();
			assertThat(assertFailure(Kind.NETWORK))
				.hasMessage("The proxy localhost:" + closed.number() + " does not accept connections");
		}
	}

	@Test
	void proxyWhoseHostIsNotKnownIsNamed() {
		serve((connection) -> {
		});
		select(new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("nobody.invalid", 3128)));
		dialRaw();
		assertThat(assertFailure(Kind.NETWORK))
			.hasMessageStartingWith("The proxy nobody.invalid:3128 cannot be resolved");
	}

	@Test
	void proxyThatClosesTheConnectionIsNamed() {
		assertProxyIsNamed(Kind.NETWORK, (connection) -> connection.request());
	}

	@Test
	void proxyThatResetsTheConnectionIsNamed() {
		assertProxyIsNamed(Kind.NETWORK, (connection) -> connection.reset());
	}

	@Test
	void proxyThatSpeaksSomethingElseIsNamed() {
		assertProxyIsNamed(Kind.PROTOCOL, (connection) -> {
			connection.write(utf8("SSH-2.0-" + SECRET + "\r\n\r\n"));
			connection.awaitEnd();
		});
	}

	@Test
	void proxyWithEndlessHeadersIsNamed() {
		assertProxyIsNamed(Kind.PROTOCOL, (connection) -> {
			connection.write(utf8("HTTP/1.1 200 OK\r\nX-Long: " + SECRET.repeat(10_000) + "\r\n\r\n"));
			connection.awaitEnd();
		});
	}

	@Test
	void proxyWithHeadersThatNeverEndIsNamedAtTheLimit() {
		assertProxyIsNamed(Kind.PROTOCOL, (connection) -> {
			connection.write(utf8("HTTP/1.1 200 OK\r\n"));
			byte[] lines = utf8(("X-Long: " + SECRET.repeat(100) + "\r\n").repeat(20));
			while (true) {
				connection.write(lines);
			}
		});
	}

	@Test
	void proxyThatDoesNotAnswerIsNamed() {
		serve((connection) -> {
		});
		this.proxy = ConnectProxy.doing((connection) -> connection.awaitEnd());
		this.transport.dial(
				new DialRequest(this.raw.uri(), Map.of(), List.of(), null, MAX_MESSAGE_SIZE, Duration.ofMillis(100)),
				this.listener);
		assertThat(assertFailure(Kind.TIMEOUT))
			.hasMessage("The proxy localhost:" + this.proxy.port() + " did not answer in time");
	}

	@Test
	void configuredProxyGetsTheCredentialsAlone() {
		serveUpgrades();
		select(new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("nobody.invalid", 3128)));
		this.proxy = ConnectProxy.configured(BASIC);
		dialThrough(ProxySettings.http("localhost", this.proxy.port()).credentials("joe", SECRET));
		assertEcho();
		assertThat(this.proxy.requests()).isNotEmpty();
		assertThat(this.proxy.requests().toString()).doesNotContain("Bearer");
		assertThat(this.upgrade.get()).isNotNull();
		assertThat(this.upgrade.get().header("Proxy-Authorization")).isNull();
		assertThat(this.upgrade.get().header("Authorization")).isEqualTo("Bearer " + SECRET);
	}

	@Test
	void configuredProxyThatRejectsTheCredentialsIsNamed() {
		serveUpgrades();
		this.proxy = ConnectProxy.configured("Basic another");
		dialThrough(ProxySettings.http("localhost", this.proxy.port()).credentials("joe", SECRET));
		assertThat(assertRefusedByTheProxy(407)).hasMessageContaining("credentials");
	}

	@Test
	void hostThatNeedsNoProxyIsDialedDirectly() {
		serveUpgrades();
		select(new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("nobody.invalid", 3128)));
		dialThrough(ProxySettings.http("nobody.invalid", 3128).nonProxyHosts("local*"));
		assertEcho();
	}

	@Test
	void noProxyIsUsedWhereSettingsSaySo() {
		serveUpgrades();
		select(new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("nobody.invalid", 3128)));
		dialThrough(ProxySettings.none());
		assertEcho();
	}

	void serveUpgrades() {
		serve((connection) -> {
			this.upgrade.set(connection.request());
			connection.upgrade();
			connection.echo();
		});
	}

	void dialThrough(ProxySettings settings) {
		this.transport.dial(new DialRequest(this.raw.uri("/?key=" + SECRET),
				Map.of("Authorization", List.of("Bearer " + SECRET)), List.of(), null, MAX_MESSAGE_SIZE,
				Duration.ofSeconds(10), TransportType.defaultType(), "", settings, false), this.listener);
	}

	void assertProxyIsNamed(Kind kind, Script script) {
		serve((connection) -> {
		});
		this.proxy = ConnectProxy.doing(script);
		dialRaw();
		DialException failure = assertFailure(kind);
		assertThat(failure.proxyStatusCode()).isZero();
		assertThat(failure).hasMessageStartingWith("The proxy localhost:" + this.proxy.port());
	}

	DialException assertRefusedByTheProxy(int status) {
		DialException failure = assertFailure(Kind.PROXY_REFUSED);
		assertThat(failure.statusCode()).isZero();
		assertThat(failure.proxyStatusCode()).isEqualTo(status);
		assertThat(failure)
			.hasMessageStartingWith("The proxy localhost:%d refused to connect to localhost:%d with status %d"
				.formatted(this.proxy.port(), this.raw.port(), status));
		return failure;
	}

	DialException assertFailure(Kind kind) {
		DialException failure = awaitFailure();
		StringWriter printed = new StringWriter();
		failure.printStackTrace(new PrintWriter(printed));
		assertThat(printed.toString()).doesNotContain(SECRET).doesNotContain(BASIC.substring(BASIC.indexOf(' ') + 1));
		assertThat(failure.kind()).isEqualTo(kind);
		return failure;
	}

	void assertEcho() {
		eventually(
				() -> assertThat(this.listener.connection() != null || !this.listener.failures().isEmpty()).isTrue());
		assertThat(this.listener.failures()).isEmpty();
		send(connection().sendText("hello").toCompletableFuture());
		eventually(() -> assertThat(this.listener.texts()).containsExactly("hello"));
	}

	void select(Proxy... proxies) {
		ProxySelector.setDefault(ConnectProxy.selecting(proxies));
	}

	void dialRaw() {
		dial(this.raw.uri("/?key=" + SECRET), null);
	}

	void dial(URI uri, @Nullable SSLContext context) {
		this.transport.dial(new DialRequest(uri, Map.of("Authorization", List.of("Bearer " + SECRET)), List.of(),
				context, MAX_MESSAGE_SIZE, Duration.ofSeconds(10)), this.listener);
	}

}
