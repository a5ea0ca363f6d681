package dev.streaming.sample;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.apache.coyote.AbstractProtocol;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for requests of another site, and of a malicious client, to the running sample.
 */
@ExtendWith(OutputCaptureExtension.class)
@Tag("socket")
class WebProtectionTests extends AbstractSampleTests {

	private static final String FORM = "application/x-www-form-urlencoded";

	@Test
	void onlyThisComputerCanConnect(@Autowired ServletWebServerApplicationContext context) {
		TomcatWebServer server = (TomcatWebServer) context.getWebServer();
		assertThat(server).isNotNull();
		assertThat(server.getTomcat().getConnector().getProtocolHandler()).isInstanceOfSatisfying(
				AbstractProtocol.class, (handler) -> assertThat(handler.getAddress().isLoopbackAddress()).isTrue());
	}

	@Test
	void readingTheChatIsNotAllowed() throws Exception {
		HttpResponse<String> response = client().send(client().request("/chat?text=hello").build());
		assertThat(response.statusCode()).isEqualTo(405);
		assertThat(response.headers().firstValue("Allow")).hasValue("POST");
		assertNoVisitors();
	}

	static Stream<Map<String, String>> crossSite() {
		return Stream.of(Map.of("Origin", "http://evil.example"), Map.of("Origin", "null"),
				Map.of("Sec-Fetch-Site", "cross-site"), Map.of("Sec-Fetch-Site", "same-site"));
	}

