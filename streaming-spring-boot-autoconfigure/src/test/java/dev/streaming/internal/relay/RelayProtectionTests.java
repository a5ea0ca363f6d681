package dev.streaming.internal.relay;

import java.security.Principal;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.streaming.SessionSpec;
import dev.streaming.relay.RelayAttributes;
import dev.streaming.relay.RelayCustomizer;
import dev.streaming.relay.RelayEnd;
import dev.streaming.relay.RelayHandshake;
import dev.streaming.relay.RelayObserver.Handshake;
import dev.streaming.relay.RelayState;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.Rule;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.http.server.ServletServerHttpResponse;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketSession;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;

/**
 * R2 and R3: who may connect, what a browser may do, and what becomes of one that does
 * something else.
 */
@Timeout(30)
class RelayProtectionTests {

	private final RelayFixture fixture = new RelayFixture();

	@AfterEach
	void close() {
		this.fixture.close();
	}

	@Test
	@Rule("R2")
	void principalIsAttributeOfSession() throws Exception {
		AtomicReference<Object> seen = new AtomicReference<>();
		this.fixture.customizer(new RelayCustomizer() {

			@Override
			public void customize(RelayHandshake handshake, SessionSpec spec) {
				spec.conn(
						(conn) -> conn.handshake((dial) -> seen.set(dial.attributes().get(RelayAttributes.PRINCIPAL))));
			}

		});
		Principal ann = () -> "ann";
		this.fixture.browser(ann).hello().await("ready");
		assertThat(seen).hasValue(ann);
	}

	@ParameterizedTest
	@Rule("R2")
	@ValueSource(strings = { "https://evil.example", "null", "http://app.example:8081", "not an origin",
			"http://app.example.evil.test", "http://[", "http://app.example:port", "http://app.example:{port}" })
	void pageOfAnotherOriginIsRefused(String origin) {
		assertThat(handshake(origin, List.of())).isEqualTo(403);
		assertThat(this.fixture.observer.handshakes).containsExactly(Handshake.ORIGIN);
	}

	@Test
	@Rule("R2")
	void pageOfSameOriginAndOfAllowedOnesIsTaken() {
		assertThat(handshake("http://app.example", List.of())).isEqualTo(200);
		assertThat(handshake(null, List.of())).isEqualTo(200);
		assertThat(handshake("https://shop.example", List.of("https://shop.example"))).isEqualTo(200);
		assertThat(handshake("https://a.shop.example", List.of("https://*.shop.example"))).isEqualTo(200);
		assertThat(handshake("https://shop.example.evil", List.of("https://shop.example"))).isEqualTo(403);
	}

	private int handshake(String origin, List<String> allowed) {
		MockHttpServletRequest request = new MockHttpServletRequest("GET", "/streaming/relay");
		request.setServerName("app.example");
		if (origin != null) {
			request.addHeader("Origin", origin);
		}
		MockHttpServletResponse response = new MockHttpServletResponse();
		boolean taken = new RelayHandshakeInterceptor(this.fixture.relays(), allowed).beforeHandshake(
				new ServletServerHttpRequest(request), new ServletServerHttpResponse(response),
				new RelayWebSocketHandler(this.fixture.relays()), new HashMap<>());
		assertThat(taken).isEqualTo(response.getStatus() == 200);
		return response.getStatus();
	}

	@Test
	@Rule("R2")
	void customizerRefusesHandshake() {
		refuse((handshake) -> !handshake.header("X-Banned").contains("yes"));
		assertThat(handshakeWith("X-Banned", "yes")).isEqualTo(403);
		assertThat(handshakeWith("X-Banned", "no")).isEqualTo(200);
		assertThat(this.fixture.observer.handshakes).containsExactly(Handshake.REFUSED, Handshake.ACCEPTED);
	}

	@Test
	@Rule("R2")
	void customizerThatFailsRefuses() {
		refuse((handshake) -> {
			throw new IllegalStateException("out of order");
		});
		assertThat(handshakeWith("X", "y")).isEqualTo(403);
	}

