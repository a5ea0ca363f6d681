package dev.streaming.sample;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;
import org.springframework.test.context.ActiveProfiles;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * With a real provider there is no embedded one, and nothing is dialled before somebody
 * asks.
 */
class RealProviderProfileTests {

	private static void assertNothingEmbedded(int port, ApplicationContext context) throws Exception {
		ChatClient client = new ChatClient(port);
		for (String path : List.of("/provider/drop", "/provider/refuse", "/provider/go-away")) {
			assertThat(client.send(client.request(path).POST(BodyPublishers.noBody()).build()).statusCode()).as(path)
				.isEqualTo(404);
		}
		for (String path : List.of("/provider/openai", "/provider/gemini")) {
			assertThat(client.send(client.request(path).build()).statusCode()).as(path).isEqualTo(404);
		}
		assertThat(context.getBeanDefinitionNames()).extracting(context::getType)
			.noneMatch((type) -> type != null && type.getPackageName().equals("dev.streaming.sample.provider"));
		assertThat(client.json("/session").path("embeddedProvider").asBoolean(true)).isFalse();
		assertThat(client.json("/actuator/streaming").path("sessions").size()).isZero();
		assertThat(client.count("streaming.connect")).isZero();
	}

	@Nested
	@ActiveProfiles("openai")
	@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "OPENAI_API_KEY=none")
	class OpenAi {

		@LocalServerPort
		private int port;

		@Test
		void nothingOfTheEmbeddedProviderIsThere(@Autowired ApplicationContext context) throws Exception {
			assertNothingEmbedded(this.port, context);
		}

	}

	@Nested
	@ActiveProfiles("gemini-live")
	@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "GEMINI_API_KEY=none")
	class GeminiLive {

		@LocalServerPort
		private int port;

		@Test
		void nothingOfTheEmbeddedProviderIsThere(@Autowired ApplicationContext context) throws Exception {
			assertNothingEmbedded(this.port, context);
		}

	}

}