	@ParameterizedTest
	@MethodSource("crossSite")
	void otherSitesCannotChangeAnything(Map<String, String> headers) throws Exception {
		client().chat("hello");
		double dials = client().count("streaming.connect");
		for (String path : List.of("/chat", "/provider/drop", "/provider/drop?next-answer=true", "/provider/refuse",
				"/provider/go-away", "/actuator/streaming", "/nowhere")) {
			HttpRequest.Builder request = client().request(path).header("Content-Type", FORM);
			headers.forEach(request::header);
			HttpResponse<String> response = newVisitor()
				.send(request.POST(BodyPublishers.ofString("text=hello")).build());
			assertThat(response.statusCode()).as(path).isEqualTo(403);
		}
		assertThat(visitors().snapshot()).hasSize(1);
		// Neither dropped nor armed
		assertThat(AbstractChatTests.answer(client().chat("again"))).contains("and before that “hello”");
		assertThat(client().count("streaming.connect")).isEqualTo(dials);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "/app.js", "/style.css", "/session", "/nowhere", "/chat", "/actuator/health" })
	void everyResponseHasSecurityHeaders(String path) throws Exception {
		assertSecurityHeaders(client().send(client().request(path).build()));
	}

	@Test
	void refusalsHaveSecurityHeaders() throws Exception {
		assertSecurityHeaders(client().refused(""));
		HttpResponse<String> refused = client().send(client().request("/chat")
			.header("Origin", "http://evil.example")
			.POST(BodyPublishers.noBody())
			.build());
		assertThat(refused.statusCode()).isEqualTo(403);
		assertSecurityHeaders(refused);
	}

	private static void assertSecurityHeaders(HttpResponse<String> response) {
		Map<String, List<String>> headers = response.headers().map();
		assertThat(headers).containsEntry("x-content-type-options", List.of("nosniff"))
			.containsEntry("x-frame-options", List.of("DENY"))
			.containsEntry("referrer-policy", List.of("same-origin"))
			.containsEntry("cross-origin-resource-policy", List.of("same-origin"))
			.containsEntry("cross-origin-opener-policy", List.of("same-origin"));
		assertThat(headers.get("content-security-policy")).singleElement()
			.asString()
			.contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
			.doesNotContain("unsafe");
	}

	@Test
	void pageHasNothingInline() throws Exception {
		assertThat(client().get("/")).doesNotContainPattern("<style|\\bstyle=|\\son\\w+=|javascript:")
			.doesNotContainPattern("<script(?![^>]* src=\"[a-z.]+\"></script>)");
		assertThat(client().get("/app.js")).doesNotContain("innerHTML", "eval(", "http:", "https:", ".style");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "\n" })
	void emptyTextIsRefused(String text) throws Exception {
		assertRefused(client().refused(text), 400, "Please write something.");
	}

	@Test
	void textBeyondTheLimitIsRefused() throws Exception {
		assertRefused(client().refused("ä".repeat(2001)), 400, "Please write no more than 2000 characters.");
		assertNoVisitors();
		assertThat(client().chat("ä".repeat(2000))).isNotEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/chat", "/provider/drop", "/provider/refuse" })
	void hugeFormIsRefused(String path, CapturedOutput output) throws Exception {
		assertUnreadable(path, "text=" + "x".repeat(1_000_000), 413, "This is too long.");
		assertThat(output).doesNotContain("ERROR", "InvalidParameterException");
	}

	@ParameterizedTest
	@ValueSource(strings = { "text=%zz", "text=%E4%", "text=%C3%28" })
	void unreadableFormIsRefused(String form, CapturedOutput output) throws Exception {
		for (String path : List.of("/chat", "/provider/drop", "/provider/refuse")) {
			assertUnreadable(path, form, 400, "This could not be read. Please write it in another way.");
		}
		assertThat(output).doesNotContain("ERROR", "InvalidParameterException");
	}

	private void assertUnreadable(String path, String form, int status, String message) throws Exception {
		assertRefused(client()
			.send(client().request(path).header("Content-Type", FORM).POST(BodyPublishers.ofString(form)).build()),
				status, message);
		assertNoVisitors();
	}

	@Test
	void missingTextIsRefused() throws Exception {
		HttpResponse<String> response = client().send(client().request("/chat")
			.header("Content-Type", FORM)
			.POST(BodyPublishers.ofString("question=hello"))
			.build());
		assertThat(response.statusCode()).isEqualTo(400);
		assertThat(response.body()).contains("'text'");
	}

	@Test
	void textIsTakenFromAFormAlone() throws Exception {
		HttpResponse<String> response = client().send(client().request("/chat?text=hello")
			.header("Content-Type", "text/plain")
			.POST(BodyPublishers.ofString("text=hello"))
			.build());
		assertThat(response.statusCode()).isEqualTo(415);
		assertNoVisitors();
	}

	@ParameterizedTest
	@ValueSource(strings = { "99999999999d", "9999999999999999999d", "601s", "11m", "0s", "-5s", "soon" })
	void outageOutOfRangeIsRefused(String duration) throws Exception {
		client().chat("hello");
		HttpResponse<String> response = client()
			.send(client().request("/provider/refuse?for=" + duration).POST(BodyPublishers.noBody()).build());
		assertThat(response.statusCode()).isEqualTo(400);
		assertThat(response.body()).contains("'for'");
		assertThat(AbstractChatTests.answer(client().chat("again"))).contains("and before that “hello”");
	}

	@ParameterizedTest
	@ValueSource(strings = { "env", "configprops", "beans", "loggers", "heapdump", "threaddump", "shutdown" })
	void actuatorShowsNoMoreThanIsNeeded(String endpoint) throws Exception {
		assertThat(client().send(client().request("/actuator/" + endpoint).build()).statusCode()).isEqualTo(404);
	}

	@Test
	void actuatorOnlyReads() throws Exception {
		client().chat("hello");
		String id = client().json("/actuator/streaming").at("/sessions/0/id").asString();
		assertThat(client().send(client().request("/actuator/streaming/" + id).DELETE().build()).statusCode())
			.isEqualTo(405);
		assertThat(client().json("/session").path("session").path("state").asString()).isEqualTo("open");
	}

	private static void assertRefused(HttpResponse<String> response, int status, String sentence) {
		assertThat(response.statusCode()).isEqualTo(status);
		assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
		assertThat(response.body()).contains("\"detail\":\"" + sentence + "\"");
	}

	private void assertNoVisitors() {
		assertThat(visitors().snapshot()).isEmpty();
	}

}
