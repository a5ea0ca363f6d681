package dev.streaming.autoconfigure;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/**
 * Idle sessions on Tomcat's client.
 */
class TomcatIdleThreadsTests extends AbstractIdleThreadsTests {

	@Override
	ApplicationContextRunner contextRunner(ApplicationContextRunner base) {
		return base;
	}

}
