package dev.streaming.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import dev.streaming.MessageHandler;
import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.StreamChunk;
import dev.streaming.testsupport.RawFrame;
import dev.streaming.testsupport.RawWebSocketServer;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An application with a web server is shut down while it streams an answer.
 */
@Timeout(120)
@Tag("socket")
class GracefulShutdownTests {

	private final HttpClient client = HttpClient.newHttpClient();

	private final CompletableFuture<URI> shuttingDown = new CompletableFuture<>();

	private final AtomicInteger closeCode = new AtomicInteger();

	@Test
	void answerThatIsBeingStreamedIsNotCut() throws Exception {
		try (RawWebSocketServer provider = RawWebSocketServer.start((connection) -> {
			connection.upgrade();
			connection.readMessage();
			connection.text("one ");
			URI uri = this.shuttingDown.get();
			// From here on Boot waits for this answer alone
			await().atMost(Duration.ofSeconds(30)).until(() -> isRefused(uri));
			connection.text("two ");
			connection.text("end");
			RawFrame frame = connection.readFrameOrEnd();
			if (frame != null && frame.opcode() == RawFrame.CLOSE) {
				this.closeCode.set(frame.closeCode());
				connection.frame(RawFrame.of(RawFrame.CLOSE, true, frame.payload()));
			}
		})) {
			ConfigurableApplicationContext context = SpringApplication.run(Application.class, "--server.port=0",
					"--streaming.conn.url=" + provider.uri());
			URI uri = URI
				.create("http://localhost:" + ((ServletWebServerApplicationContext) context).getWebServer().getPort());
			HttpResponse<InputStream> response = this.client.send(HttpRequest.newBuilder(uri).build(),
					BodyHandlers.ofInputStream());
			assertThat(response.body().readNBytes(4)).asString().isEqualTo("one ");
			CompletableFuture<Void> closed = CompletableFuture.runAsync(context::close);
			this.shuttingDown.complete(uri);
			assertThat(response.body().readAllBytes()).asString().isEqualTo("two end");
			assertThat(closed).succeedsWithin(Duration.ofSeconds(20));
			assertThat(this.closeCode).hasValue(1001);
		}
	}

	private static boolean isRefused(URI uri) {
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()), 1000);
			return false;
		}
		catch (ConnectException ex) {
			return true;
		}
		catch (IOException ex) {
			// A connection is reset if the port is closed before it is accepted
			return false;
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(ChatController.class)
	static class Application {

		@Bean
		MessageHandler handler() {
			return (message) -> List.of(StreamChunk.delta(message.text()));
		}

	}

	@RestController
	static class ChatController {

		private final SessionFactory sessions;

		ChatController(SessionFactory sessions) {
			this.sessions = sessions;
		}

		@GetMapping("/")
		void chat(HttpServletResponse response) throws Exception {
			Session session = this.sessions.open();
			session.sendRaw("hello");
			for (StreamChunk chunk : session.response()) {
				response.getOutputStream().write(chunk.delta().getBytes(StandardCharsets.UTF_8));
				response.flushBuffer();
				if (chunk.delta().equals("end")) {
					return;
				}
			}
		}

	}

}