	private void refuse(Function<RelayHandshake, Boolean> decision) {
		this.fixture.customizer(new RelayCustomizer() {

			@Override
			public boolean accept(RelayHandshake handshake) {
				return decision.apply(handshake);
			}

		});
	}

	private int handshakeWith(String header, String value) {
		MockHttpServletRequest request = new MockHttpServletRequest("GET", "/streaming/relay");
		request.addHeader(header, value);
		MockHttpServletResponse response = new MockHttpServletResponse();
		new RelayHandshakeInterceptor(this.fixture.relays(), List.of()).beforeHandshake(
				new ServletServerHttpRequest(request), new ServletServerHttpResponse(response),
				new RelayWebSocketHandler(this.fixture.relays()), new HashMap<>());
		return response.getStatus();
	}

	@Test
	@Rule("R2")
	void principalHasSoManySessions() throws Exception {
		for (int i = 0; i < 5; i++) {
			this.fixture.browser(() -> "ann").hello().await("ready");
		}
		FakeBrowser sixth = this.fixture.browser(() -> "ann").hello();
		assertThat(sixth.awaitClose()).isEqualTo(RelayClose.LIMIT);
		this.fixture.browser(() -> "bob").hello().await("ready");
		assertThat(this.fixture.sessions).hasSize(6);
	}

	@Test
	@Rule("R2")
	void endedSessionDoesNotCount() throws Exception {
		for (int i = 0; i < 7; i++) {
			FakeBrowser browser = this.fixture.browser(() -> "ann").hello();
			browser.await("ready");
			browser.say("{'type':'bye'}").awaitClose();
		}
	}

	@Test
	@Rule("R2")
	void browserThatSendsTooMuchIsClosed() throws Exception {
		FakeBrowser browser = this.fixture.ready();
		for (int i = 0; i < 199; i++) {
			browser.speak(new byte[2]);
		}
		assertThat(browser.isClosed()).isFalse();
		browser.speak(new byte[2]);
		assertThat(browser.awaitClose()).isEqualTo(RelayClose.TOO_FAST);
	}

	@Test
	@Rule("R2")
	void rateIsThatOfTheLastSeconds() throws Exception {
		FakeBrowser browser = this.fixture.ready();
		for (int second = 0; second < 10; second++) {
			for (int i = 0; i < 100; i++) {
				browser.speak(new byte[2]);
			}
			this.fixture.clock.advance(Duration.ofSeconds(1));
		}
		assertThat(browser.isClosed()).isFalse();
	}

	@Test
	@Rule("R2")
	void messageThatIsTooBigIsRefused() throws Exception {
		FakeBrowser browser = this.fixture.ready();
		browser.speak(new byte[32 * 1024 + 2]);
		assertThat(browser.awaitClose()).isEqualTo(CloseStatus.TOO_BIG_TO_PROCESS);
	}

	/**
	 * The container puts a message together before anybody sees it.
	 */
	@Test
	@Rule("R2")
	void containerKeepsNoMessageThatIsTooBig() throws Exception {
		WebSocketSession session = mock(WebSocketSession.class);
		given(session.getAttributes())
			.willReturn(new HashMap<>(Map.of(DefaultRelayHandshake.ATTRIBUTE, mock(RelayHandshake.class))));
		new RelayWebSocketHandler(this.fixture.relays()).afterConnectionEstablished(session);
		verify(session).setTextMessageSizeLimit(32 * 1024);
		verify(session).setBinaryMessageSizeLimit(32 * 1024);
	}

	@Test
	@Rule("R2")
	void idleSessionIsEnded() throws Exception {
		FakeBrowser browser = this.fixture.ready();
		answerPings(browser, 1, 12);
		browser.say("{'type':'text','text':'Hello'}");
		this.fixture.awaitTold("conversation.item.create");
		answerPings(browser, 13, 24);
		assertThat(browser.isClosed()).isFalse();
		// An open microphone is no activity
		browser.speak(new byte[2]);
		answerPings(browser, 25, 26);
		this.fixture.clock.advance(Duration.ofSeconds(20));
		assertThat(browser.awaitClose()).isEqualTo(RelayClose.IDLE);
		this.fixture.assertEnds(RelayEnd.IDLE);
	}

