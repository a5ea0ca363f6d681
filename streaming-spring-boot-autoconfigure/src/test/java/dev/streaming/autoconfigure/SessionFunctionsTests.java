package dev.streaming.autoconfigure;

import java.time.Duration;
import java.util.List;

import dev.streaming.ErrorClassifier;
import dev.streaming.Message;
import dev.streaming.MessageHandler;
import dev.streaming.ReconnectHook;
import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.StreamChunk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Connections that are handled by a {@link MessageHandler} and its companions.
 */
@ExtendWith(OutputCaptureExtension.class)
class SessionFunctionsTests extends AbstractConnectionBeansTests {

	@Test
	void functionsServeTheirConnections() {
		application(Functions.class, "openai", "gemini").run((context) -> {
			assertThat(chunk(context, "openai")).isEqualTo("openai: hello");
			assertThat(chunk(context, "gemini")).isEqualTo("rest: hello");
		});
	}

	@Test
	void reconnectHookAndClassifierOfTheConnectionAreUsed() {
		this.contextRunner.withUserConfiguration(Functions.class, Hooks.class)
			.withPropertyValues(connections("openai", "gemini"))
			.withPropertyValues("streaming.session.max-reconnect-attempts=1", "streaming.conn.retry-backoff-base=1ms")
			.run((context) -> {
				Session openai = context.getBean(SessionFactory.class).open("openai");
				this.transport.peer().drop();
				assertThat(this.transport.awaitPeer(2).awaitReceived(1)).extracting("text").containsExactly("again");
				openai.close();
				Session gemini = context.getBean(SessionFactory.class).open("gemini");
				this.transport.peer().drop();
				gemini.done().toCompletableFuture().get();
				assertThat(this.transport.dials()).hasSize(3);
			});
	}

	@Test
	void prototypeFunctionsAreDestroyed() {
		application(PrototypeFunction.class, "openai").run((context) -> {
			Session session = context.getBean(SessionFactory.class).open("openai");
			assertThat(PrototypeFunction.destroyed).isZero();
			session.close();
			await().untilAsserted(() -> assertThat(PrototypeFunction.destroyed).isOne());
		});
	}

	@Test
	void connectionAgeNeedsSomethingThatSetsConnectionsUp() {
		application(Functions.class, "openai")
			.withPropertyValues("streaming.connections.openai.session.max-connection-age=1h")
			.run((context) -> assertThat(failure(context))
				.hasMessageContaining("'streaming.connections.openai.session.max-connection-age'")
				.hasMessageContaining("neither a SessionHandler nor a ReconnectHook"));
		application(Functions.class, "openai").withPropertyValues("streaming.session.max-connection-age=1h")
			.run((context) -> assertThat(failure(context))
				.hasMessageContaining("'streaming.session.max-connection-age'"));
		application(OnlyHandler.class, "openai").withPropertyValues("streaming.session.max-connection-age=1h")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void reconnectAttemptsWithoutAHookAreWarnedOf(CapturedOutput output) {
		application(Functions.class, "openai").withPropertyValues("streaming.session.max-reconnect-attempts=5")
			.run((context) -> assertThat(output)
				.contains("Sessions on connection 'openai' will not reconnect, although max-reconnect-attempts is 5"));
	}

	@Test
	void severalClassifiersAreTooMany() {
		this.contextRunner.withUserConfiguration(OnlyHandler.class)
			.withBean("a", ErrorClassifier.class, () -> (error) -> true)
			.withBean("b", ErrorClassifier.class, () -> (error) -> true)
			.withPropertyValues(connections("openai"))
			.run((context) -> assertThat(failure(context)).hasMessageContaining("ErrorClassifier: a, b"));
	}

	private String chunk(AssertableApplicationContext context, String connection) throws InterruptedException {
		Session session = context.getBean(SessionFactory.class).open(connection);
		this.transport.peer().text("hello");
		return session.response().poll(Duration.ofSeconds(10)).map(StreamChunk::delta).orElseThrow();
	}

	@Configuration(proxyBeanMethods = false)
	static class OnlyHandler {

		@Bean
		@Scope("prototype")
		TestHandler handler() {
			return new TestHandler("only");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Functions {

		@Bean
		@Qualifier("openai")
		MessageHandler mine() {
			return (message) -> List.of(StreamChunk.delta("openai: " + message.text()));
		}

		@Bean
		MessageHandler rest() {
			return (message) -> List.of(StreamChunk.delta("rest: " + message.text()));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Hooks {

		@Bean
		@Qualifier("openai")
		ReconnectHook myHook() {
			return (context, conn) -> conn.sendRaw("again");
		}

		@Bean
		@Qualifier("gemini")
		ReconnectHook otherHook() {
			return (context, conn) -> conn.sendRaw("not this one");
		}

		@Bean
		ErrorClassifier gemini() {
			return (error) -> false;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PrototypeFunction {

		static volatile int destroyed;

		PrototypeFunction() {
			destroyed = 0;
		}

		@Bean
		@Scope("prototype")
		CloseableFunction function() {
			return new CloseableFunction();
		}

		static class CloseableFunction implements MessageHandler, AutoCloseable {

			@Override
			public List<StreamChunk> handle(Message message) {
				return List.of();
			}

			@Override
			public void close() {
				destroyed++;
			}

		}

	}

}
