package dev.streaming.internal.transport.websocket;

import java.io.EOFException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ConnectException;
import java.net.URI;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

import javax.net.ssl.SSLHandshakeException;

import dev.streaming.internal.transport.DialException;
import dev.streaming.internal.transport.DialException.Kind;
import dev.streaming.internal.transport.SanitizedCause;
import jakarta.websocket.DeploymentException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DialFailures} and {@link SanitizedCause}: what the containers throw,
 * also in languages and places that a test cannot bring about.
 */
@Timeout(30)
class DialFailuresTests {

	private static final URI TARGET = URI
		.create("wss://user:s3cr3t@example.com/path[404]?key=s3cr3t[500]".replace("[", "%5B").replace("]", "%5D"));

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					The HTTP response from the server [429] did not permit the HTTP upgrade to WebSocket             | REFUSED  | 429
					Die HTTP Antwort des Servers [503] erlaubt kein HTTP Upgrade auf WebSocket                       | REFUSED  | 503
					Failed to handle HTTP response code [401]. Missing [WWW-Authenticate] header in response         | REFUSED  | 401
					The HTTP response from the server [308] did not permit the HTTP upgrade to WebSocket             | REDIRECT | 308
					Failed to handle HTTP response code [302]. Missing Location header in response                   | REDIRECT | 302
					Cyclic Location header [wss://s3cr3t/] detected / reached max number of redirects [1] of max [0] | REDIRECT | 0
					Cyclic Location header [wss://h/[503]] detected / reached max number of redirects [1] of max [0] | REDIRECT | 0
					The HTTP response from the server [103] did not permit the HTTP upgrade to WebSocket             | PROTOCOL | 0
					The HTTP response from the server [s3cr3t] did not permit the HTTP upgrade to WebSocket          | PROTOCOL | 0
					""")
	void theStatusIsInTomcatsMessage(String message, Kind kind, int status) {
		DialException failure = DialFailures.of(TARGET, new DeploymentException(message));
		assertThat(failure.kind()).isEqualTo(kind);
		assertThat(failure.statusCode()).isEqualTo(status);
		assertHasNoSecret(failure);
	}

	@ParameterizedTest
	@ValueSource(strings = { "HTTP @ proxy:8080", "HTTP @ proxy/<unresolved>:8080", "HTTP @ /127.0.0.1:8080" })
	void theStatusOfAProxyIsInTomcatsMessage(String proxy) {
		DialException failure = DialFailures.of(TARGET, new DeploymentException(
				"Failed to connect to the configured Proxy [" + proxy + "]. The HTTP response code was [403]"));
		assertThat(failure.kind()).isEqualTo(Kind.PROXY_REFUSED);
		assertThat(failure.statusCode()).isZero();
		assertThat(failure.proxyStatusCode()).isEqualTo(403);
		assertThat(failure).hasMessage("The proxy refused to connect to example.com:443 with status 403");
	}

	@Test
	void aNumberInTheUrlIsNoStatus() {
		DialException failure = DialFailures.of(TARGET,
				new DeploymentException(
						"The HTTP request to initiate the WebSocket connection to [ws://h/[503]] failed",
						new ExecutionException(new ConnectException("Connection refused"))));
		assertThat(failure.kind()).isEqualTo(Kind.NETWORK);
		assertThat(failure.statusCode()).isZero();
		assertThat(failure).hasCauseExactlyInstanceOf(ConnectException.class)
			.hasMessage("example.com:443 does not accept connections");
	}

	@Test
	void anUntrustedCertificateKeepsItsReason() {
		Exception cause = new SSLHandshakeException("PKIX path building failed");
		cause.initCause(new CertificateException("No name matching example.com found"));
		DialException failure = DialFailures.of(TARGET, tomcats(new ExecutionException(cause)));
		assertThat(failure.kind()).isEqualTo(Kind.UNTRUSTED);
		assertThat(failure).hasCause(cause);
	}

	@Test
	void anAlertOfTheServerIsTheNetwork() {
		DialException failure = DialFailures.of(TARGET,
				tomcats(new ExecutionException(new SSLHandshakeException("Received fatal alert: handshake_failure"))));
		assertThat(failure.kind()).isEqualTo(Kind.NETWORK);
		assertThat(failure).hasMessageContaining("TLS").hasCauseInstanceOf(SSLHandshakeException.class);
	}

	@Test
	void anUnknownHostIsTheNetwork() {
		DialException failure = DialFailures.of(TARGET, new UnresolvedAddressException());
		assertThat(failure.kind()).isEqualTo(Kind.NETWORK);
		assertThat(failure).hasMessageContaining("unknown host");
	}

	@Test
	void aTimeoutKeepsNoHeaders() {
		DialException failure = DialFailures.of(TARGET, tomcats(new TimeoutException("[503], {Set-Cookie=[s3cr3t]}")));
		assertThat(failure.kind()).isEqualTo(Kind.TIMEOUT);
		assertThat(failure).hasMessage("example.com:443 did not answer in time");
		assertHasNoSecret(failure);
	}

	@Test
	void anEndInTheHandshakeIsTheNetworkAndKeepsNoHeaders() {
		DialException failure = DialFailures.of(TARGET, tomcats(new EOFException("[200], {Set-Cookie=[s3cr3t]}")));
		assertThat(failure.kind()).isEqualTo(Kind.NETWORK);
		assertHasNoSecret(failure);
	}

	@Test
	void aFailureOfOursIsKept() {
		DialException own = new DialException(Kind.MALFORMED, "Ours", null);
		assertThat(DialFailures.of(TARGET, new ExecutionException(own))).isSameAs(own);
	}

	@Test
	void unknownFailureHasNoMessageButItsOrigin() {
		IllegalStateException unknown = new IllegalStateException("s3cr3t", new IOException("at wss://h?s3cr3t"));
		unknown.addSuppressed(new IOException("s3cr3t"));
		DialException failure = DialFailures.of(TARGET, unknown);
		assertHasNoSecret(failure);
		assertThat(failure).hasStackTraceContaining("IllegalStateException");
		assertThat(failure.getCause().getStackTrace()).isEqualTo(unknown.getStackTrace());
	}

	@Test
	void aPlainSentenceOfTheJdkIsKept() {
		IOException reset = new IOException("Connection reset by peer");
		assertThat(SanitizedCause.of(new ExecutionException(reset))).isSameAs(reset);
	}

	@Test
	void aCauseOfItselfEnds() {
		Exception first = new IllegalStateException("s3cr3t");
		first.initCause(new IllegalStateException("s3cr3t", first));
		assertHasNoSecret(DialFailures.of(TARGET, first));
	}

	private static DeploymentException tomcats(Throwable cause) {
		return new DeploymentException(
				"The HTTP request to initiate the WebSocket connection to [" + TARGET + "] failed", cause);
	}

	private static void assertHasNoSecret(Throwable failure) {
		StringWriter printed = new StringWriter();
		failure.printStackTrace(new PrintWriter(printed));
		assertThat(printed.toString()).doesNotContain("s3cr3t");
	}

}
