package dev.streaming.autoconfigure.actuate;

import java.util.List;

import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.actuate.StreamingEndpoint;
import dev.streaming.actuate.StreamingEndpoint.SessionDescriptor;
import dev.streaming.actuate.StreamingEndpointWebExtension;
import dev.streaming.autoconfigure.InMemoryStreamingConfiguration;
import dev.streaming.autoconfigure.StreamingAutoConfiguration;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link StreamingEndpointAutoConfiguration}.
 */
class StreamingEndpointAutoConfigurationTests {

	private static final AutoConfigurations AUTO_CONFIGURATIONS = AutoConfigurations
		.of(StreamingAutoConfiguration.class, StreamingEndpointAutoConfiguration.class);

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
		.withConfiguration(AUTO_CONFIGURATIONS)
		.withUserConfiguration(InMemoryStreamingConfiguration.class)
		.withPropertyValues(InMemoryStreamingConfiguration.PROPERTIES);

	@Test
	void isThereWhenExposed() {
		this.runner.withPropertyValues("management.endpoints.web.exposure.include=streaming").run((context) -> {
			assertThat(context).hasSingleBean(StreamingEndpoint.class);
			assertThat(context).hasSingleBean(StreamingEndpointWebExtension.class);
			context.getBean(SessionFactory.class).open();
			assertThat(context.getBean(StreamingEndpoint.class).sessions().sessions()).hasSize(1);
		});
	}

	@Test
	void showsTheSessionsOfSeveralFactoriesOnce() {
		Session first = session("a-1");
		Session second = session("b-1");
		this.runner.withPropertyValues("management.endpoints.web.exposure.include=streaming")
			.withBean("one", SessionFactory.class, () -> factory(first))
			.withBean("both", SessionFactory.class, () -> factory(first, second))
			.run((context) -> assertThat(context.getBean(StreamingEndpoint.class).sessions().sessions())
				.extracting(SessionDescriptor::id)
				.containsExactly("a-1", "b-1"));
	}

	private static Session session(String id) {
		Session session = mock();
		given(session.id()).willReturn(id);
		return session;
	}

	private static SessionFactory factory(Session... sessions) {
		SessionFactory factory = mock();
		given(factory.sessions()).willReturn(List.of(sessions));
		return factory;
	}

	@Test
	void isNotThereUnlessExposed() {
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(StreamingEndpoint.class));
	}

	@Test
	void isNotThereWithoutAccess() {
		this.runner
			.withPropertyValues("management.endpoints.web.exposure.include=*",
					"management.endpoint.streaming.access=NONE")
			.run((context) -> assertThat(context).doesNotHaveBean(StreamingEndpoint.class));
	}

	@Test
	void needsNoWebExtensionOverJmx() {
		new ApplicationContextRunner().withConfiguration(AUTO_CONFIGURATIONS)
			.withUserConfiguration(InMemoryStreamingConfiguration.class)
			.withPropertyValues(InMemoryStreamingConfiguration.PROPERTIES)
			.withPropertyValues("spring.jmx.enabled=true", "management.endpoints.jmx.exposure.include=streaming")
			.run((context) -> {
				assertThat(context).hasSingleBean(StreamingEndpoint.class);
				assertThat(context).doesNotHaveBean(StreamingEndpointWebExtension.class);
			});
	}

	@Test
	void withoutActuatorThereIsNothingToDo() {
		this.runner.withPropertyValues("management.endpoints.web.exposure.include=streaming")
			.withClassLoader(new FilteredClassLoader(Endpoint.class))
			.run((context) -> assertThat(context).doesNotHaveBean(StreamingEndpointAutoConfiguration.class));
	}

	@Test
	void withoutStreamingThereIsNothingToDo() {
		this.runner.withPropertyValues("management.endpoints.web.exposure.include=streaming", "streaming.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(StreamingEndpoint.class));
	}

}
