package dev.streaming.autoconfigure;

import java.util.List;

import dev.streaming.Message;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.StreamChunk;
import dev.streaming.testsupport.InMemoryTransport;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;

/**
 * An application whose provider is an {@link InMemoryTransport}.
 */
@Configuration(proxyBeanMethods = false)
public class InMemoryStreamingConfiguration {

	/** Settings of the application. */
	public static final String[] PROPERTIES = { "streaming.conn.url=ws://provider.test/live?token=query-s3cret",
			"streaming.conn.headers.Authorization=Bearer header-s3cret", "streaming.conn.retry-backoff-base=2ms",
			"streaming.conn.retry-backoff-max=4ms", "streaming.session.max-reconnect-attempts=3" };

	@Bean
	InMemoryTransport inMemoryTransport() {
		return new InMemoryTransport();
	}

	@Bean
	@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
	SessionHandler chunkHandler() {
		return new SessionHandler() {

			@Override
			public List<StreamChunk> handle(Message message, SessionContext context) {
				return List.of(StreamChunk.delta(message.text()));
			}

		};
	}

}
