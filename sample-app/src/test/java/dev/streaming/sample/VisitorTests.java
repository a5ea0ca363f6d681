package dev.streaming.sample;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import dev.streaming.sample.ChatClient.Event;
import org.apache.catalina.Context;
import org.apache.catalina.Session;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each visitor has a conversation of one's own.
 */
@Tag("socket")
class VisitorTests extends AbstractSampleTests {

	@Autowired
	private ServletWebServerApplicationContext context;

	@Test
	void visitorsDoNotSeeEachOther() throws Exception {
		ChatClient ann = client();
		ChatClient bob = newVisitor();
		assertThat(answer(ann.chat("I am Ann"))).contains("the first thing in this conversation");
		assertThat(answer(bob.chat("I am Bob"))).contains("the first thing in this conversation").doesNotContain("Ann");
		assertThat(answer(ann.chat("who"))).contains("and before that “I am Ann”");
		assertThat(answer(bob.chat("who"))).contains("and before that “I am Bob”");
		assertThat(ann.json("/actuator/streaming").path("sessions").size()).isEqualTo(2);
	}

	@Test
	void visitorsStayApartWhenTheProviderDropsAllConnections() throws Exception {
		ChatClient bob = newVisitor();
		client().chat("I am Ann");
		bob.chat("I am Bob");
		assertThat(newVisitor().post("/provider/drop").path("dropped").asInt()).isEqualTo(2);
		client().await(Duration.ofSeconds(20), () -> session(client()).path("reconnects").asInt() == 1
				&& session(bob).path("reconnects").asInt() == 1);
		assertThat(answer(bob.chat("who"))).contains("and before that “I am Bob”");
		assertThat(answer(client().chat("who"))).contains("and before that “I am Ann”");
	}

	@Test
	void dropAffectsOnlyTheRequestingVisitor() throws Exception {
		ChatClient bob = newVisitor();
		client().chat("I am Ann");
		bob.chat("I am Bob");
		assertThat(client().post("/provider/drop").path("dropped").asInt()).isEqualTo(1);
		client().await(Duration.ofSeconds(20), () -> session(client()).path("reconnects").asInt() == 1);
		assertThat(session(bob).path("reconnects").asInt()).isZero();
	}

	@Test
	void reloadKeepsTheConversation() throws Exception {
		client().chat("I am Ann");
		JsonNode before = session(client());
		client().get("/");
		assertThat(session(client()).path("state").asString()).isEqualTo("open");
		assertThat(session(client()).path("reconnects").asInt()).isEqualTo(before.path("reconnects").asInt()).isZero();
		assertThat(answer(client().chat("who"))).contains("and before that “I am Ann”");
	}

	@Test
	void visitorSeesTheOwnSessionAlone() throws Exception {
		client().chat("hello");
		assertThat(session(client()).path("state").asString()).isEqualTo("open");
		JsonNode other = newVisitor().json("/session");
		assertThat(other.has("session")).isFalse();
		assertThat(other.path("embeddedProvider").asBoolean()).isTrue();
	}

	@Test
	void lookingAroundMakesNoVisitor() throws Exception {
		for (String path : List.of("/", "/app.js", "/session", "/actuator/health", "/actuator/streaming")) {
			assertThat(client().send(client().request(path).build()).headers().firstValue("Set-Cookie")).as(path)
				.isEmpty();
		}
		assertThat(visitors().snapshot()).isEmpty();
	}

	@Test
	void cookieIsOutOfReachForScriptsAndOtherSites() throws Exception {
		HttpResponse<String> response = client().send(client().request("/chat")
			.header("Content-Type", "application/x-www-form-urlencoded")
			.POST(BodyPublishers.ofString("text=hello"))
			.build());
		assertThat(response.headers().firstValue("Set-Cookie")).hasValueSatisfying(
				(cookie) -> assertThat(cookie).startsWith("sample-visitor=").contains("HttpOnly", "SameSite=Strict"));
		assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");
	}

	@Test
	void secondQuestionIsRefusedWhileTheFirstIsBeingAnswered() throws Exception {
		try (Stream<String> answer = client().begin("count to 500")) {
			for (int i = 0; i < 10; i++) {
				HttpResponse<String> refused = client().refused("question " + i);
				assertThat(refused.statusCode()).isEqualTo(429);
				assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
				assertThat(refused.headers().firstValue("Content-Type")).hasValue("application/problem+json");
				assertThat(refused.body()).contains("Your last question is still being answered.");
			}
			// Others are not kept from asking
			assertThat(answer(newVisitor().chat("hello"))).contains("olleh");
			assertThat(answer).isNotNull();
		}
		awaitIdle();
		// None of the ten was asked afterwards
		assertThat(answer(client().chat("again"))).contains("and before that “count to 500”");
	}

	@Test
	void expiryOfTheHttpSessionEndsTheSession() throws Exception {
		client().chat("I am Ann");
		assertThat(client().json("/actuator/streaming").path("sessions").size()).isEqualTo(1);
		Context application = application();
		assertThat(application.getSessionTimeout()).isEqualTo(15);
		for (Session session : application.getManager().findSessions()) {
			session.expire();
		}
		assertThat(visitors().snapshot()).isEmpty();
		assertThat(client().json("/actuator/streaming").path("sessions").size()).isZero();
		assertThat(client().json("/session").has("session")).isFalse();
		assertThat(answer(client().chat("who"))).contains("the first thing in this conversation");
	}

	@Test
	void expiryInTheMiddleOfAnAnswerEndsTheAnswer() throws Exception {
		var events = client().chatAsync("count to 500");
		client().await(Duration.ofSeconds(20), () -> session(client()).path("state").asString("").equals("open"));
		visitors().invalidateAll();
		Event last = last(events.get());
		assertThat(last.name()).isEqualTo("failure");
		assertThat(last.data().path("error").asString())
			.isEqualTo("This conversation has ended. Ask again to begin a new one.");
	}

	private Context application() {
		TomcatWebServer server = (TomcatWebServer) this.context.getWebServer();
		assertThat(server).isNotNull();
		return (Context) server.getTomcat().getHost().findChildren()[0];
	}

	private static JsonNode session(ChatClient client) throws Exception {
		return client.json("/session").path("session");
	}

	private static String answer(List<Event> events) {
		return AbstractChatTests.answer(events);
	}

	private static Event last(List<Event> events) {
		return AbstractChatTests.last(events);
	}

}