	// Three of them are a minute
	private void answerPings(FakeBrowser browser, int first, int last) throws InterruptedException {
		for (int ping = first; ping <= last; ping++) {
			this.fixture.clock.fallDue(Duration.ofSeconds(20));
			browser.awaitPongs(ping);
		}
	}

	@Test
	@Rule("R3")
	void browserWithoutAHelloIsClosed() throws Exception {
		FakeBrowser browser = this.fixture.browser();
		this.fixture.clock.advance(Duration.ofSeconds(10));
		assertThat(browser.awaitClose()).isEqualTo(RelayClose.NO_HELLO);
		assertThat(this.fixture.sessions).isEmpty();
		assertThat(this.fixture.clock.pending()).isZero();
	}

	@ParameterizedTest
	@Rule("R3")
	@ValueSource(strings = { "", "nonsense", "[]", "'hello'", "{}", "{'type':'hello'}", "{'type':'hello','version':2}",
			"{'type':'hello','version':1,'token':17}", "{'type':'hello','version':1,'received':-1}" })
	void browserThatDoesNotBeginWithHelloIsClosed(String first) throws Exception {
		FakeBrowser browser = this.fixture.browser().say(first);
		assertThat(browser.awaitClose().getCode()).isEqualTo(1008);
		assertThat(this.fixture.sessions).isEmpty();
	}

	@ParameterizedTest
	@Rule("R3")
	@ValueSource(strings = { "x", "{'type':'hello','version':1}", "{'type':'text'}", "{'type':'text','text':' '}",
			"{'type':'text','text':7}", "{'type':'heard','answer':'a1','position':-1}",
			"{'type':'heard','answer':'a1','position':1e99}", "{'type':'heard','answer':'a1','position':'x'}",
			"{'type':'response.create'}", "{'type':['text']}" })
	void browserThatBreaksTheProtocolIsClosed(String message) throws Exception {
		FakeBrowser browser = this.fixture.ready();
		browser.say(message);
		assertThat(browser.awaitClose()).isEqualTo(RelayClose.BAD_MESSAGE);
		assertThat(this.fixture.peer().texts()).hasSize(1);
	}

	@Test
	@Rule("R3")
	void longTextAndHalfSampleBreakTheProtocol() throws Exception {
		FakeBrowser browser = this.fixture.ready();
		browser.say("{'type':'text','text':'" + "x".repeat(4001) + "'}");
		assertThat(browser.awaitClose()).isEqualTo(RelayClose.BAD_MESSAGE);
		FakeBrowser other = this.fixture.ready();
		other.speak(new byte[3]);
		assertThat(other.awaitClose()).isEqualTo(RelayClose.BAD_MESSAGE);
		FakeBrowser third = this.fixture.ready();
		third.say("{'type':'cancel','answer':'" + "a".repeat(65) + "'}");
		assertThat(third.awaitClose()).isEqualTo(RelayClose.BAD_MESSAGE);
		FakeBrowser early = this.fixture.browser().speak(new byte[2]);
		assertThat(early.awaitClose()).isEqualTo(RelayClose.NO_HELLO);
	}

	@Test
	@Rule("R3")
	void messagesAfterAProtocolViolationAreIgnored() throws Exception {
		FakeBrowser browser = this.fixture.ready();
		String token = browser.awaitToken();
		browser.stall();
		this.fixture.begins("r1");
		this.fixture.says("r1", "Hello");
		browser.awaitStuck();
		// The close frame has to wait for the message that is being written
		browser.say("{'type':'make.tea'}").say("{'type':'text','text':'unheard'}");
		browser.readOn();
		assertThat(browser.awaitClose()).isEqualTo(RelayClose.BAD_MESSAGE);
		FakeBrowser back = this.fixture.browser().hello(token, 0);
		back.await("ready");
		back.say("{'type':'text','text':'heard'}");
		assertThat(this.fixture.awaitTold("conversation.item.create").at("/item/content/0/text").asString())
			.isEqualTo("heard");
	}

