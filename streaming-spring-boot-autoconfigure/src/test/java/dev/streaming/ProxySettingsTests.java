package dev.streaming;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests of {@link ProxySettings}.
 */
class ProxySettingsTests {

	@ParameterizedTest
	@CsvSource(textBlock = """
			*.internal.example.com, api.internal.example.com, false
			*.internal.example.com, INTERNAL.EXAMPLE.COM, true
			LocalHost, localhost, false
			127.*, 127.0.0.1, false
			127.*, 128.127.0.1, true
			*, anything, false
			a*c, abc, false
			a*c, abcd, true
			a.c, abc, true
			::1, [::1], false
			""")
	void hostsThatNeedNoProxyAreMatched(String pattern, String host, boolean applies) {
		assertThat(ProxySettings.http("proxy", 3128).nonProxyHosts("other", pattern).appliesTo(host))
			.isEqualTo(applies);
	}

	@Test
	void directConnectionsApplyToNoHost() {
		assertThat(ProxySettings.none().appliesTo("host")).isFalse();
		assertThat(ProxySettings.none().type()).isEqualTo(ProxySettings.Type.NONE);
	}

	@Test
	void nothingShowsCredentials() {
		ProxySettings proxy = ProxySettings.socks5("proxy", 1080).credentials("joe-s3cret", "s3cret");
		assertThat(proxy.toString()).isEqualTo("SOCKS5 proxy:1080");
		ConnConfig config = ConnConfig.builder("ws://host").transport(TransportType.NETTY).proxy(proxy).build();
		assertThat(config.toString()).doesNotContain("s3cret");
		assertThat(config.toBuilder().build().proxy()).isEqualTo(proxy).hasSameHashCodeAs(proxy);
		assertThat(proxy).isNotEqualTo(ProxySettings.socks5("proxy", 1080));
	}

	@Test
	void copiesLeaveTheOriginalAsItIs() {
		ProxySettings proxy = ProxySettings.http("proxy", 3128);
		ProxySettings copy = proxy.credentials("joe", "").nonProxyHosts(List.of(" a "));
		assertThat(proxy.user()).isNull();
		assertThat(proxy.nonProxyHosts()).isEmpty();
		assertThat(copy.user()).isEqualTo("joe");
		assertThat(copy.password()).isEmpty();
		assertThat(copy.nonProxyHosts()).containsExactly("a");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "http://proxy", "joe@proxy", "two words", "proxy\r\nX: y" })
	void hostMustBeOne(String host) {
		assertThatIllegalArgumentException().isThrownBy(() -> ProxySettings.http(host, 3128))
			.withMessageContaining("host");
	}

	@ParameterizedTest
	@ValueSource(ints = { -1, 0, 65_536 })
	void portMustBeOne(int port) {
		assertThatIllegalArgumentException().isThrownBy(() -> ProxySettings.socks5("proxy", port))
			.withMessageContaining("port");
	}

	@Test
	void credentialsThatCannotBeSentAreRefusedUnseen() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> ProxySettings.http("proxy", 3128).credentials("s3cret:x", "s3cret"))
			.withMessageContaining("colon")
			.withMessageNotContaining("s3cret");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> ProxySettings.socks5("proxy", 1080).credentials("s3cret", "s3cret".repeat(43)))
			.withMessageContaining("255")
			.withMessageNotContaining("s3cret");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> ProxySettings.http("proxy", 3128).credentials("", "s3cret"));
		assertThatIllegalStateException().isThrownBy(() -> ProxySettings.none().credentials("joe", "s3cret"));
	}

	@Test
	void socksProxyNeedsNetty() {
		ConnConfig.Builder builder = ConnConfig.builder("ws://host").proxy(ProxySettings.socks5("proxy", 1080));
		assertThatIllegalArgumentException().isThrownBy(() -> builder.transport(TransportType.STANDARD).build())
			.withMessageContaining("SOCKS")
			.withMessageContaining("NETTY");
		assertThat(builder.transport(TransportType.NETTY).build().proxy()).isNotNull();
		assertThat(ConnConfig.builder("ws://host").build().proxy()).isNull();
	}

}
