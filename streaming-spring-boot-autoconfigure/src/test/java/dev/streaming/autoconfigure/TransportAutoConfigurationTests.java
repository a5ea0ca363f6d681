package dev.streaming.autoconfigure;

import java.util.List;

import dev.streaming.Conn;
import dev.streaming.MessageHandler;
import dev.streaming.TransportType;
import dev.streaming.testsupport.RawWebSocketServer;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of the choice of a transport.
 */
class TransportAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(StreamingAutoConfiguration.class));

	@Test
	void standardIsTheDefault() {
		this.contextRunner.withPropertyValues("streaming.conn.url=wss://provider.test/")
			.run((context) -> assertThat(transport(context, "default")).isEqualTo(TransportType.STANDARD));
	}

	@Test
	void namedConnectionInheritsOrChooses() {
		this.contextRunner.withBean(MessageHandler.class, () -> (message) -> List.of())
			.withPropertyValues("streaming.conn.transport=netty",
					"streaming.connections.a.conn.url=wss://provider.test/",
					"streaming.connections.b.conn.url=wss://provider.test/",
					"streaming.connections.b.conn.transport=standard")
			.run((context) -> {
				assertThat(transport(context, "a")).isEqualTo(TransportType.NETTY);
				assertThat(transport(context, "b")).isEqualTo(TransportType.STANDARD);
			});
	}

	@Test
	@Tag("socket")
	void nettyTalksToAServerAndLeavesNoThread() {
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.upgrade();
			connection.echo();
		})) {
			this.contextRunner
				.withPropertyValues("streaming.conn.url=" + server.uri(), "streaming.conn.transport=netty")
				.run((context) -> {
					Conn conn = context.getBean(Conn.class);
					conn.connect();
					conn.send("hello");
					assertThat(conn.receive().text()).isEqualTo("\"hello\"");
					assertThat(nettyThreads()).isNotEmpty();
				});
			TestRuntime.eventually(() -> assertThat(nettyThreads()).isEmpty());
		}
	}

	private static TransportType transport(ApplicationContext context, String name) {
		return context.getBean(CodeConnectionDefinitions.class).conn(name).build().transport();
	}

	private static List<String> nettyThreads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.filter((name) -> name.startsWith("streaming-netty"))
			.toList();
	}

}
