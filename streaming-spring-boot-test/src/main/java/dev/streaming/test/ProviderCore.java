package dev.streaming.test;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

import dev.streaming.internal.concurrent.SequentialExecutor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Engine of a {@link ScriptedProvider}, with its connections.
 */
final class ProviderCore implements Peer {

	private static final Logger logger = LoggerFactory.getLogger(ProviderCore.class);

	private static final Duration LIMIT = Duration.ofSeconds(10);

	private final String name;

	private final TestTime time;

	private final SequentialExecutor lane;

	private final ScriptBook book = new ScriptBook();

	private final Log log = new Log();

	private final Queue<DialScript.Outcome> dials = new ConcurrentLinkedQueue<>();

	private final Queue<SetupScript.Outcome> setups = new ConcurrentLinkedQueue<>();

	private final AtomicInteger brokenSends = new AtomicInteger();

	private final Deque<Conversation> conversations = new ArrayDeque<>();

	// Known items of the conversation
	private final Set<String> items = new HashSet<>();

	private final Function<Conversation, WireProtocol> spoken;

	private volatile Function<Conversation, WireProtocol> protocols;

	private URI dialled = URI.create("");

	ProviderCore(String name, String protocol, TestTime time, Executor executor) {
		this.name = name;
		this.time = time;
		this.lane = new SequentialExecutor(executor);
		this.spoken = protocolsOf(protocol);
		this.protocols = this.spoken;
	}

	private Function<Conversation, WireProtocol> protocolsOf(String protocol) {
		return switch (protocol) {
			case "openai-realtime", "openai-transcription" -> OpenAiProtocol::new;
			case "openai-live" -> LiveProtocol::new;
			case "gemini-live" -> GeminiProtocol::new;
			case "" -> (conversation) -> protocolsOf(guess()).apply(conversation);
			default -> PlainProtocol::new;
		};
	}

	// A connection that is defined in code has no name of a provider
	private String guess() {
		String path = String.valueOf(this.dialled.getPath());
		if (path.contains("BidiGenerateContent")) {
			return "gemini-live";
		}
		if (path.contains("/live/sessions")) {
			return "openai-live";
		}
		return path.contains("/realtime") ? "openai-realtime" : "none";
	}

	String name() {
		return this.name;
	}

	ScriptBook book() {
		return this.book;
	}

	Log log() {
		return this.log;
	}

	TestTime time() {
		return this.time;
	}

	void protocols(Function<Conversation, WireProtocol> protocols) {
		this.protocols = protocols;
	}

	void script(DialScript.Outcome outcome) {
		this.dials.add(outcome);
	}

	void script(SetupScript.Outcome outcome) {
		this.setups.add(outcome);
	}

	/**
	 * Break the connection with one more message of the client.
	 */
	void breakSend() {
		this.brokenSends.incrementAndGet();
	}

	/**
	 * Return whether to break the connection with the current message of the client.
	 * Called by any thread.
	 * @return whether the message is lost
	 */
	boolean breaksSend() {
		return this.brokenSends.getAndUpdate((left) -> Math.max(0, left - 1)) > 0;
	}

	/**
	 * Return the scripted outcomes of dials, setups and sends that were not used.
	 * @return a sentence for each
	 */
	List<String> unused() {
		List<String> unused = new ArrayList<>();
		this.dials.forEach((outcome) -> unused.add("No dial was made to be " + outcome.description()));
		this.setups.forEach((outcome) -> unused.add("No setup was sent to be " + outcome.description()));
		for (int left = this.brokenSends.get(); left > 0; left--) {
			unused.add("No message was sent to be lost with its connection");
		}
		return unused;
	}

	@Override
	public Executor lane() {
		return (task) -> this.lane.execute(() -> guarded(task));
	}

