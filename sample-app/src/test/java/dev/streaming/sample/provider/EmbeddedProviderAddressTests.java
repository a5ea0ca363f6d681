package dev.streaming.sample.provider;

import java.net.URI;
import java.util.concurrent.atomic.AtomicReference;

import dev.streaming.Handshake;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.willAnswer;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link EmbeddedProviderAddress}.
 */
class EmbeddedProviderAddressTests {

	@ParameterizedTest
	@CsvSource(nullValues = "-", value = {
			// As configured
			"ws://localhost:8080/provider/openai, -, ws://localhost:8080/provider/openai",
			"ws://localhost:8080/provider/openai, 127.0.0.1, ws://localhost:8080/provider/openai",
			"ws://localhost:8080/provider/openai, 0.0.0.0, ws://localhost:8080/provider/openai",
			// Any port
			"ws://localhost:0/provider/openai?model=m, 127.0.0.1, ws://localhost:4711/provider/openai?model=m",
			// One address that is not localhost
			"ws://localhost:8080/provider/openai, 192.168.1.5, ws://192.168.1.5:8080/provider/openai",
			"ws://localhost:0/provider/gemini, ::1, ws://[0:0:0:0:0:0:0:1]:4711/provider/gemini",
			// Another provider
			"wss://api.openai.com/v1/realtime, 192.168.1.5, wss://api.openai.com/v1/realtime",
			"ws://localhost:0/v1/realtime, 192.168.1.5, ws://localhost:0/v1/realtime" })
	void addressIsTheOneOfTheServer(URI configured, @Nullable String address, URI dialled) {
		MockEnvironment environment = new MockEnvironment();
		environment.setConversionService(new ApplicationConversionService());
		environment.setProperty("local.server.port", "4711");
		if (address != null) {
			environment.setProperty("server.address", address);
		}
		AtomicReference<URI> uri = new AtomicReference<>(configured);
		Handshake handshake = mock(Handshake.class);
		given(handshake.uri()).willAnswer((call) -> uri.get());
		willAnswer((call) -> {
			uri.set(call.getArgument(0));
			return null;
		}).given(handshake).uri(any());
		new EmbeddedProviderAddress(environment).customize(handshake);
		assertThat(uri).hasValue(dialled);
	}

}
