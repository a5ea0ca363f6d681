package dev.streaming.openai;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.streaming.OutagePolicy;
import dev.streaming.Session;
import dev.streaming.ToolCall;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.Role;
import dev.streaming.testsupport.LosingSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the loss of a connection of GPT-Live: calls and delegations are unknown to
 * the next session.
 */
@Timeout(30)
class OpenAiLiveOutageTests {

	private final OpenAiLiveFixture live = new OpenAiLiveFixture()
		.session((config) -> config.maxReconnectAttempts(5).sendWhileReconnecting(OutagePolicy.BUFFER));

	@AfterEach
	void close() {
		this.live.close();
	}

	private static String envelope(String event) {
		return "{'type':'response.event','event_id':'e','delegation_id':'d1','event':" + event + "}";
	}

	// Messages that were held have gone out when a later one has
	private void awaitNextConnection(Session session) throws InterruptedException {
		await().until(() -> session.state() == Session.State.RECONNECTING);
		await().until(() -> {
			// Not as long as a dial may take, however late its thread is
			this.live.pass(Duration.ofMillis(10));
			return session.state() == Session.State.OPEN;
		});
		assertThat(this.live.transport().dials()).hasSize(2);
	}

	private void assertNotTold(Session session, String... types) {
		RealtimeClient.of(session).sendText("Marker", Role.SYSTEM);
		await().until(() -> !this.live.told("session.instructions.append").isEmpty());
		for (String type : types) {
			assertThat(this.live.told(type)).as(type).isEmpty();
		}
	}

	@Test
	void resultThatIsHandedOverAsItsConnectionIsLost() throws InterruptedException {
		this.live.options((options) -> options.delegation(LiveDelegation.responses("gpt-work")));
		Session session = this.live.open();
		this.live.say(envelope("{'type':'response.created','response':{'id':'r'}}"),
				envelope("{'type':'response.output_item.done','item':{'type':'function_call','status':'completed',"
						+ "'call_id':'c1','name':'look','arguments':'{}'}}"),
				envelope("{'type':'response.completed','response':{'id':'r'}}"));
		ToolCall call = this.live.heard().get(0).toolCalls().get(0);
		this.live.handler().client(LosingSession.of(session, this.live.transport())).toolResult(call, "1");
		awaitNextConnection(session);
		assertNotTold(session, "response.item.create", "response.create");
	}

	@Test
	void workThatIsDoneAfterItsConnection() throws InterruptedException {
		List<Delegation> kept = new ArrayList<>();
		this.live.toolsByHand().delegation(kept::add);
		Session session = this.live.open();
		this.live.say("{'type':'session.delegation.created','offset_ms':1,'delegation':{'id':'d1','target':'client'}}");
		this.live.heard();
		this.live.runTools();
		kept.get(0).say("At once");
		await().until(() -> !this.live.told("session.commentary.append").isEmpty());
		this.live.transport().peer().drop();
		awaitNextConnection(session);
		kept.get(0).say("Late");
		kept.get(0).think("Late");
		assertNotTold(session, "session.commentary.append", "session.thinking.append");
	}

}
