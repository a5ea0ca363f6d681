package dev.streaming.sample;

import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpSession;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link VisitorId}.
 */
class VisitorIdTests {

	@Test
	void nameIsTheSameForTheSameHttpSessionAndDoesNotTellItsId() {
		assertThat(VisitorId.of("A1B2")).isEqualTo(VisitorId.of("A1B2"))
			.isNotEqualTo(VisitorId.of("A1B3"))
			.hasSize(16)
			.doesNotContain("A1B2");
	}

	@Test
	void visitorWhoseHttpSessionHasEndedIsNotEverybody() {
		MockHttpServletRequest request = new MockHttpServletRequest();
		assertThat(VisitorId.of(request)).isNull();
		request.setRequestedSessionId("ended");
		assertThat(VisitorId.of(request)).isEqualTo(VisitorId.of("ended"));
		request.setSession(new MockHttpSession(null, "present"));
		assertThat(VisitorId.of(request)).isEqualTo(VisitorId.of("present"));
	}

}
