package dev.streaming.autoconfigure;

import java.util.Arrays;

import dev.streaming.internal.transport.Transport;
import dev.streaming.testsupport.InMemoryTransport;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Base of the tests of the beans that serve a connection.
 */
abstract class AbstractConnectionBeansTests {

	final InMemoryTransport transport = new InMemoryTransport();

	final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(StreamingAutoConfiguration.class))
		.withBean(Transport.class, () -> this.transport);

	static String[] connections(String... names) {
		return Arrays.stream(names)
			.map((name) -> "streaming.connections." + name + ".conn.url=ws://" + name + ".example.com")
			.toArray(String[]::new);
	}

	/**
	 * Return a runner of an application with connections.
	 * @param configuration the beans of the application
	 * @param connections the names of the connections
	 */
	ApplicationContextRunner application(Class<?> configuration, String... connections) {
		return this.contextRunner.withUserConfiguration(configuration).withPropertyValues(connections(connections));
	}

	static Throwable failure(AssertableApplicationContext context) {
		assertThat(context).hasFailed();
		Throwable failure = context.getStartupFailure();
		while (failure != null && !(failure instanceof StreamingConfigurationException)) {
			failure = failure.getCause();
		}
		assertThat(failure).as("%s", context.getStartupFailure()).isNotNull();
		return failure;
	}

}
