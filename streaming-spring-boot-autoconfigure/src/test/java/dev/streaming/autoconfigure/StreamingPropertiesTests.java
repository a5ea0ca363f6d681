package dev.streaming.autoconfigure;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.streaming.AnswerTimeoutAction;
import dev.streaming.OutagePolicy;
import dev.streaming.ProxySettings;
import dev.streaming.TransportType;
import dev.streaming.autoconfigure.StreamingProperties.Conn;
import dev.streaming.autoconfigure.StreamingProperties.Connection;
import dev.streaming.autoconfigure.StreamingProperties.Session;
import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

class StreamingPropertiesTests {

	private final MutablePropertySources sources = new MutablePropertySources();

	@Test
	void nothingIsGivenByDefault() {
		StreamingProperties properties = new StreamingProperties();
		assertThat(properties.getConn()).hasAllNullFieldsOrPropertiesExcept("headers", "subprotocols", "proxy");
		assertThat(properties.getConn().getProxy()).hasAllNullFieldsOrProperties();
		assertThat(properties.getConn().getHeaders()).isEmpty();
		assertThat(properties.getConn().getSubprotocols()).isEmpty();
		assertThat(properties.getSession()).hasAllNullFieldsOrProperties();
		assertThat(properties.getConnections()).isEmpty();
		assertThat(new Connection().getConn()).hasAllNullFieldsOrPropertiesExcept("headers", "subprotocols", "proxy");
		assertThat(new Connection()).hasAllNullFieldsOrPropertiesExcept("conn", "session", "maxSessions");
		assertThat(new Connection().getMaxSessions()).isZero();
	}

	@Test
	void everySettingOfAConnectionIsBound() throws IOException {
		Conn conn = bind("""
				streaming:
				  conn:
				    url: wss://example.com/v1/realtime?model=x
				    headers:
				      Authorization: Bearer token
				      OpenAI-Beta: realtime=v1
				    subprotocols: realtime, v2
				    transport: netty
				    dial-timeout: 1s
				    write-wait: 2s
				    max-message-size: 3MB
				    max-retries: 4
				    retry-backoff-base: 5s
				    retry-backoff-max: 6s
				    close-grace-period: 7s
				    heartbeat-interval: 8s
				    pong-timeout: 9s
				    ssl-bundle: mine
				    compression: true
				    proxy:
				      type: http
				      host: proxy.example.com
				      port: 3128
				      username: ann
				      password: s3cret
				      non-proxy-hosts: localhost, *.example.org
				""").getConn();
		assertThat(conn).hasNoNullFieldsOrProperties();
		assertThat(conn.getProxy()).hasNoNullFieldsOrProperties();
		assertThat(conn.getProxy().getType()).isEqualTo(ProxySettings.Type.HTTP);
		assertThat(conn.getProxy().getHost()).isEqualTo("proxy.example.com");
		assertThat(conn.getProxy().getPort()).isEqualTo(3128);
		assertThat(conn.getProxy().getUsername()).isEqualTo("ann");
		assertThat(conn.getProxy().getPassword()).isEqualTo("s3cret");
		assertThat(conn.getProxy().getNonProxyHosts()).containsExactly("localhost", "*.example.org");
		assertThat(conn.getCompression()).isTrue();
		assertThat(conn.getUrl()).isEqualTo("wss://example.com/v1/realtime?model=x");
		assertThat(conn.getHeaders())
			.containsExactlyInAnyOrderEntriesOf(Map.of("Authorization", "Bearer token", "OpenAI-Beta", "realtime=v1"));
		assertThat(conn.getSubprotocols()).containsExactly("realtime", "v2");
		assertThat(conn.getTransport()).isEqualTo(TransportType.NETTY);
		assertThat(conn.getDialTimeout()).isEqualTo(Duration.ofSeconds(1));
		assertThat(conn.getWriteWait()).isEqualTo(Duration.ofSeconds(2));
		assertThat(conn.getMaxMessageSize()).isEqualTo(DataSize.ofMegabytes(3));
		assertThat(conn.getMaxRetries()).isEqualTo(4);
		assertThat(conn.getRetryBackoffBase()).isEqualTo(Duration.ofSeconds(5));
		assertThat(conn.getRetryBackoffMax()).isEqualTo(Duration.ofSeconds(6));
		assertThat(conn.getCloseGracePeriod()).isEqualTo(Duration.ofSeconds(7));
		assertThat(conn.getHeartbeatInterval()).isEqualTo(Duration.ofSeconds(8));
		assertThat(conn.getPongTimeout()).isEqualTo(Duration.ofSeconds(9));
		assertThat(conn.getSslBundle()).isEqualTo("mine");
	}

