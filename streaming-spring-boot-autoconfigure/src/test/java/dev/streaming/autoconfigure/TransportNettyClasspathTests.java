package dev.streaming.autoconfigure;

import dev.streaming.Conn;
import dev.streaming.ConnConfig;
import dev.streaming.TransportType;
import dev.streaming.testsupport.RawWebSocketServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of an application that has Netty and no servlet container's client. Run by an
 * execution of its own.
 */
@Tag("socket")
class TransportNettyClasspathTests {

	@Test
	void nettyIsTheDefault() {
		assertThat(TransportType.STANDARD.isAvailable()).isFalse();
		assertThat(ConnConfig.builder("wss://provider.test/").build().transport()).isEqualTo(TransportType.NETTY);
	}

	@Test
	void contextTalksToAServer() {
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.upgrade();
			connection.echo();
		})) {
			new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(StreamingAutoConfiguration.class))
				.withPropertyValues("streaming.conn.url=" + server.uri())
				.run((context) -> {
					try (Conn conn = context.getBean(Conn.class)) {
						conn.connect();
						conn.send("hello");
						assertThat(conn.receive().text()).isEqualTo("\"hello\"");
					}
				});
		}
	}

}
