package dev.streaming.autoconfigure.actuate;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.autoconfigure.InMemoryStreamingConfiguration;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.InMemoryTransport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Health, meters and the endpoint as an operator sees them: over HTTP, in an application
 * with nothing but auto-configuration.
 */
@Timeout(60)
@Tag("socket")
class OperationsOverHttpTests {

	private static final String[] EXPOSED = { "management.endpoints.web.exposure.include=health,metrics,streaming",
			"management.endpoint.health.show-details=always" };

	private static final String[] UNRESTRICTED = { EXPOSED[0], "management.endpoint.streaming.access=unrestricted" };

	// Starting an application takes longer than all that is tested on it
	private static final Map<List<String>, ConfigurableApplicationContext> started = new HashMap<>();

	private final HttpClient client = HttpClient.newHttpClient();

	private ConfigurableApplicationContext context;

	@AfterEach
	void closeSessions() {
		this.context.getBean(SessionFactory.class).sessions().forEach(Session::close);
		this.context.getBean(InMemoryTransport.class).onDial(InMemoryTransport.Dial::accept);
	}

	@AfterAll
	static void stop() {
		started.values().forEach(ConfigurableApplicationContext::close);
		started.clear();
	}

	@Test
	void nothingIsExposedByDefault() throws Exception {
		start();
		assertThat(get("/actuator/streaming").statusCode()).isEqualTo(404);
		assertThat(get("/actuator/health").body()).isEqualTo("""
				{"groups":["liveness","readiness"],"status":"UP"}""");
	}

	@Test
	void sessionsCanBeRead() throws Exception {
		start(EXPOSED);
		assertThat(json(get("/actuator/streaming")).toString()).isEqualTo("""
				{"sessions":[],"limits":[]}""");
		Session session = open();
		session.sendRaw("secret payload");
		peer().text("secret answer");
		Awaitility.await()
			.untilAsserted(() -> assertThat(json(get("/actuator/streaming")).at("/sessions/0/queue/depth").asInt())
				.isEqualTo(1));
		HttpResponse<String> response = get("/actuator/streaming/" + session.id());
		assertThat(response.statusCode()).isEqualTo(200);
		JsonNode body = json(response);
		assertThat(body.get("id").asString()).isEqualTo(session.id());
		assertThat(body.get("connection").asString()).isEqualTo("default");
		assertThat(body.get("state").asString()).isEqualTo("open");
		assertThat(body.get("openedAt").asString()).endsWith("Z");
		assertThat(body.at("/queue/capacity").asInt()).isEqualTo(10);
		assertThat(body.at("/received/messages").asLong()).isEqualTo(1);
		assertThat(body.at("/received/bytes").asLong()).isEqualTo(13);
		assertThat(body.at("/sent/messages").asLong()).isEqualTo(1);
		assertThat(body.at("/sent/bytes").asLong()).isEqualTo(14);
		assertThat(body.has("outageSince")).isFalse();
		assertThat(response.body()).doesNotContain("secret", "s3cret");
		assertThat(get("/actuator/streaming/unknown").statusCode()).isEqualTo(404);
	}

	@Test
	void outageCanBeSeen() throws Exception {
		start(EXPOSED);
		Session session = open();
		this.context.getBean(InMemoryTransport.class).onDial((dial) -> {
		});
		peer().drop();
		Awaitility.await()
			.untilAsserted(() -> assertThat(json(get("/actuator/streaming/" + session.id())).get("state").asString())
				.isEqualTo("reconnecting"));
		JsonNode body = json(get("/actuator/streaming/" + session.id()));
		assertThat(body.get("outageSince").asString()).endsWith("Z");
		assertThat(body.get("lastError").asString()).contains("ConnectionLostException").doesNotContain("s3cret");
		JsonNode health = json(get("/actuator/health"));
		assertThat(health.get("status").asString()).isEqualTo("UP");
		JsonNode details = health.at("/components/streaming/details/connections/default");
		assertThat(details.get("sessions").asInt()).isEqualTo(1);
		assertThat(details.get("inOutage").asInt()).isEqualTo(1);
		assertThat(details.get("outageSince").asString()).isEqualTo(body.get("outageSince").asString());
		assertThat(details.at("/lastDial/outcome").asString()).isEqualTo("success");
		JsonNode gauge = json(get("/actuator/metrics/streaming.sessions.active?tag=state:reconnecting"));
		assertThat(gauge.at("/measurements/0/value").asInt()).isEqualTo(1);
	}

	@Test
	void longOutageIsDownWhereASettingAsksForIt() throws Exception {
		start(EXPOSED[0], "streaming.health.outage-threshold=1ms");
		open();
		assertThat(get("/actuator/health").statusCode()).isEqualTo(200);
		this.context.getBean(InMemoryTransport.class).onDial((dial) -> {
		});
		peer().drop();
		Awaitility.await().untilAsserted(() -> assertThat(get("/actuator/health").statusCode()).isEqualTo(503));
	}

