package dev.streaming.autoconfigure.actuate;

import java.util.List;
import java.util.function.Supplier;

import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.actuate.StreamingEndpoint;
import dev.streaming.actuate.StreamingEndpointWebExtension;
import dev.streaming.autoconfigure.StreamingAutoConfiguration;
import dev.streaming.internal.session.SessionSnapshots;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for {@link StreamingEndpoint}.
 *
 * @since 1.0.0
 */
@AutoConfiguration(after = StreamingAutoConfiguration.class)
@ConditionalOnClass({ Endpoint.class, ConditionalOnAvailableEndpoint.class })
@ConditionalOnBean(SessionFactory.class)
@ConditionalOnAvailableEndpoint(StreamingEndpoint.class)
public final class StreamingEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	StreamingEndpoint streamingEndpoint(ObjectProvider<SessionFactory> factories) {
		Supplier<List<Session>> sessions = () -> SessionSnapshots.sessions(factories.orderedStream());
		return new StreamingEndpoint(() -> SessionSnapshots.of(sessions.get()), sessions,
				() -> SessionSnapshots.capacities(factories.orderedStream()));
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean(StreamingEndpoint.class)
	@ConditionalOnAvailableEndpoint(endpoint = StreamingEndpoint.class, exposure = EndpointExposure.WEB)
	StreamingEndpointWebExtension streamingEndpointWebExtension(StreamingEndpoint streamingEndpoint) {
		return new StreamingEndpointWebExtension(streamingEndpoint);
	}

}
