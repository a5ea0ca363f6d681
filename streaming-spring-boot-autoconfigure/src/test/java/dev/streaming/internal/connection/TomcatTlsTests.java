package dev.streaming.internal.connection;

import java.util.concurrent.Executor;

import javax.net.ssl.SSLContext;

import dev.streaming.Conn;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.transport.Transport;

/**
 * TLS on Tomcat's client, which takes the context of each connection.
 */
class TomcatTlsTests extends AbstractTlsTests {

	@Override
	public Transport transport(Executor blockingExecutor, Scheduler scheduler) {
		return tomcat(blockingExecutor, scheduler);
	}

	@Override
	Conn conn(String url, SSLContext sslContext) {
		return conn(url, (builder) -> builder.sslContext(sslContext));
	}

}
