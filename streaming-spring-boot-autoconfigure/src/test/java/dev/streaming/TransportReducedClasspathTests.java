package dev.streaming;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests of {@link TransportType} where Netty is not on the class path. Run by an
 * execution of its own.
 */
class TransportReducedClasspathTests {

	@Test
	void nettyIsRefusedWithTheDependenciesToAdd() {
		ConnConfig.Builder builder = ConnConfig.builder("wss://provider.test/").transport(TransportType.NETTY);
		assertThatIllegalArgumentException().isThrownBy(builder::build)
			.withMessageContaining("io.netty:netty-codec-http")
			.withMessageContaining("io.netty:netty-handler-proxy")
			.withMessageContaining("io.netty:netty-resolver-dns");
	}

	@Test
	void standardIsTheDefault() {
		assertThat(TransportType.NETTY.isAvailable()).isFalse();
		assertThat(ConnConfig.builder("wss://provider.test/").build().transport()).isEqualTo(TransportType.STANDARD);
	}

}
