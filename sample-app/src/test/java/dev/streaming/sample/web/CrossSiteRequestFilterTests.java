package dev.streaming.sample.web;

import java.util.Set;

import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CrossSiteRequestFilter}.
 */
class CrossSiteRequestFilterTests {

	private final CrossSiteRequestFilter filter = new CrossSiteRequestFilter(
			new WebProperties(Set.of("chat.example.org")));

	@ParameterizedTest
	@CsvSource(nullValues = "-", value = { "-, -", "-, same-origin", "-, none", "http://localhost:8080, -",
			"http://localhost:8080, same-origin" })
	void changesFromTheSameOriginPass(@Nullable String origin, @Nullable String site) throws Exception {
		for (String method : new String[] { "POST", "PUT", "PATCH", "DELETE" }) {
			assertThat(passes(request(method, "localhost", origin, site))).as(method).isTrue();
		}
	}

	@ParameterizedTest
	@CsvSource(nullValues = "-", value = { "http://evil.example, -", "http://localhost, -", "http://localhost:9999, -",
			"https://localhost:8080, -", "http://localhost.evil.example:8080, -", "null, -", "'', -", "http://[, -",
			"-, cross-site", "-, same-site", "-, SAME-ORIGIN", "-, ''", "http://localhost:8080, cross-site",
			"http://evil.example, same-origin", "http://evil.example, none" })
	void changesFromElsewhereAreRefused(@Nullable String origin, @Nullable String site) throws Exception {
		for (String method : new String[] { "POST", "PUT", "PATCH", "DELETE", "post", "MAKE" }) {
			assertThat(passes(request(method, "localhost", origin, site))).as(method).isFalse();
		}
	}

	@Test
	void changeFromATemplateIsRefused() throws Exception {
		assertThat(passes(request("POST", "localhost", "http://localhost:{port}", null))).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET", "HEAD", "OPTIONS" })
	void readingFromElsewherePasses(String method) throws Exception {
		assertThat(passes(request(method, "localhost", "http://evil.example", "cross-site"))).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "localhost", "LOCALHOST", "127.0.0.1", "192.168.1.5", "[::1]", "[fe80::1]",
			"chat.example.org", "Chat.Example.org" })
	void ownHostNamesPass(String host) throws Exception {
		assertThat(passes(request("GET", host, null, null))).isTrue();
	}

	/**
	 * DNS rebinding: the browser believes that it is the same origin.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "chat.example.org.",
			"evil-chat.example.org", "" })
	void otherHostNamesAreRefused(String host) throws Exception {
		assertThat(passes(request("GET", host, null, null))).isFalse();
		assertThat(passes(request("POST", host, "http://" + host + ":8080", "same-origin"))).isFalse();
	}

	@Test
	void refusalContainsTheRemedy() throws Exception {
		MockHttpServletResponse response = new MockHttpServletResponse();
		this.filter.doFilter(request("GET", "evil.example", null, null), response, new MockFilterChain());
		assertThat(response.getStatus()).isEqualTo(HttpServletResponse.SC_FORBIDDEN);
		assertThat(response.getContentType()).isEqualTo("application/problem+json");
		assertThat(response.getContentAsString()).contains("sample.web.hosts").doesNotContain("evil");
	}

	private boolean passes(MockHttpServletRequest request) throws Exception {
		MockFilterChain chain = new MockFilterChain();
		MockHttpServletResponse response = new MockHttpServletResponse();
		this.filter.doFilter(request, response, chain);
		boolean passed = chain.getRequest() != null;
		assertThat(response.getStatus()).isEqualTo(passed ? 200 : 403);
		return passed;
	}

	private static MockHttpServletRequest request(String method, String host, @Nullable String origin,
			@Nullable String site) {
		MockHttpServletRequest request = new MockHttpServletRequest(method, "/chat");
		request.setServerName(host);
		request.setServerPort(8080);
		if (origin != null) {
			request.addHeader("Origin", origin);
		}
		if (site != null) {
			request.addHeader("Sec-Fetch-Site", site);
		}
		return request;
	}

}