	@Test
	void readOnlyAccessRefusesWrites() throws Exception {
		start(EXPOSED);
		Session session = open();
		int dials = dials();
		assertThat(post("/actuator/streaming/" + session.id(), "{}").statusCode()).isEqualTo(405);
		assertThat(post("/actuator/streaming", "{\"connection\":\"default\"}").statusCode()).isEqualTo(405);
		assertThat(delete("/actuator/streaming/" + session.id()).statusCode()).isEqualTo(405);
		assertThat(session.state()).isEqualTo(Session.State.OPEN);
		assertThat(dials()).isEqualTo(dials);
	}

	@Test
	void sessionCanBeAskedToReconnect() throws Exception {
		start(UNRESTRICTED);
		Session session = open();
		InMemoryPeer first = peer();
		HttpResponse<String> response = post("/actuator/streaming/" + session.id(), "{\"reason\":\"new release\"}");
		assertThat(response.statusCode()).isEqualTo(202);
		assertThat(json(response).at("/asked/0").asString()).isEqualTo(session.id());
		assertThat(first.awaitCloseStatus().getReason()).isEqualTo("new release");
		assertThat(post("/actuator/streaming/unknown", "{}").statusCode()).isEqualTo(404);
	}

	@Test
	void connectionsSessionsCanBeAskedToReconnect() throws Exception {
		start(UNRESTRICTED);
		Session first = open();
		Session second = open();
		int dials = dials();
		HttpResponse<String> response = post("/actuator/streaming", "{\"connection\":\"default\"}");
		assertThat(response.statusCode()).isEqualTo(202);
		assertThat(json(response).get("asked").toString()).contains(first.id(), second.id());
		this.context.getBean(InMemoryTransport.class).awaitPeer(dials + 2);
		assertThat(post("/actuator/streaming", "{}").statusCode()).isEqualTo(400);
	}

	@Test
	void sessionCanBeClosed() throws Exception {
		start(UNRESTRICTED);
		Session session = open();
		assertThat(delete("/actuator/streaming/" + session.id()).statusCode()).isEqualTo(204);
		assertThat(session.isClosed()).isTrue();
		assertThat(delete("/actuator/streaming/" + session.id()).statusCode()).isEqualTo(404);
	}

	@Test
	void sessionOfAConnectionWithAnyNameCanBeReached() throws Exception {
		List<String> names = List.of("a/b", "a b", "a;b", "a%2Fb", "a\\b", "a?b#c", "\u00fcber", "..", "{id}");
		start(Stream
			.concat(Arrays.stream(UNRESTRICTED),
					names.stream().map((name) -> "streaming.connections.[" + name + "].conn.url=ws://provider.test/"))
			.toArray(String[]::new));
		for (String name : names) {
			Session session = this.context.getBean(SessionFactory.class).open(name);
			HttpResponse<String> response = get("/actuator/streaming/" + session.id());
			assertThat(response.statusCode()).as(session.id()).isEqualTo(200);
			assertThat(json(response).get("connection").asString()).isEqualTo(name);
			assertThat(delete("/actuator/streaming/" + session.id()).statusCode()).isEqualTo(204);
			assertThat(session.isClosed()).isTrue();
		}
	}

	private void start(String... properties) {
		this.context = started.computeIfAbsent(List.of(properties), OperationsOverHttpTests::run);
	}

	private static ConfigurableApplicationContext run(List<String> properties) {
		String[] arguments = Stream
			.of(Arrays.stream(InMemoryStreamingConfiguration.PROPERTIES), properties.stream(),
					Stream.of("server.port=0", "spring.main.banner-mode=off", "logging.level.root=warn"))
			.flatMap((some) -> some)
			.map((property) -> "--" + property)
			.toArray(String[]::new);
		return SpringApplication.run(Application.class, arguments);
	}

	private int dials() {
		return this.context.getBean(InMemoryTransport.class).dials().size();
	}

	private Session open() throws InterruptedException {
		return this.context.getBean(SessionFactory.class).open();
	}

	private InMemoryPeer peer() {
		return this.context.getBean(InMemoryTransport.class).peer();
	}

	private HttpResponse<String> get(String path) throws IOException, InterruptedException {
		return exchange(request(path).GET());
	}

	private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
		return exchange(request(path).header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(body)));
	}

	private HttpResponse<String> delete(String path) throws IOException, InterruptedException {
		return exchange(request(path).DELETE());
	}

	private HttpRequest.Builder request(String path) {
		String port = this.context.getEnvironment().getRequiredProperty("local.server.port");
		return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path));
	}

	private HttpResponse<String> exchange(HttpRequest.Builder request) throws IOException, InterruptedException {
		return this.client.send(request.build(), HttpResponse.BodyHandlers.ofString());
	}

	private static JsonNode json(HttpResponse<String> response) {
		return JsonMapper.shared().readTree(response.body());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(InMemoryStreamingConfiguration.class)
	static class Application {

	}

}
