package dev.streaming.autoconfigure.relay;

import java.util.List;

import dev.streaming.autoconfigure.StreamingAutoConfiguration;
import dev.streaming.autoconfigure.StreamingConfigurationException;
import dev.streaming.autoconfigure.metrics.StreamingMetricsAutoConfiguration;
import dev.streaming.autoconfigure.openai.OpenAiRealtimeAutoConfiguration;
import dev.streaming.autoconfigure.realtime.RealtimeToolsAutoConfiguration;
import dev.streaming.internal.relay.RelaySettings;
import dev.streaming.internal.relay.Relays;
import dev.streaming.metrics.MicrometerRelayObserver;
import dev.streaming.relay.RelayCustomizer;
import dev.streaming.relay.RelayEnd;
import dev.streaming.relay.RelayObserver.Attachment;
import dev.streaming.relay.RelayObserver.Handshake;
import dev.streaming.relay.RelayState;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.socket.server.support.WebSocketHandlerMapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * The relay's beans and settings.
 */
@ExtendWith(OutputCaptureExtension.class)
class StreamingRelayAutoConfigurationTests {

	private static final AutoConfigurations CONFIGURATIONS = AutoConfigurations.of(StreamingAutoConfiguration.class,
			StreamingRelayAutoConfiguration.class, RealtimeToolsAutoConfiguration.class,
			OpenAiRealtimeAutoConfiguration.class, StreamingMetricsAutoConfiguration.class);

	private static final String[] ASSISTANT = { "streaming.relay.enabled=true",
			"streaming.connections.assistant.provider=openai-realtime",
			"streaming.connections.assistant.openai.api-key=sk-test" };

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
		.withConfiguration(CONFIGURATIONS);

	@Test
	void isOffByDefault() {
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(Relays.class)
			.doesNotHaveBean(MicrometerRelayObserver.class));
	}

	@Test
	void registersEndpointOnTheOnlyConnection(CapturedOutput output) {
		this.runner.withPropertyValues(ASSISTANT).run((context) -> {
			assertThat(context).hasSingleBean(Relays.class);
			assertThat(context.getBean("streamingRelayHandlerMapping", WebSocketHandlerMapping.class).getUrlMap())
				.containsOnlyKeys("/streaming/relay");
			assertThat(context.getBean(RelaySettings.class).connection()).isEqualTo("assistant");
			assertThat(output).contains("Relay at /streaming/relay on the connection 'assistant' for pages of the same"
					+ " origin only; no login is required");
		});
	}

	@Test
	void startupMessageNamesTheCustomizer(CapturedOutput output) {
		this.runner.withPropertyValues(ASSISTANT)
			.withPropertyValues("streaming.relay.allowed-origins=https://a.example")
			.withBean(RelayCustomizer.class, () -> new RelayCustomizer() {
			})
			.run((context) -> assertThat(output).contains(
					"pages of the same origin and of [https://a.example]; a RelayCustomizer decides who may connect"));
	}

	@Test
	void startupMessageNamesSpringSecurity(CapturedOutput output) {
		this.runner.withPropertyValues(ASSISTANT)
			.withUserConfiguration(Security.class)
			.run((context) -> assertThat(output).contains("; Spring Security decides who may connect"));
	}

	@Test
	void severalConnectionsNeedAChoice() {
		WebApplicationContextRunner two = this.runner.withPropertyValues(ASSISTANT)
			.withPropertyValues("streaming.connections.other.provider=openai-realtime",
					"streaming.connections.other.openai.api-key=sk-test");
		two.run((context) -> assertThat(context).getFailure()
			.rootCause()
			.isInstanceOf(StreamingConfigurationException.class)
			.hasMessageContaining("streaming.relay.connection", "[assistant, other]"));
		two.withPropertyValues("streaming.relay.connection=other")
			.run((context) -> assertThat(context.getBean(RelaySettings.class).connection()).isEqualTo("other"));
		two.withPropertyValues("streaming.relay.connection=assistent")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("Invalid value 'assistent' of 'streaming.relay.connection'"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "path=relay", "max-message-size=0B", "max-text-length=0", "max-messages-per-second=-1",
			"max-sessions-per-principal=-1", "idle-timeout=-1s", "reattach-for=-1s", "send-buffer-size=0B",
			"history-size=-1B", "ping-interval=-1s", "send-timeout=0s", "threads=0" })
	void valueOutOfItsRangeEndsStart(String setting) {
		this.runner.withPropertyValues(ASSISTANT)
			.withPropertyValues("streaming.relay." + setting)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(StreamingConfigurationException.class)
				.hasMessageContaining("streaming.relay." + setting.substring(0, setting.indexOf('='))));
	}

	@Test
	void applicationWithoutWebServerPassesItOver() {
		new ApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withPropertyValues(ASSISTANT)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(Relays.class));
	}

	@Test
	void metersAreThereFromTheStart() {
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		MicrometerRelayObserver observer = new MicrometerRelayObserver(registry);
		assertThat(registry.getMeters()).hasSize(3 + 3 + 3 + RelayEnd.values().length + 2);
		observer.handshake(Handshake.ORIGIN);
		observer.changed(null, RelayState.OPENING);
		observer.changed(RelayState.OPENING, RelayState.ATTACHED);
		observer.attached(Attachment.RESUMED);
		observer.received(3);
		observer.sent(5);
		assertThat(registry.get("streaming.relays.active").tag("state", "attached").gauge().value()).isEqualTo(1);
		assertThat(registry.get("streaming.relays.active").tag("state", "opening").gauge().value()).isZero();
		observer.changed(RelayState.ATTACHED, RelayState.CLOSED);
		observer.ended(RelayEnd.LEFT);
		assertThat(registry.get("streaming.relays.active").tag("state", "attached").gauge().value()).isZero();
		assertThat(List.of(registry.get("streaming.relay.handshakes").tag("outcome", "origin").counter().count(),
				registry.get("streaming.relay.attachments").tag("outcome", "resumed").counter().count(),
				registry.get("streaming.relay.ended").tag("end", "left").counter().count(),
				registry.get("streaming.relay.bytes").tag("direction", "received").counter().count(),
				registry.get("streaming.relay.bytes").tag("direction", "sent").counter().count()))
			.containsExactly(1.0, 1.0, 1.0, 3.0, 5.0);
	}

	@Configuration(proxyBeanMethods = false)
	static class Security {

		@Bean
		SecurityFilterChain chain() {
			return mock(SecurityFilterChain.class);
		}

	}

}
