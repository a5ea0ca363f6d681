package dev.streaming.protocol;

import java.util.List;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

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
	@CsvSource({ "OPENAI_REALTIME, TOMCAT", "OPENAI_REALTIME, NETTY", "OPENAI_TRANSCRIPTION, TOMCAT",
			"OPENAI_TRANSCRIPTION, NETTY", "OPENAI_LIVE, TOMCAT", "OPENAI_LIVE, NETTY", "GEMINI_LIVE, TOMCAT",
			"GEMINI_LIVE, NETTY" })
	@Tag("socket")
	void eventBecomesTheSameOverASocket(Protocol protocol, Wire wire) throws Exception {
		EventScript script = new EventScript(protocol);
		script.assertSame(script.run(protocol, wire));
	}

}
