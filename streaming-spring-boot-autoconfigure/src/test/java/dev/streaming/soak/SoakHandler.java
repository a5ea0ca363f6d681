package dev.streaming.soak;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import dev.streaming.Conn;
import dev.streaming.Message;
import dev.streaming.ReconnectContext;
import dev.streaming.SessionContext;
import dev.streaming.StreamChunk;
import dev.streaming.soak.SoakReport.Wrong;
import dev.streaming.testsupport.CallbackRecorder;

/**
 * Handler and listener of one session of a {@link Soak}: sets connections up by question
 * and answer, turns messages into chunks, and keeps an eye on the order of calls.
 */
final class SoakHandler extends CallbackRecorder {

	private static final Duration ANSWER = Duration.ofMillis(400);

	/** Callbacks that may come right before each call. */
	private static final Map<String, Set<String>> BEFORE = Map.of("connect", Set.of("", "connect"), "opened",
			Set.of("connect"), "onOpened", Set.of("opened"), "onDisconnected",
			Set.of("onOpened", "onReconnected", "onReconnecting", "reconnect"), "onReconnecting",
			Set.of("onOpened", "onReconnected", "onDisconnected", "onReconnecting", "reconnect"), "reconnect",
			Set.of("onReconnecting"), "onReconnected", Set.of("reconnect"), "closing",
			Set.of("onOpened", "onReconnected", "onDisconnected", "onReconnecting", "reconnect"), "closed",
			Set.of("onOpened", "onReconnected", "onDisconnected", "onReconnecting", "reconnect", "closing"), "onClosed",
			Set.of("closed"));

	private final SoakLife life;

	private final Queue<String> story = new ConcurrentLinkedQueue<>();

	private final AtomicInteger inside = new AtomicInteger();

	// Not volatile: each call has to see what the one before it wrote
	private int calls;

	private final AtomicInteger counted = new AtomicInteger();

	// As above
	private int last;

	// As above: of what it received, which no consumer is going to take
	private int answers;

	SoakHandler(SoakLife life) {
		this.life = life;
	}

	private void enter() {
		if (this.inside.incrementAndGet() > 1) {
			this.life.wrong(Wrong.BADLY_ENDED, "two calls at once: " + this.story);
		}
		this.calls++;
		this.counted.incrementAndGet();
	}

	private void exit() {
		this.inside.decrementAndGet();
	}

	@Override
	protected void event(String name) {
		enter();
		this.story.add(name);
		exit();
	}

	@Override
	public void connect(Conn conn, SessionContext context) throws Exception {
		event("connect");
		setUp(conn);
	}

	@Override
	public void reconnect(ReconnectContext reconnect, Conn conn, SessionContext context) throws Exception {
		event("reconnect");
		setUp(conn);
	}

	private void setUp(Conn conn) throws Exception {
		enter();
		try {
			SoakDial dial = this.life.currentDial();
			this.life.begun(dial);
			conn.sendRaw("setup " + dial);
			Optional<Message> message = conn.receive(ANSWER);
			while (message.isPresent() && SoakText.isNumbered(message.get().text())) {
				this.life.taken(dial, message.get().text());
				message = conn.receive(ANSWER);
			}
			this.answers += message.isPresent() ? 1 : 0;
			String answer = message.map(Message::text).orElse("nothing");
			if (!answer.equals("ready " + dial)) {
				throw new IllegalStateException("The setup was answered with " + answer);
			}
			conn.sendRaw("done " + dial);
			this.life.connected(dial);
		}
		finally {
			exit();
		}
	}

	@Override
	public List<StreamChunk> handle(Message message, SessionContext context) {
		enter();
		try {
			String text = message.text();
			if (!SoakText.isNumbered(text)) {
				// The answer to a setup that had given up
				this.answers++;
				return List.of();
			}
			this.last++;
			return List.of(StreamChunk.delta(text));
		}
		finally {
			exit();
		}
	}

	@Override
	public boolean responseInFlight() {
		return this.last % 3 != 0;
	}

	/**
	 * Return the number of received messages without a number.
	 */
	int answers() {
		return this.answers;
	}

	/**
	 * Check the calls of a session that has ended.
	 * @param opened whether it was open before
	 */
	void check(boolean opened) {
		if (this.calls != this.counted.get()) {
			this.life.wrong(Wrong.BADLY_ENDED, "calls that did not see each other");
		}
		List<String> heard = new ArrayList<>(this.story);
		String before = "";
		for (String event : heard) {
			if (!BEFORE.getOrDefault(event, Set.of()).contains(before)) {
				this.life.wrong(Wrong.BADLY_ENDED, event + " after '" + before + "' in " + heard);
			}
			before = event;
		}
		if (opened ? !before.equals("onClosed") : heard.contains("opened")) {
			this.life.wrong(Wrong.BADLY_ENDED, "the last call is '" + before + "' in " + heard);
		}
	}

}
