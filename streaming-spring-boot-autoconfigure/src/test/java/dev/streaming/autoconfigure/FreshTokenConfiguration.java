package dev.streaming.autoconfigure;

import dev.streaming.Handshake;
import dev.streaming.HandshakeCustomizer;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * A token for each dial, from a {@link HandshakeCustomizer} of the application.
 */
@Configuration(proxyBeanMethods = false)
public class FreshTokenConfiguration {

	@Bean
	HandshakeCustomizer token() {
		return new HandshakeCustomizer() {

			@Override
			public void customize(Handshake handshake) {
				handshake.header("Authorization", "Bearer fresh");
			}

			@Override
			public boolean supports(String connectionName) {
				return true;
			}

		};
	}

}
