package dev.streaming.autoconfigure;

import java.util.List;

import dev.streaming.ConnFactory;
import dev.streaming.DefaultConnFactory;
import dev.streaming.DefaultSessionFactory;
import dev.streaming.ErrorClassifier;
import dev.streaming.MessageHandler;
import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingRuntime;
import dev.streaming.testsupport.InMemoryTransport;
import dev.streaming.transport.Transport;
import dev.streaming.transport.websocket.WebSocketClientTransport;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class StreamingAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(StreamingAutoConfiguration.class));

	@Test
	void withoutPropertiesTheBeansAreThere() {
		this.contextRunner.run((context) -> assertThat(context).hasNotFailed()
			.hasSingleBean(DefaultConnFactory.class)
			.hasSingleBean(DefaultSessionFactory.class)
			.hasSingleBean(ErrorClassifier.class)
			.hasSingleBean(WebSocketClientTransport.class)
			.hasBean("streamingWebSocketClient"));
	}

	@Test
	void whenDisabledThereAreNone() {
		this.contextRunner.withPropertyValues("streaming.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(ConnFactory.class)
				.doesNotHaveBean(SessionFactory.class)
				.doesNotHaveBean(StreamingRuntime.class)
				.doesNotHaveBean(StreamingProperties.class)
				.doesNotHaveBean("streamingWebSocketClient"));
	}

	@Test
	void defaultConnectionWithoutUrlSaysWhichPropertyIsMissing() {
		this.contextRunner.withBean(MessageHandler.class, () -> (message) -> List.of()).run((context) -> {
			assertThatIllegalArgumentException().isThrownBy(() -> context.getBean(ConnFactory.class).create())
				.withMessageContaining("url is required")
				.withMessageContaining("streaming.conn.url");
			assertThatIllegalArgumentException().isThrownBy(() -> context.getBean(SessionFactory.class).open())
				.withMessageContaining("streaming.conn.url");
		});
	}

	@Test
	void sessionIsOpenedFromProperties() {
		InMemoryTransport transport = new InMemoryTransport();
		this.contextRunner.withBean(Transport.class, () -> transport)
			.withBean(MessageHandler.class, () -> (message) -> List.of(StreamChunk.delta(message.text())))
			.withPropertyValues("streaming.conn.url=ws://localhost/chat")
			.run((context) -> {
				Session session = context.getBean(SessionFactory.class).open();
				transport.peer().text("hello");
				assertThat(session.response().take()).map(StreamChunk::delta).contains("hello");
				assertThat(session.connectionName()).isEqualTo("default");
			});
	}

}
