package dev.streaming.internal.relay;

import java.net.URI;
import java.security.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.SessionSpec;
import dev.streaming.internal.concurrent.BoundedExecutor;
import dev.streaming.openai.OpenAiFixture;
import dev.streaming.relay.RelayCustomizer;
import dev.streaming.relay.RelayEnd;
import dev.streaming.relay.RelayObserver;
import dev.streaming.relay.RelayState;
import dev.streaming.relay.RelayTurnDetection;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.Jitter;
import dev.streaming.testsupport.ManualScheduler;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Relays without sockets: fake browsers, sessions with OpenAI's handler over the
 * in-memory transport, and a clock for the relays that stands still.
 */
final class RelayFixture implements AutoCloseable {

	static final JsonMapper MAPPER = JsonMapper.builder().build();

	private static final String THREADS = "test-relay-";

	private static final RelaySettings DEFAULTS = new RelaySettings("assistant", RelayTurnDetection.PROVIDER, 5,
			32 * 1024, 4000, 100, Duration.ofMinutes(5), Duration.ofSeconds(30), 64 * 1024, 8 * 1024,
			Duration.ofSeconds(20), Duration.ofSeconds(10));

	final OpenAiFixture provider = new OpenAiFixture();

	final ManualScheduler clock = new ManualScheduler();

	final Recorder observer = new Recorder();

	final List<Session> sessions = new CopyOnWriteArrayList<>();

	/** The failure of opening a session, or null. */
	volatile @Nullable RuntimeException refusal;

	private final BoundedExecutor threads = new BoundedExecutor(THREADS, 32);

	private final List<RelayCustomizer> customizers = new ArrayList<>();

	private RelaySettings settings = DEFAULTS;

	private @Nullable Relays relays;

	RelayFixture customizer(RelayCustomizer customizer) {
		this.customizers.add(customizer);
		return this;
	}

	RelayFixture turnDetection(RelayTurnDetection side) {
		RelaySettings s = this.settings;
		this.settings = new RelaySettings(s.connection(), side, s.maxSessionsPerOwner(), s.maxMessageSize(),
				s.maxTextLength(), s.messagesPerSecond(), s.idleTimeout(), s.reattachFor(), s.sendBufferSize(),
				s.historySize(), s.pingInterval(), s.sendTimeout());
		return this;
	}

	Relays relays() {
		Relays made = this.relays;
		if (made == null) {
			made = new Relays(Sessions::new, this.settings, this.customizers, this.clock, Jitter.late(this.threads),
					this.observer);
			this.relays = made;
		}
		return made;
	}

	RelaySettings settings() {
		return this.settings;
	}

	FakeBrowser browser() {
		return browser(handshake(null));
	}

	FakeBrowser browser(@Nullable Principal principal) {
		return browser(handshake(principal));
	}

	FakeBrowser browser(DefaultRelayHandshake handshake) {
		return new FakeBrowser(new RelayWebSocketHandler(relays()), handshake);
	}

	static DefaultRelayHandshake handshake(@Nullable Principal principal) {
		return new DefaultRelayHandshake(principal, null, URI.create("http://localhost/streaming/relay"),
				new HttpHeaders(), null);
	}

	/** A browser whose session is open. */
	FakeBrowser ready() throws Exception {
		FakeBrowser browser = browser().hello();
		browser.await("ready");
		return browser;
	}

	/** The newest connection of a session. */
	InMemoryPeer peer() {
		return this.provider.transport().peer();
	}

	/** Let the model say something, with single quotes. */
	void model(String... events) {
		this.provider.say(events);
	}

	static void model(InMemoryPeer peer, String... events) {
		for (String event : events) {
			peer.text(event.replace('\'', '"'));
		}
	}

	void begins(String response) {
		model("{'type':'response.created','response':{'id':'" + response + "','conversation_id':'conv'}}");
	}

	void speaks(String response, int bytes) {
		speaks(peer(), response, bytes);
	}

