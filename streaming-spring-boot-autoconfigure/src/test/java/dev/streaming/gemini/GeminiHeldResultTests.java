package dev.streaming.gemini;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.streaming.OutagePolicy;
import dev.streaming.Session;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.testsupport.AcceptedSetup;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.LosingSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the result of a tool that is sent while its connection is lost: the call is
 * unknown on the next one.
 */
@Timeout(30)
class GeminiHeldResultTests {

	private final GeminiFixture gemini = new GeminiFixture();

	@AfterEach
	void close() {
		this.gemini.close();
	}

	@Test
	void resultIsNotForTheNextConnection() throws Exception {
		this.gemini.options((options) -> options.sessionResumption(false))
			.session((session) -> session.sendWhileReconnecting(OutagePolicy.BUFFER));
		Session session = this.gemini.open();
		RealtimeClient client = this.gemini.handler().client(LosingSession.of(session, this.gemini.transport()));
		this.gemini.say("{'toolCall':{'functionCalls':[{'id':'f1','name':'look','args':{}}]}}");
		this.gemini.takeUntilMarker();
		CompletableFuture<InMemoryPeer> setup = new CompletableFuture<>();
		this.gemini.nextSetup(setup::complete);
		client.toolResult("f1", "look", "{}");
		AcceptedSetup.setUp(setup.get(10, TimeUnit.SECONDS));
		await().until(() -> session.state() == Session.State.OPEN);
		session.sendRaw(GeminiJson.message(Map.of("realtimeInput", Map.of("text", "Marker"))));
		assertThat(this.gemini.awaitSent(2, 2).at("/realtimeInput/text").stringValue()).isEqualTo("Marker");
	}

}
