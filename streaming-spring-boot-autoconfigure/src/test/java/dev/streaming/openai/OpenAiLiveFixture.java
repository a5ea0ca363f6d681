package dev.streaming.openai;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;

import dev.streaming.ConnConfig;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.testsupport.AcceptedSetup;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.ReceivedMessage;
import dev.streaming.testsupport.SessionFixture;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Session with GPT-Live on virtual time, for tests of its frames. Sessions are started; a
 * message before that, or a second start, is a failure.
 */
final class OpenAiLiveFixture extends SessionFixture<OpenAiLiveHandler, OpenAiLiveFixture> {

	static final Instant NOW = Instant.parse("2026-11-29T00:00:00Z");

	private OpenAiLiveOptions options = OpenAiLiveOptions.builder().apiKey("sk-test-secret").build();

	private @Nullable DelegationHandler delegation;

	private String started = AcceptedSetup.STARTED;

	OpenAiLiveFixture() {
		virtualTime();
		transport().onDial((dial) -> dial.accept((peer) -> peer.onMessage((message) -> react(peer, message))));
	}

	private void react(InMemoryPeer peer, ReceivedMessage message) {
		boolean start = message.text().contains("\"session.start\"");
		if (start != (peer.received().size() == 1)) {
			throw new AssertionError("It came before the start, or was a second one: " + message.text());
		}
		if (start) {
			peer.text(this.started);
		}
	}

	OpenAiLiveFixture options(Consumer<OpenAiLiveOptions.Builder> change) {
		OpenAiLiveOptions.Builder builder = OpenAiLiveOptions.builder().apiKey("sk-test-secret");
		change.accept(builder);
		this.options = builder.build();
		return this;
	}

	OpenAiLiveFixture delegation(DelegationHandler handler) {
		this.delegation = handler;
		return this;
	}

	/**
	 * Answer a start with this, in single quotes.
	 */
	OpenAiLiveFixture started(String event) {
		this.started = event.replace('\'', '"');
		return this;
	}

	List<JsonNode> told(String type) {
		return OpenAiFixture.told(transport().peer(), type);
	}

	JsonNode start() {
		return told("session.start").get(0).path("session");
	}

	/**
	 * All chunks before one that a following marker makes, but for that of the start.
	 */
	List<StreamChunk> heard() throws InterruptedException {
		say("{'type':'info','code':'marker','message':'','event_id':'m'}");
		return takeUntil((chunk) -> "marker".equals(chunk.metadata().get("code"))).stream()
			.filter((chunk) -> !"session.started".equals(chunk.metadata().get("event")))
			.toList();
	}

	/**
	 * Wait for a chunk.
	 */
	void awaitChunk(Predicate<StreamChunk> wanted) throws InterruptedException {
		takeUntil(wanted);
	}

	@Override
	protected ConnConfig.Builder connConfig() {
		return this.options.connConfig();
	}

	@Override
	protected OpenAiLiveHandler createHandler(List<RealtimeTool> tools, Executor workers) {
		return new OpenAiLiveHandler(this.options, tools, workers, (call, context) -> true, this.delegation, () -> NOW);
	}

	@Override
	protected OpenAiLiveFixture self() {
		return this;
	}

}