	@Test
	@Rule("R3")
	void inputOfTheBrowserIsNotLogged() throws Exception {
		Logger root = (Logger) LoggerFactory.getLogger("dev.streaming");
		ListAppender<ILoggingEvent> appender = new ListAppender<>();
		appender.start();
		Level before = root.getLevel();
		root.setLevel(Level.TRACE);
		root.addAppender(appender);
		try {
			FakeBrowser browser = this.fixture.ready();
			browser.say("{'type':'MARKER\u001b[31m','x':'MARKER'}").awaitClose();
			this.fixture.browser().say("MARKER\r\nnot json").awaitClose();
			handshake("https://MARKER.example", List.of());
			FakeBrowser other = this.fixture.ready();
			this.fixture.peer().drop();
			other.say("{'type':'text','text':'MARKER'}");
			other.await("transcript");
		}
		finally {
			root.detachAppender(appender);
			root.setLevel(before);
		}
		assertThat(List.copyOf(appender.list)).hasSizeGreaterThan(2).allSatisfy((event) -> {
			assertThat(event.getFormattedMessage()).doesNotContain("MARKER", "marker");
			assertThat(String.valueOf(event.getKeyValuePairs())).doesNotContain("MARKER");
			assertThat(
					String.valueOf((event.getThrowableProxy() != null) ? event.getThrowableProxy().getMessage() : ""))
				.doesNotContain("MARKER");
		});
	}

	@Test
	@Rule("R3")
	void slowBrowserSlowsItsOwnSessionAlone() throws Exception {
		FakeBrowser slow = this.fixture.ready();
		InMemoryPeer slowPeer = this.fixture.peer();
		FakeBrowser quick = this.fixture.ready();
		InMemoryPeer quickPeer = this.fixture.peer();
		slow.stall();
		int pieces = 400;
		RelayFixture.model(slowPeer, "{'type':'response.created','response':{'id':'r1','conversation_id':'c'}}");
		RelayFixture.model(quickPeer, "{'type':'response.created','response':{'id':'r1','conversation_id':'c'}}");
		Thread provider = new Thread(() -> {
			for (int i = 0; i < pieces; i++) {
				RelayFixture.speaks(slowPeer, "r1", 16_000);
			}
		});
		provider.start();
		for (int i = 0; i < pieces; i++) {
			RelayFixture.speaks(quickPeer, "r1", 16_000);
		}
		quick.await(() -> quick.audioBytes() == pieces * 16_000, "all of the quick browser's audio");
		Awaitility.await().until(slowPeer::isPaused);
		assertThat(this.fixture.relays().weight()).isLessThan(64 * 1024 + 17_000 + 2 * 8 * 1024);
		assertThat(slow.audioBytes()).isLessThan(32_000);
		slow.readOn();
		slow.await(() -> slow.audioBytes() == pieces * 16_000, "all of the slow browser's audio");
		provider.join();
	}

	@Test
	@Rule("R3")
	void stuckProviderHoldsNoThreadOfTheWebServer() throws Exception {
		FakeBrowser browser = this.fixture.ready();
		this.fixture.peer().stallWrites();
		long begun = System.nanoTime();
		for (int i = 0; i < 40; i++) {
			browser.speak(new byte[16 * 1024]);
		}
		assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
		assertThat(browser.await("error").path("code").asString()).isEqualTo("audio_dropped");
		assertThat(browser.events("error")).hasSize(1);
		this.fixture.peer().releaseWrites();
	}

	@Test
	@Rule("R3")
	void unsentTextIsReported() throws Exception {
		FakeBrowser browser = this.fixture.ready();
		this.fixture.provider.transport().onDial((dial) -> {
		});
		this.fixture.peer().drop();
		browser.await("reconnecting");
		browser.say("{'type':'text','text':'Hello?'}");
		assertThat(browser.await("error").path("code").asString()).isEqualTo("not_sent");
		browser.speak(new byte[2]);
		assertThat(this.fixture.observer.count(RelayState.ATTACHED)).isEqualTo(1);
		assertThat(browser.isClosed()).isFalse();
	}

}
