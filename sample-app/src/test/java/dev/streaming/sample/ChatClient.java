package dev.streaming.sample;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
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
 * Uses the sample as a browser does.
 */
class ChatClient {

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private final HttpClient http = HttpClient.newHttpClient();

	private final int port;

	ChatClient(int port) {
		this.port = port;
	}

	List<Event> chat(String text) throws Exception {
		return events(this.http.send(request("/chat?text=" + encode(text)).build(), BodyHandlers.ofLines()));
	}

	CompletableFuture<List<Event>> chatAsync(String text) {
		return this.http.sendAsync(request("/chat?text=" + encode(text)).build(), BodyHandlers.ofLines())
			.thenApplyAsync(ChatClient::events);
	}

	/**
	 * Hang up after the first words.
	 * @param text what to ask
	 */
	void abandon(String text) throws Exception {
		HttpResponse<Stream<String>> response = this.http.send(request("/chat?text=" + encode(text)).build(),
				BodyHandlers.ofLines());
		try (Stream<String> lines = response.body()) {
			assertThat(lines.filter((line) -> line.startsWith("data:")).findFirst()).isPresent();
		}
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
		HttpResponse<String> response = this.http.send(request(path).POST(HttpRequest.BodyPublishers.noBody()).build(),
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

	private HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path)).timeout(TIMEOUT);
	}

	private static String encode(String text) {
		return URLEncoder.encode(text, StandardCharsets.UTF_8);
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
