package dev.streaming.starter.netty;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.streaming.MessageHandler;
import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.StreamChunk;
import dev.streaming.autoconfigure.StreamingConfigurationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.util.ClassUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.socket.WebSocketHandler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * A WebFlux application with this starter, and no setting about its web stack.
 */
@Tag("socket")
@ExtendWith(OutputCaptureExtension.class)
class WebFluxStarterTests {

	private EchoProvider provider;

	@BeforeEach
	void startProvider() throws Exception {
		this.provider = new EchoProvider();
	}

	@AfterEach
	void stopProvider() throws Exception {
		this.provider.close();
	}

	@Test
	void thereIsNoServletContainer() {
		for (String name : List.of("jakarta.servlet.Servlet", "jakarta.websocket.WebSocketContainer",
				"org.apache.catalina.startup.Tomcat", "org.springframework.web.servlet.DispatcherServlet")) {
			assertThat(ClassUtils.isPresent(name, getClass().getClassLoader())).as(name).isFalse();
		}
	}

	@Test
	void reactiveApplicationStreamsTheChunksOfAProvider() throws Exception {
		try (ConfigurableApplicationContext context = run()) {
			assertThat(context).isInstanceOf(ReactiveWebServerApplicationContext.class);
			HttpResponse<String> response = get(
					context.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(response.headers().firstValue("Content-Type").orElseThrow())
				.startsWith(MediaType.TEXT_EVENT_STREAM_VALUE);
			assertThat(response.body()).isEqualTo("data:echo of a\n\ndata:echo of b\n\n");
			// The end of the Flux cancels its source, and that closes the session
			SessionFactory sessions = context.getBean(SessionFactory.class);
			await().untilAsserted(() -> assertThat(sessions.sessions()).isEmpty());
		}
	}

	@Test
	void relayEndsTheStartWithWordsAboutTheWebStack(CapturedOutput output) {
		assertThatExceptionOfType(BeanCreationException.class).isThrownBy(() -> run("--streaming.relay.enabled=true"))
			.havingRootCause()
			.isInstanceOf(StreamingConfigurationException.class);
		assertThat(output).contains("APPLICATION FAILED TO START", "streaming.relay.enabled",
				"The relay needs a servlet web application, and this one is reactive.",
				"Use spring-boot-starter-webmvc, or remove the setting.");
	}

	@Test
	void relayThatIsSwitchedOffIsNoMatter() {
		try (ConfigurableApplicationContext context = run("--streaming.relay.enabled=false")) {
			assertThat(context.getBeanProvider(SessionFactory.class).getIfAvailable()).isNotNull();
			assertThat(context.getBeanNamesForType(WebSocketHandler.class)).isEmpty();
		}
	}

	private ConfigurableApplicationContext run(String... arguments) {
		SpringApplication application = new SpringApplication(ReactiveApplication.class);
		application.setDefaultProperties(Map.of("spring.main.banner-mode", "off", "server.port", "0", "server.address",
				"localhost", "streaming.connections.assistant.conn.url", this.provider.url()));
		return application.run(arguments);
	}

	private static HttpResponse<String> get(int port) throws Exception {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/ask?text=a&text=b"))
			.timeout(Duration.ofSeconds(20))
			.build();
		return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(AskController.class)
	static class ReactiveApplication {

		@Bean
		MessageHandler assistant() {
			return (message) -> List.of(StreamChunk.content("echo of " + message.text()));
		}

	}

	@RestController
	static class AskController {

		private final SessionFactory sessions;

		AskController(SessionFactory sessions) {
			this.sessions = sessions;
		}

		@GetMapping(path = "/ask", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<String> ask(@RequestParam List<String> text) {
			return Mono.fromCompletionStage(() -> this.sessions.openAsync("assistant"))
				.flatMapMany((session) -> answers(session, text));
		}

		private static Flux<String> answers(Session session, List<String> texts) {
			texts.forEach(session::sendRaw);
			return JdkFlowAdapter.flowPublisherToFlux(session.publisher())
				.mapNotNull(StreamChunk::content)
				.take(texts.size());
		}

	}

}
