package dev.streaming.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/**
 * Idle sessions on Jetty's client.
 */
class JettyIdleThreadsTests extends AbstractIdleThreadsTests {

	@Override
	ApplicationContextRunner contextRunner(ApplicationContextRunner base) {
		return base.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class))
			.withUserConfiguration(JettyClientConfiguration.class);
	}

}
