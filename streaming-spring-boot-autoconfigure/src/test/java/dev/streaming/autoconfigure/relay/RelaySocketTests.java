package dev.streaming.autoconfigure.relay;

import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.security.Principal;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import dev.streaming.SessionSpec;
import dev.streaming.relay.RelayAttributes;
import dev.streaming.relay.RelayCustomizer;
import dev.streaming.relay.RelayHandshake;
import dev.streaming.testsupport.InMemoryTransport;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * The relay on a real web server, behind a login of Spring Security.
 */
@Rule("R2")
@Tag("socket")
@Timeout(60)
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "streaming.relay.enabled=true", "streaming.connections.assistant.provider=openai-realtime",
				"streaming.connections.assistant.openai.api-key=sk-test" })
class RelaySocketTests {

	@LocalServerPort
	private int port;

	@Autowired
	private Principals principals;

	private final HttpClient client = HttpClient.newBuilder().cookieHandler(new CookieManager()).build();

	@Test
	void principalOfLoginTalksToTheModel() throws Exception {
		login();
		Browser browser = new Browser();
		WebSocket socket = connect(browser, origin()).join();
		socket.sendText("{\"type\":\"hello\",\"version\":1}", true).join();
		assertThat(browser.next()).contains("\"type\":\"opening\"");
		assertThat(browser.next()).contains("\"type\":\"ready\"", "\"token\":\"");
		assertThat(this.principals.last).hasValue("ann");
		socket.sendText("{\"type\":\"bye\"}", true).join();
		assertThat(browser.next()).contains("\"type\":\"closed\"");
		assertThat(browser.closed.get(10, TimeUnit.SECONDS)).isEqualTo(1000);
	}

	@Test
	void messageThatIsTooBigIsRefusedByTheContainer() throws Exception {
		login();
		Browser browser = new Browser();
		WebSocket socket = connect(browser, origin()).join();
		socket.sendText("{\"type\":\"hello\",\"version\":1,\"x\":\"" + "x".repeat(40_000) + "\"}", true).join();
		assertThat(browser.closed.get(10, TimeUnit.SECONDS)).isEqualTo(1009);
	}

	@Test
	void browserWithoutLoginIsRefused() {
		refused(origin(), 401);
	}

	@Test
	void browserWhoseLoginIsOverIsRefused() throws Exception {
		login();
		this.client.send(
				HttpRequest.newBuilder(uri("http", "/logout")).POST(HttpRequest.BodyPublishers.noBody()).build(),
				HttpResponse.BodyHandlers.discarding());
		refused(origin(), 401);
	}

	@Test
	void pageOfAnotherOriginIsRefusedAlsoWithALogin() throws Exception {
		login();
		refused("https://evil.example", 403);
	}

	@Test
	void scriptIsServedFromTheJar() throws Exception {
		login();
		for (String file : new String[] { "relay.js", "relay-worklet.js" }) {
			HttpResponse<String> script = this.client.send(
					HttpRequest.newBuilder(uri("http", "/streaming/" + file)).build(),
					HttpResponse.BodyHandlers.ofString());
			assertThat(script.statusCode()).isEqualTo(200);
			assertThat(script.headers().firstValue(HttpHeaders.CONTENT_TYPE))
				.hasValueSatisfying((type) -> assertThat(type).startsWith("text/javascript"));
		}
	}

	private void refused(String origin, int status) {
		assertThatThrownBy(() -> connect(new Browser(), origin).join()).isInstanceOf(CompletionException.class)
			.cause()
			.isInstanceOfSatisfying(WebSocketHandshakeException.class,
					(failure) -> assertThat(failure.getResponse().statusCode()).isEqualTo(status));
	}

	private void login() throws Exception {
		HttpResponse<Void> response = this.client.send(HttpRequest.newBuilder(uri("http", "/login"))
			.header(HttpHeaders.CONTENT_TYPE, "application/x-www-form-urlencoded")
			.POST(HttpRequest.BodyPublishers.ofString("username=ann&password=secret"))
			.build(), HttpResponse.BodyHandlers.discarding());
		assertThat(response.headers().firstValue(HttpHeaders.LOCATION).orElse("")).doesNotContain("error");
	}

	private CompletableFuture<WebSocket> connect(Browser browser, String origin) {
		// A WebSocket of the JDK sends the cookies of its client
		return this.client.newWebSocketBuilder()
			.header(HttpHeaders.ORIGIN, origin)
			.buildAsync(uri("ws", "/streaming/relay"), browser);
	}

	private String origin() {
		return "http://localhost:" + this.port;
	}

	private URI uri(String scheme, String path) {
		return URI.create(scheme + "://localhost:" + this.port + path);
	}

	/**
	 * Takes what comes.
	 */
	private static final class Browser implements WebSocket.Listener {

		private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

		private final CompletableFuture<Integer> closed = new CompletableFuture<>();

		String next() throws InterruptedException {
			return String.valueOf(this.events.poll(10, TimeUnit.SECONDS));
		}

		@Override
		public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
			this.events.add(data.toString());
			socket.request(1);
			return CompletableFuture.completedFuture(null);
		}

		@Override
		public CompletionStage<?> onClose(WebSocket socket, int statusCode, String reason) {
			this.closed.complete(statusCode);
			return CompletableFuture.completedFuture(null);
		}

	}

	/**
	 * Remembers whose session was opened.
	 */
	static final class Principals implements RelayCustomizer {

		private final AtomicReference<Object> last = new AtomicReference<>();

		@Override
		public void customize(RelayHandshake handshake, SessionSpec spec) {
			spec.conn((conn) -> conn.handshake(
					(dial) -> this.last.set(((Principal) dial.attributes().get(RelayAttributes.PRINCIPAL)).getName())));
		}

	}

	@EnableAutoConfiguration
	@EnableWebSecurity
	@Configuration(proxyBeanMethods = false)
	static class Application {

		@Bean
		Principals principals() {
			return new Principals();
		}

		@Bean
		InMemoryTransport provider() {
			return new InMemoryTransport().onDial((dial) -> dial.accept((peer) -> {
				peer.onMessage((message) -> peer.text("{\"type\":\"session.updated\",\"session\":{}}"));
				peer.text("{\"type\":\"session.created\",\"session\":{}}");
			}));
		}

		@Bean
		SecurityFilterChain security(HttpSecurity http) throws Exception {
			return http.authorizeHttpRequests((requests) -> requests.anyRequest().authenticated())
				.formLogin((login) -> login.loginProcessingUrl("/login"))
				.exceptionHandling((failures) -> failures
					.authenticationEntryPoint((request, response, failure) -> response.setStatus(401)))
				.csrf((csrf) -> csrf.disable())
				.build();
		}

		@Bean
		InMemoryUserDetailsManager users() {
			return new InMemoryUserDetailsManager(
					User.withUsername("ann").password("{noop}secret").roles("USER").build());
		}

	}

}
