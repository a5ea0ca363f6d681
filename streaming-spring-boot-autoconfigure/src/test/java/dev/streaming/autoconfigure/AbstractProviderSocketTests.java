package dev.streaming.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.StreamChunk;
import dev.streaming.autoconfigure.realtime.RealtimeToolsAutoConfiguration;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.testsupport.RawWebSocketServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * An application that talks to one provider over sockets, as it would to the real one.
 */
@Timeout(60)
@Tag("socket")
public abstract class AbstractProviderSocketTests {

	/** Prefix of the settings of the connection. */
	protected static final String PREFIX = "streaming.connections.assistant.";

	/** The chunks of the last turn that was taken. */
	protected final List<StreamChunk> chunks = new ArrayList<>();

	private final ApplicationContextRunner application;

	protected AbstractProviderSocketTests(Class<?> provider, String... properties) {
		this.application = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(StreamingAutoConfiguration.class,
					RealtimeToolsAutoConfiguration.class, provider))
			.withUserConfiguration(Tools.class)
			.withPropertyValues(PREFIX + "conn.retry-backoff-base=10ms", PREFIX + "session.max-reconnect-attempts=3",
					PREFIX + "session.response-channel-size=100", PREFIX + "session.send-while-reconnecting=wait")
			.withPropertyValues(properties);
	}

	/** Audio that is not the same anywhere. */
	protected static byte[] speech(int length) {
		byte[] pcm = new byte[length];
		for (int i = 0; i < length; i++) {
			pcm[i] = (byte) (i * 31);
		}
		return pcm;
	}

	protected void talk(RawWebSocketServer server, String path, Talk talk) {
		this.application.withPropertyValues(PREFIX + "conn.url=" + server.uri(path)).run((context) -> {
			try (Session session = context.getBean(SessionFactory.class).open("assistant")) {
				talk.with(session, RealtimeClient.of(session));
			}
		});
	}

	protected List<StreamChunk> takeTurn(Session session) throws InterruptedException {
		this.chunks.clear();
		do {
			this.chunks.add(take(session));
		}
		while (this.chunks.get(this.chunks.size() - 1).finishReason() == null);
		return this.chunks;
	}

	protected static StreamChunk take(Session session) throws InterruptedException {
		return session.response()
			.poll(Duration.ofSeconds(20))
			.orElseThrow(() -> new AssertionError("No chunk", session.error().orElse(null)));
	}

	/**
	 * Messages of the application and chunks it takes.
	 */
	@FunctionalInterface
	protected interface Talk {

		void with(Session session, RealtimeClient client) throws Exception;

	}

	record Place(String city) {

	}

	@Configuration(proxyBeanMethods = false)
	static class Tools {

		@Bean
		RealtimeTool weather() {
			return RealtimeTool.of("weather", "The weather at a place", Place.class,
					(place) -> Map.of("sky", "clear over " + place.city()));
		}

	}

}
