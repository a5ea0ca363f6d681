package dev.streaming.autoconfigure;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/**
 * Idle sessions on Netty's transport.
 */
class NettyIdleThreadsTests extends AbstractIdleThreadsTests {

	@Override
	ApplicationContextRunner contextRunner(ApplicationContextRunner base) {
		return base.withPropertyValues("streaming.conn.transport=netty");
	}

}
