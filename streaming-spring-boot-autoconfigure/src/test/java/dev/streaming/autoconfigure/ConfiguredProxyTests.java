package dev.streaming.autoconfigure;

import java.util.List;

import dev.streaming.ConnFactory;
import dev.streaming.MessageHandler;
import dev.streaming.ProxySettings;
import dev.streaming.internal.transport.Transport;
import dev.streaming.testsupport.InMemoryTransport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@code streaming.conn.proxy}.
 */
class ConfiguredProxyTests {

	private final InMemoryTransport transport = new InMemoryTransport();

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(StreamingAutoConfiguration.class))
		.withBean(Transport.class, () -> this.transport)
		.withBean(MessageHandler.class, () -> (message) -> List.of())
		.withPropertyValues("streaming.conn.url=ws://localhost", "streaming.connections.a.conn.url=ws://localhost",
				"streaming.connections.b.conn.url=ws://localhost");

	@Test
	void withoutSettingsTheSelectorDecides() {
		this.contextRunner.run((context) -> {
			assertThat(proxy(context, "default")).isNull();
			assertThat(proxy(context, "a")).isNull();
		});
	}

	@Test
	void settingsAreInheritedOneByOne() {
		this.contextRunner
			.withPropertyValues("streaming.conn.proxy.host=proxy", "streaming.conn.proxy.port=3128",
					"streaming.conn.proxy.username=joe", "streaming.conn.proxy.password=s3cret",
					"streaming.conn.proxy.non-proxy-hosts=localhost,*.internal",
					"streaming.connections.a.conn.proxy.port=3129", "streaming.connections.a.conn.proxy.password=other",
					"streaming.connections.b.conn.proxy.type=none")
			.run((context) -> {
				assertThat(proxy(context, "default")).isEqualTo(ProxySettings.http("proxy", 3128)
					.credentials("joe", "s3cret")
					.nonProxyHosts("localhost", "*.internal"));
				assertThat(proxy(context, "a")).isEqualTo(ProxySettings.http("proxy", 3129)
					.credentials("joe", "other")
					.nonProxyHosts("localhost", "*.internal"));
				assertThat(proxy(context, "b")).isEqualTo(ProxySettings.none());
			});
	}

	@Test
	void credentialsAreForTheHostThatTheyWereGivenFor() {
		this.contextRunner
			.withPropertyValues("streaming.conn.proxy.host=proxy", "streaming.conn.proxy.port=3128",
					"streaming.conn.proxy.username=joe", "streaming.conn.proxy.password=s3cret",
					"streaming.connections.a.conn.proxy.host=other", "streaming.connections.b.conn.proxy.host=PROXY")
			.run((context) -> {
				assertThat(proxy(context, "a")).isEqualTo(ProxySettings.http("other", 3128));
				assertThat(proxy(context, "b"))
					.isEqualTo(ProxySettings.http("PROXY", 3128).credentials("joe", "s3cret"));
			});
	}

	@Test
	void settingsReachTheDial() {
		this.contextRunner
			.withPropertyValues("streaming.conn.proxy.type=socks5", "streaming.conn.proxy.host=proxy",
					"streaming.conn.proxy.port=1080", "streaming.conn.transport=netty")
			.run((context) -> {
				context.getBean(ConnFactory.class).create().connect();
				assertThat(this.transport.dials().get(0).request().proxy())
					.isEqualTo(ProxySettings.socks5("proxy", 1080));
			});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			host=s3cret://x     | host            | without a scheme
			host=${S3CRET_X}    | host            | The placeholder ${S3CRET_X} cannot be resolved.
			host=''             | host            | The proxy has no host.
			port=0              | port            | port must be from 1 to 65535
			password=s3cret     | password        | no user name
			username=s3cret:x   | username        | no colon
			username=${S3CRET}  | username        | The placeholder
			non-proxy-hosts[0]= | non-proxy-hosts | must not be empty
			type=socks5         | type            | The transport 'standard' cannot use a SOCKS proxy.
			""")
	void settingThatCannotBeUsedEndsStartUp(String setting, String name, String reason) {
		for (String prefix : List.of("streaming.conn.proxy.", "streaming.connections.a.conn.proxy.")) {
			this.contextRunner
				.withPropertyValues(prefix + "host=proxy", prefix + "port=3128", prefix + setting.replace("''", ""))
				.run((context) -> {
					FailureAnalysis analysis = analyze(context.getStartupFailure());
					assertThat(analysis.getDescription()).contains("'" + prefix + name + "'")
						.contains(reason)
						.doesNotContain("s3cret");
					assertThat(analysis.getAction()).doesNotContain("s3cret");
				});
		}
	}

	@Test
	void incompleteProxyEndsStartUp() {
		this.contextRunner.withPropertyValues("streaming.connections.a.conn.proxy.host=proxy")
			.run((context) -> assertThat(analyze(context.getStartupFailure()).getDescription())
				.contains("'streaming.connections.a.conn.proxy.port'"));
	}

	@Test
	void compressionOnTheStandardTransportEndsStartUp() {
		this.contextRunner
			.withPropertyValues("streaming.conn.compression=true", "streaming.conn.transport=netty",
					"streaming.connections.b.conn.transport=standard")
			.run((context) -> {
				FailureAnalysis analysis = analyze(context.getStartupFailure());
				assertThat(analysis.getDescription()).contains("'streaming.conn.compression'")
					.contains("The transport 'standard' does not compress.");
				assertThat(analysis.getAction()).contains("'streaming.connections.b.conn.transport'");
			});
		this.contextRunner
			.withPropertyValues("streaming.conn.compression=true", "streaming.conn.transport=netty",
					"streaming.connections.a.conn.compression=false")
			.run((context) -> {
				context.getBean(ConnFactory.class).create("b").connect();
				assertThat(this.transport.dials().get(0).request().compression()).isTrue();
				context.getBean(ConnFactory.class).create("a").connect();
				assertThat(this.transport.dials().get(1).request().compression()).isFalse();
			});
	}

	@Test
	void inheritedSettingIsNamedWhereItStands() {
		this.contextRunner
			.withPropertyValues("streaming.conn.transport=netty", "streaming.conn.proxy.type=socks5",
					"streaming.conn.proxy.host=proxy", "streaming.conn.proxy.port=1080",
					"streaming.connections.b.conn.transport=standard")
			.run((context) -> {
				FailureAnalysis analysis = analyze(context.getStartupFailure());
				assertThat(analysis.getDescription()).contains("'streaming.conn.proxy.type'");
				assertThat(analysis.getAction()).contains("'streaming.connections.b.conn.transport'");
			});
	}

	private static @Nullable ProxySettings proxy(ApplicationContext context, String name) {
		return context.getBean(CodeConnectionDefinitions.class).conn(name).build().proxy();
	}

	private static FailureAnalysis analyze(@Nullable Throwable failure) {
		assertThat(failure).isNotNull();
		FailureAnalysis analysis = new StreamingFailureAnalyzer(null).analyze(failure);
		assertThat(analysis).isNotNull();
		return analysis;
	}

}