	static void speaks(InMemoryPeer peer, String response, int bytes) {
		model(peer, "{'type':'response.output_audio.delta','response_id':'" + response + "','item_id':'i-" + response
				+ "','content_index':0,'delta':'" + Base64.getEncoder().encodeToString(new byte[bytes]) + "'}");
	}

	void says(String response, String delta) {
		model("{'type':'response.output_audio_transcript.delta','response_id':'" + response + "','item_id':'i-"
				+ response + "','content_index':0,'delta':'" + delta + "'}");
	}

	void ends(String response) {
		model("{'type':'response.done','response':{'id':'" + response
				+ "','conversation_id':'conv','status':'completed','output':[],'usage':{'total_tokens':5,"
				+ "'input_tokens':2,'output_tokens':3}}}");
	}

	void userBegins() {
		model("{'type':'input_audio_buffer.speech_started','audio_start_ms':1,'item_id':'u-1'}");
	}

	/** The observer is called after the close of the browser. */
	void assertEnds(RelayEnd... ends) {
		Awaitility.await().untilAsserted(() -> assertThat(this.observer.ends).containsExactly(ends));
	}

	/**
	 * Wait until the relay of the first session has taken all chunks and translated the
	 * last of them: its threads wait for more.
	 */
	void awaitTaken() {
		Awaitility.await()
			.during(Duration.ofMillis(300))
			.until(() -> this.sessions.get(0).response().size() == 0 && areThreadsWaiting());
	}

	private static boolean areThreadsWaiting() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith(THREADS))
			.map(Thread::getState)
			.allMatch((state) -> state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING);
	}

	JsonNode awaitTold(String type) throws InterruptedException {
		return awaitTold(type, 1);
	}

	JsonNode awaitTold(String type, int number) throws InterruptedException {
		return OpenAiFixture.awaitTold(peer(), type, number);
	}

	@Override
	public void close() {
		this.sessions.forEach(Session::close);
		this.provider.close();
		this.threads.close();
	}

	/**
	 * Records its calls.
	 */
	static final class Recorder implements RelayObserver {

		final List<Handshake> handshakes = new CopyOnWriteArrayList<>();

		final List<Attachment> attachments = new CopyOnWriteArrayList<>();

		final List<RelayEnd> ends = new CopyOnWriteArrayList<>();

		private final Map<RelayState, Integer> counts = new EnumMap<>(RelayState.class);

		@Override
		public void handshake(Handshake outcome) {
			this.handshakes.add(outcome);
		}

		@Override
		public void attached(Attachment attachment) {
			this.attachments.add(attachment);
		}

		@Override
		public void changed(@Nullable RelayState from, RelayState to) {
			synchronizedCount(from, to);
		}

		private void synchronizedCount(@Nullable RelayState from, RelayState to) {
			synchronized (this.counts) {
				if (from != null) {
					this.counts.merge(from, -1, Integer::sum);
				}
				this.counts.merge(to, 1, Integer::sum);
			}
		}

		int count(RelayState state) {
			synchronized (this.counts) {
				return this.counts.getOrDefault(state, 0);
			}
		}

		@Override
		public void ended(RelayEnd end) {
			this.ends.add(end);
		}

	}

	private final class Sessions implements SessionFactory {

		@Override
		public Session open() throws InterruptedException {
			return open("default");
		}

		@Override
		public Session open(String name) throws InterruptedException {
			return open(name, (spec) -> {
			});
		}

		@Override
		public Session open(String name, Consumer<SessionSpec> spec) throws InterruptedException {
			RuntimeException failure = RelayFixture.this.refusal;
			if (failure != null) {
				throw failure;
			}
			Session opened = RelayFixture.this.provider.open(spec);
			RelayFixture.this.sessions.add(opened);
			return opened;
		}

		@Override
		public Collection<Session> sessions() {
			return RelayFixture.this.sessions;
		}

	}

}
