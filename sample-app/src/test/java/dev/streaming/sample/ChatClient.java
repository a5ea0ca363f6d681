package dev.streaming.sample;

import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Uses the sample as a browser does: each client is a visitor with cookies of its own.
 */
class ChatClient {

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private final CookieManager cookies = new CookieManager();

	private final HttpClient http = HttpClient.newBuilder().cookieHandler(this.cookies).build();

	private final int port;

	ChatClient(int port) {
		this.port = port;
	}

	List<Event> chat(String text) throws Exception {
		return events(this.http.send(question(text), BodyHandlers.ofLines()));
	}

	CompletableFuture<List<Event>> chatAsync(String text) {
		return this.http.sendAsync(question(text), BodyHandlers.ofLines()).thenApplyAsync(ChatClient::events);
	}

	/**
	 * Ask, and wait for no more than the first words.
	 * @param text the question
	 * @return the open answer; closing it hangs up
	 */
	Stream<String> begin(String text) throws Exception {
		HttpResponse<Stream<String>> response = this.http.send(question(text), BodyHandlers.ofLines());
		assertThat(response.statusCode()).isEqualTo(200);
		Iterator<String> lines = response.body().iterator();
		do {
			assertThat(lines.hasNext()).isTrue();
		}
		while (!lines.next().startsWith("data:"));
		return response.body();
	}

	/**
	 * Hang up after the first words.
	 * @param text the question
	 */
	void abandon(String text) throws Exception {
		begin(text).close();
	}

	/**
	 * Ask a question that is refused.
	 * @param text the question
	 * @return the response
	 */
	HttpResponse<String> refused(String text) throws Exception {
		return this.http.send(question(text), BodyHandlers.ofString());
	}

	HttpResponse<String> send(HttpRequest request) throws Exception {
		return this.http.send(request, BodyHandlers.ofString());
	}

	CookieManager cookies() {
		return this.cookies;
	}

	private HttpRequest question(String text) {
		return request("/chat").header("Content-Type", "application/x-www-form-urlencoded")
			.POST(BodyPublishers.ofString("text=" + URLEncoder.encode(text, StandardCharsets.UTF_8)))
			.build();
	}

	private static List<Event> events(HttpResponse<Stream<String>> response) {
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.headers().firstValue("Content-Type"))
			.hasValueSatisfying((type) -> assertThat(type).startsWith("text/event-stream"));
		List<Event> events = new ArrayList<>();
		String name = "";
		try (Stream<String> lines = response.body()) {
			for (Iterator<String> each = lines.iterator(); each.hasNext();) {
				String line = each.next();
				if (line.startsWith("event:")) {
					name = line.substring("event:".length()).strip();
				}
				else if (line.startsWith("data:")) {
					events.add(new Event(name, MAPPER.readTree(line.substring("data:".length())), Instant.now()));
				}
			}
		}
		assertThat(events).isNotEmpty();
		return events;
	}

	void dropInNextAnswer() throws Exception {
		assertThat(post("/provider/drop?next-answer=true").path("armed").asBoolean()).isTrue();
	}

	JsonNode post(String path) throws Exception {
		HttpResponse<String> response = this.http.send(request(path).POST(BodyPublishers.noBody()).build(),
				BodyHandlers.ofString());
		assertThat(response.statusCode()).isEqualTo(200);
		return MAPPER.readTree(response.body());
	}

	String get(String path) throws Exception {
		HttpResponse<String> response = this.http.send(request(path).build(), BodyHandlers.ofString());
		assertThat(response.statusCode()).as(path).isEqualTo(200);
		return response.body();
	}

	JsonNode json(String path) throws Exception {
		return MAPPER.readTree(get(path));
	}

	double count(String meter, String... tags) throws Exception {
		return measurement(meter, "COUNT", tags);
	}

	double value(String meter, String... tags) throws Exception {
		return measurement(meter, "VALUE", tags);
	}

	private double measurement(String meter, String statistic, String... tags) throws Exception {
		StringBuilder path = new StringBuilder("/actuator/metrics/").append(meter).append("?tag=connection:assistant");
		for (String tag : tags) {
			path.append("&tag=").append(tag);
		}
		HttpResponse<String> response = this.http.send(request(path.toString()).build(), BodyHandlers.ofString());
		if (response.statusCode() == 404) {
			// Nothing has been recorded so far
			return 0;
		}
		for (JsonNode measurement : MAPPER.readTree(response.body()).path("measurements").values()) {
			if (statistic.equals(measurement.path("statistic").asString())) {
				return measurement.path("value").asDouble();
			}
		}
		throw new AssertionError(meter + " has no " + statistic + ": " + response.body());
	}

	void await(Duration timeout, Callable<Boolean> condition) {
		Awaitility.await().atMost(timeout).until(condition);
	}

	HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path)).timeout(TIMEOUT);
	}

	/**
	 * A server-sent event.
	 *
	 * @param name its name
	 * @param data its data
	 * @param at when it came
	 */
	record Event(String name, JsonNode data, Instant at) {
	}

}
