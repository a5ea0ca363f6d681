package dev.streaming.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

import dev.streaming.FinishReason;
import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.SessionSpec;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.RealtimeChunks;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.SessionChange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import org.springframework.beans.factory.annotation.Autowired;

import static dev.streaming.test.StreamingAssertions.assertThat;

/**
 * A conversation of an application with a model that listens and speaks.
 */
@KitTest
abstract class AbstractConversationTests {

	static final String OSLO = "{\"city\":\"Oslo\"}";

	private static final Duration SILENCE = Duration.ofSeconds(2);

	private ScriptedProvider provider;

	private Session session;

	private RealtimeClient client;

	@Autowired
	private TestTime time;

	@Autowired
	private SessionFactory sessions;

	@Autowired
	private ScriptedProviders providers;

	@BeforeEach
	void open() throws InterruptedException {
		open(partner().connection(), (spec) -> {
		});
	}

	@AfterEach
	void close() {
		this.session.close();
	}

	abstract Partner partner();

	/**
	 * Begin another conversation than that of all tests.
	 * @param spec changes its settings
	 */
	void reopen(Consumer<SessionSpec> spec) throws InterruptedException {
		this.session.close();
		open(partner().connection(), spec);
	}

	/**
	 * Begin another conversation than that of all tests.
	 * @param connection the name of its connection
	 */
	void reopen(String connection) throws InterruptedException {
		this.session.close();
		open(connection, (spec) -> {
		});
	}

	private void open(String connection, Consumer<SessionSpec> spec) throws InterruptedException {
		this.provider = this.providers.get(connection);
		this.session = this.sessions.open(connection, spec);
		this.client = RealtimeClient.of(this.session);
	}

	ScriptedProvider provider() {
		return this.provider;
	}

	Session session() {
		return this.session;
	}

	RealtimeClient client() {
		return this.client;
	}

	TestTime time() {
		return this.time;
	}

	/**
	 * The application changes the instructions.
	 * @param value the new ones
	 */
	void changeInstructions(String value) {
		if (partner() == Partner.OPENAI_LIVE) {
			// Changes are made in the provider's words
			this.session.send(Map.of("type", "session.update", "session", Map.of("instructions", value)));
		}
		else {
			this.client.update(SessionChange.builder().instructions(value).build());
		}
	}

	/**
	 * The user asks, and hears the answer.
	 * @param question the question
	 * @param answer the answer
	 */
	void sayAndHear(String question, String answer) {
		this.provider.onText(question).say(answer);
		this.provider.userSays(question);
		hears(answer);
	}

	/**
	 * The model begins a story, of which there is more.
	 */
	void beginsAStory() {
		this.provider.onText("A story").say("Once ").hold().say("upon a time.");
		this.provider.userSays("A story");
		assertThat(this.session).delivers("its begin", (chunk) -> chunk.delta().equals("Once "));
	}

	/**
	 * The application hears an answer up to its end.
	 * @param pieces the pieces of its text
	 */
	void hears(String... pieces) {
		String text = String.join("", pieces);
		if (partner().tellsEnds()) {
			assertThat(this.session).delivers(text);
			return;
		}
		for (String piece : pieces) {
			assertThat(this.session).delivers("\"" + piece + "\"", (chunk) -> chunk.delta().equals(piece));
		}
		awaitSilence((chunk) -> chunk.finishReason() != null && chunk.finishReason().isFinal()
				&& chunk.content().endsWith(text));
	}

	/**
	 * The answer ends.
	 */
	void ends() {
		if (partner().tellsEnds()) {
			assertThat(this.session).delivers("the end", (chunk) -> chunk.finishReason() != null);
		}
		else {
			awaitSilence((chunk) -> chunk.finishReason() != null);
		}
	}

	// Audio may come behind the last words, and be heard when the clock has been turned
	private void awaitSilence(Predicate<StreamChunk> end) {
		assertThat(Eventually.holds(() -> {
			this.time.advance(SILENCE);
			return delivered().stream().anyMatch(end);
		})).as(() -> "the end in\n" + this.provider.transcript()).isTrue();
	}

	/**
	 * Take what has been delivered.
	 * @return the chunks that wait
	 */
	List<StreamChunk> delivered() {
		this.time.settle();
		List<StreamChunk> chunks = new ArrayList<>();
		Optional<StreamChunk> chunk = poll();
		while (chunk.isPresent()) {
			chunks.add(chunk.get());
			chunk = poll();
		}
		return chunks;
	}

	private Optional<StreamChunk> poll() {
		try {
			return this.session.response().poll(Duration.ZERO);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * The application is told that the user has interrupted the model.
	 */
	void assertInterrupted() {
		if (partner().tellsEnds()) {
			assertThat(this.session).delivers("an interruption", StreamChunk::interrupted);
		}
		ends();
	}

	/**
	 * The application is told that an answer was lost with its connection.
	 */
	void assertLost() {
		assertThat(this.session).delivers("the loss", AbstractConversationTests::isLoss);
	}

	static boolean isLoss(StreamChunk chunk) {
		return RealtimeChunks.CONNECTION_LOST.equals(chunk.metadata().get(RealtimeChunks.REASON)) && chunk.interrupted()
				&& chunk.finishReason() == FinishReason.ERROR;
	}

	CompletableFuture<Void> changing() {
		return this.session.reconnect("maintenance").toCompletableFuture();
	}

	/**
	 * Change the connection. A session looks for a quiet moment every now and then.
	 */
	void change() throws Exception {
		CompletableFuture<Void> change = changing();
		assertThat(Eventually.holds(() -> {
			this.time.advance(Duration.ofMillis(250));
			return change.isDone();
		})).isTrue();
		change.get(0, TimeUnit.SECONDS);
	}

	/**
	 * The session is on another connection.
	 * @param times how often it has been changed
	 */
	void assertReconnected(int times) {
		assertThat(this.session).hasReconnected(times).isOpen();
	}

	/**
	 * The provider has the conversation on its newest connection: it was told it once, or
	 * knows it by a handle.
	 * @param texts what was said so far
	 */
	void assertRemembers(String... texts) {
		List<Received> history = this.provider.received(Received.Kind.HISTORY);
		if (partner().resumes()) {
			assertThat(history).isEmpty();
			assertThat(this.provider.setup().at("/sessionResumption/handle").asString("")).startsWith("handle_");
			return;
		}
		int newest = this.provider.connections();
		assertThat(history).filteredOn((text) -> text.connection() == newest)
			.extracting(Received::text)
			.as(this.provider::transcript)
			.containsExactly(texts);
	}

}