	private void guarded(Runnable task) {
		try {
			task.run();
		}
		catch (RuntimeException ex) {
			logger.atDebug().setCause(ex).log("A script failed");
			String reason = (ex.getMessage() != null) ? ex.getMessage() : ex.toString();
			this.book.failed("The script failed: " + reason);
		}
	}

	/**
	 * Run an action on the lane, and wait for its completion.
	 * @param action the action
	 */
	void run(Runnable action) {
		if (this.lane.isCurrent()) {
			action.run();
			return;
		}
		CompletableFuture<Void> done = new CompletableFuture<>();
		this.lane.execute(() -> {
			try {
				action.run();
				done.complete(null);
			}
			catch (Throwable ex) {
				done.completeExceptionally(ex);
			}
		});
		try {
			done.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while the scripted provider works", ex);
		}
		catch (ExecutionException ex) {
			throw (ex.getCause() instanceof RuntimeException failure) ? failure : new IllegalStateException(ex);
		}
		catch (TimeoutException ex) {
			throw new IllegalStateException("The scripted provider '" + this.name + "' is busy", ex);
		}
	}

	@Override
	public void dialled(MemoryDial dial) {
		this.dialled = dial.request().uri();
		DialScript.Outcome outcome = this.dials.poll();
		String description = (outcome != null) ? outcome.description() : "connected";
		this.log.dialled(new Dialled(dial.request().uri(), dial.request().headers(), description));
		if (outcome == null) {
			Conversation conversation = new Conversation(this, this.log.connected());
			this.conversations.add(conversation);
			conversation.open(dial.accept(conversation));
		}
		else if (outcome.failure() != null) {
			dial.fail(outcome.failure());
		}
	}

	WireProtocol createProtocol(Conversation conversation) {
		return this.protocols.apply(conversation);
	}

	SetupScript.@Nullable Setup nextSetup() {
		SetupScript.Outcome outcome = this.setups.poll();
		return (outcome != null) ? outcome.setup() : null;
	}

	boolean hasSeen(String item) {
		return this.items.contains(item);
	}

	void seen(String item) {
		this.items.add(item);
	}

	void schedule(Duration delay, Runnable task) {
		this.time.scheduler().schedule(delay, () -> lane().execute(task));
	}

	/**
	 * Return whether a connection is live. Called on the lane.
	 * @param number the number of the connection
	 * @return whether it has not ended
	 */
	boolean isLive(int number) {
		return this.conversations.stream()
			.anyMatch((conversation) -> conversation.number() == number && conversation.isUp());
	}

	private List<Conversation> live() {
		this.conversations.removeIf((conversation) -> !conversation.isUp());
		return new ArrayList<>(this.conversations);
	}

	/**
	 * Run an action for every connection.
	 * @param action the action
	 */
	void onEach(Consumer<Conversation> action) {
		this.time.settle();
		run(() -> live().forEach(action));
	}

	/**
	 * Run an action for the latest connection.
	 * @param action the action
	 */
	void onNewest(Consumer<Conversation> action) {
		this.time.settle();
		run(() -> {
			List<Conversation> live = live();
			if (live.isEmpty()) {
				throw new IllegalStateException("The scripted provider '" + this.name
						+ "' has no connection. The transcript so far:\n" + this.log.transcript());
			}
			action.accept(live.get(live.size() - 1));
		});
	}

	int open() {
		this.time.settle();
		int[] count = { 0 };
		run(() -> count[0] = live().size());
		return count[0];
	}

	/**
	 * Start a new test. Connections are kept, records are cleared.
	 */
	void reset() {
		this.protocols = this.spoken;
		this.dials.clear();
		this.setups.clear();
		this.brokenSends.set(0);
		this.book.clear();
		run(() -> live().forEach((conversation) -> {
			conversation.answering(MemoryConnection.Answering.ANSWERED);
			conversation.forget();
		}));
		// Until sessions of an earlier test have reconnected
		this.time.settle();
		run(() -> {
			this.book.clear();
			this.log.clear();
		});
	}

}