	@Test
	void everySettingOfSessionsIsBound() throws IOException {
		Session session = bind("""
				streaming:
				  session:
				    response-channel-size: 1
				    read-ahead: 2MB
				    max-reconnect-attempts: 3
				    reconnect-stable-after: 4s
				    reconnect-hook-timeout: 5s
				    send-while-reconnecting: buffer
				    send-buffer-size: 6MB
				    max-connection-age: 7s
				    planned-change-max-wait: 8s
				    tool-timeout: 9s
				    tool-concurrency: 10
				    tool-rounds: 11
				    tool-result-size: 12KB
				    max-duration: 13m
				    idle-timeout: 14m
				    max-tokens: 15
				    max-audio: 16m
				    answer-timeout: 17s
				    answer-timeout-action: reconnect
				    goodbye: Say goodbye.
				""").getSession();
		assertThat(session).hasNoNullFieldsOrProperties();
		assertThat(session.getResponseChannelSize()).isEqualTo(1);
		assertThat(session.getReadAhead()).isEqualTo(DataSize.ofMegabytes(2));
		assertThat(session.getMaxReconnectAttempts()).isEqualTo(3);
		assertThat(session.getReconnectStableAfter()).isEqualTo(Duration.ofSeconds(4));
		assertThat(session.getReconnectHookTimeout()).isEqualTo(Duration.ofSeconds(5));
		assertThat(session.getSendWhileReconnecting()).isEqualTo(OutagePolicy.BUFFER);
		assertThat(session.getSendBufferSize()).isEqualTo(DataSize.ofMegabytes(6));
		assertThat(session.getMaxConnectionAge()).isEqualTo(Duration.ofSeconds(7));
		assertThat(session.getPlannedChangeMaxWait()).isEqualTo(Duration.ofSeconds(8));
		assertThat(session.getToolTimeout()).isEqualTo(Duration.ofSeconds(9));
		assertThat(session.getToolConcurrency()).isEqualTo(10);
		assertThat(session.getToolRounds()).isEqualTo(11);
		assertThat(session.getToolResultSize()).isEqualTo(DataSize.ofKilobytes(12));
		assertThat(session.getMaxDuration()).isEqualTo(Duration.ofMinutes(13));
		assertThat(session.getIdleTimeout()).isEqualTo(Duration.ofMinutes(14));
		assertThat(session.getMaxTokens()).isEqualTo(15);
		assertThat(session.getMaxAudio()).isEqualTo(Duration.ofMinutes(16));
		assertThat(session.getAnswerTimeout()).isEqualTo(Duration.ofSeconds(17));
		assertThat(session.getAnswerTimeoutAction()).isEqualTo(AnswerTimeoutAction.RECONNECT);
		assertThat(session.getGoodbye()).isEqualTo("Say goodbye.");
	}

	@Test
	void namedConnectionsAreBound() throws IOException {
		StreamingProperties properties = bind("""
				streaming:
				  connections:
				    openai:
				      provider: openai-realtime
				      conn:
				        url: wss://one.example.com
				    echo-2:
				      handler: echoHandler
				      session:
				        max-reconnect-attempts: 5
				""");
		assertThat(properties.getConnections()).containsOnlyKeys("openai", "echo-2");
		Connection openai = properties.getConnections().get("openai");
		assertThat(openai.getProvider()).isEqualTo("openai-realtime");
		assertThat(openai.getConn().getUrl()).isEqualTo("wss://one.example.com");
		Connection echo = properties.getConnections().get("echo-2");
		assertThat(echo.getHandler()).isEqualTo("echoHandler");
		assertThat(echo.getSession().getMaxReconnectAttempts()).isEqualTo(5);
		assertThat(echo.getConn().getUrl()).isNull();
	}

	@Test
	void environmentVariablesAreBound() {
		this.sources.addFirst(new SystemEnvironmentPropertySource("systemEnvironment",
				Map.of("STREAMING_CONN_DIALTIMEOUT", "3s", "STREAMING_CONNECTIONS_OPENAI_CONN_URL", "wss://example.com",
						"STREAMING_CONN_SUBPROTOCOLS", "a,b")));
		StreamingProperties properties = bind();
		assertThat(properties.getConn().getDialTimeout()).isEqualTo(Duration.ofSeconds(3));
		assertThat(properties.getConn().getSubprotocols()).isEqualTo(List.of("a", "b"));
		assertThat(properties.getConnections().get("openai").getConn().getUrl()).isEqualTo("wss://example.com");
	}

	private StreamingProperties bind(String yaml) throws IOException {
		new YamlPropertySourceLoader().load("test", new ByteArrayResource(yaml.getBytes()))
			.forEach(this.sources::addLast);
		return bind();
	}

	private StreamingProperties bind() {
		return new Binder(ConfigurationPropertySources.from(this.sources)).bindOrCreate("streaming",
				StreamingProperties.class);
	}

}
