package dev.streaming.autoconfigure.event;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.autoconfigure.InMemoryStreamingConfiguration;
import dev.streaming.autoconfigure.StreamingAutoConfiguration;
import dev.streaming.event.SessionClosedEvent;
import dev.streaming.event.SessionEvent;
import dev.streaming.event.SessionOpenedEvent;
import dev.streaming.event.StreamingEventPublisher;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StreamingEventAutoConfiguration}.
 */
class StreamingEventAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(StreamingAutoConfiguration.class, StreamingEventAutoConfiguration.class))
		.withUserConfiguration(InMemoryStreamingConfiguration.class)
		.withBean(Listener.class)
		.withPropertyValues(InMemoryStreamingConfiguration.PROPERTIES);

	@Test
	void listenersHearEveryEventOrTheirs() {
		this.runner.run((context) -> {
			Session session = context.getBean(SessionFactory.class).open();
			session.close();
			Listener listener = context.getBean(Listener.class);
			assertThat(listener.all).containsExactly(new SessionOpenedEvent(session),
					new SessionClosedEvent(session, null));
			assertThat(listener.closed).containsExactly(new SessionClosedEvent(session, null));
		});
	}

	@Test
	void shutdownIsPublished() {
		Listener[] listener = new Listener[1];
		this.runner.run((context) -> {
			context.getBean(SessionFactory.class).open();
			listener[0] = context.getBean(Listener.class);
		});
		assertThat(listener[0].closed).hasSize(1);
	}

	@Test
	void withoutStreamingThereIsNothingToDo() {
		this.runner.withPropertyValues("streaming.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(StreamingEventPublisher.class));
	}

	static final class Listener {

		private final List<SessionEvent> all = new CopyOnWriteArrayList<>();

		private final List<SessionEvent> closed = new CopyOnWriteArrayList<>();

		@EventListener
		void on(SessionEvent event) {
			this.all.add(event);
		}

		@EventListener
		void onClosed(SessionClosedEvent event) {
			this.closed.add(event);
		}

	}

}
