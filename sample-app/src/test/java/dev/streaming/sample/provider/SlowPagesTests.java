package dev.streaming.sample.provider;

import java.time.Duration;
import java.util.Map;

import dev.streaming.sample.VisitorId;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;

import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.server.support.HttpSessionHandshakeInterceptor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link SlowPages}.
 */
class SlowPagesTests {

	private final SlowPages pages = new SlowPages();

	@Test
	void messageToASlowPageTakesItsTime() throws Exception {
		this.pages.slow(VisitorId.of("ann"), Duration.ofMinutes(1));
		assertThat(sendTime("ann")).isGreaterThanOrEqualTo(SlowPages.MESSAGE);
		assertThat(this.pages.isSlow(VisitorId.of("bob"))).isFalse();
	}

	@Test
	void pageIsSlowForAWhile() {
		this.pages.slow("ann", Duration.ofNanos(1));
		assertThat(this.pages.isSlow("ann")).isFalse();
	}

	@Test
	void pageWithoutAVisitorIsNotSlow() throws Exception {
		WebSocketHandler relay = mock(WebSocketHandler.class);
		WebSocketSession session = mock(WebSocketSession.class);
		given(session.getAttributes()).willReturn(Map.of());
		this.pages.decorate(relay).afterConnectionEstablished(session);
		then(relay).should().afterConnectionEstablished(session);
	}

	private Duration sendTime(String http) throws Exception {
		WebSocketHandler relay = mock(WebSocketHandler.class);
		WebSocketSession session = mock(WebSocketSession.class);
		given(session.getAttributes())
			.willReturn(Map.of(HttpSessionHandshakeInterceptor.HTTP_SESSION_ID_ATTR_NAME, http));
		this.pages.decorate(relay).afterConnectionEstablished(session);
		ArgumentCaptor<WebSocketSession> decorated = ArgumentCaptor.forClass(WebSocketSession.class);
		then(relay).should().afterConnectionEstablished(decorated.capture());
		TextMessage message = new TextMessage("hello");
		long begun = System.nanoTime();
		decorated.getValue().sendMessage(message);
		then(session).should().sendMessage(message);
		return Duration.ofNanos(System.nanoTime() - begun);
	}

}
