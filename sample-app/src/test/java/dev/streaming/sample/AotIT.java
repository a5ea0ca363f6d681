package dev.streaming.sample;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The packaged sample, on what Spring's AOT processing has generated. Runs with
 * {@code mvn -Paot verify} only.
 */
@Timeout(180)
class AotIT {

	@TempDir
	private Path directory;

	private Path log;

	private Process process;

	private URI base;

	@BeforeEach
	void start() throws Exception {
		this.log = this.directory.resolve("sample.log");
		int port;
		try (ServerSocket free = new ServerSocket(0)) {
			port = free.getLocalPort();
		}
		this.base = URI.create("http://localhost:" + port);
		this.process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-XX:TieredStopAtLevel=1", "-Dspring.aot.enabled=true", "-jar", System.getProperty("sample.jar"),
				"--server.port=" + port)
			.redirectErrorStream(true)
			.redirectOutput(this.log.toFile())
			.start();
	}

	@AfterEach
	void stop() {
		this.process.destroyForcibly();
	}

	@Test
	void processedJarAnswersAndEndsInOrder() throws Exception {
		await().atMost(Duration.ofSeconds(120)).ignoreExceptionsInstanceOf(IOException.class).untilAsserted(() -> {
			assertThat(this.process.isAlive()).as(output()).isTrue();
			HttpResponse<String> health = get("/actuator/health");
			assertThat(health.statusCode()).isEqualTo(200);
			assertThat(health.body()).contains("\"streaming\"").contains("\"UP\"");
		});
		assertThat(output()).contains("Starting AOT-processed");
		HttpResponse<String> answer = send(request("/chat").header("Content-Type", "application/x-www-form-urlencoded")
			.POST(BodyPublishers.ofString("text=hello")));
		assertThat(answer.statusCode()).isEqualTo(200);
		assertThat(answer.body()).contains("event:chunk").contains("event:finish").doesNotContain("event:failure");
		this.process.destroy();
		assertThat(this.process.waitFor(30, TimeUnit.SECONDS)).isTrue();
	}

	private HttpResponse<String> get(String path) throws IOException, InterruptedException {
		return send(request(path));
	}

	private HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(this.base.resolve(path)).timeout(Duration.ofSeconds(30));
	}

	private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
		return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
	}

	private String output() throws IOException {
		return Files.readString(this.log);
	}

}
