package dev.streaming.autoconfigure.event;

import dev.streaming.SessionFactory;
import dev.streaming.autoconfigure.StreamingAutoConfiguration;
import dev.streaming.event.StreamingEventPublisher;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the application events of
 * streaming sessions.
 *
 * @since 1.0.0
 */
@AutoConfiguration(after = StreamingAutoConfiguration.class)
@ConditionalOnBean(SessionFactory.class)
public final class StreamingEventAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	StreamingEventPublisher streamingEventPublisher(ApplicationEventPublisher publisher) {
		return new StreamingEventPublisher(publisher);
	}

}
