package dev.streaming.protocol;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every event of a server, and exactly what becomes of it, without sockets and over them.
 */
@Timeout(60)
class ServerEventTests {

	@ParameterizedTest
	@EnumSource
	void eventBecomesWhatTheScriptSays(Protocol protocol) throws Exception {
		EventScript script = new EventScript(protocol);
		List<String> actual = script.run(protocol, Wire.MEMORY);
		if (Boolean.getBoolean("docs.write")) {
			script.write(actual);
		}
		else {
			script.assertSame(actual);
		}
	}

	@ParameterizedTest
	@MethodSource
	@Tag("socket")
	void eventBecomesTheSameOverASocket(Protocol protocol, Wire wire) throws Exception {
		EventScript script = new EventScript(protocol);
		script.assertSame(script.run(protocol, wire));
	}

	static List<Arguments> eventBecomesTheSameOverASocket() {
		return Arrays.stream(Protocol.values())
			.flatMap((protocol) -> EnumSet.complementOf(EnumSet.of(Wire.MEMORY))
				.stream()
				.map((wire) -> Arguments.of(protocol, wire)))
			.toList();
	}

}
