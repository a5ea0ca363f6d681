package dev.streaming.benchmarks;

import java.util.List;
import java.util.Map;

import dev.streaming.benchmarks.Receiving.Talk;

/**
 * Work that every contender does alike.
 */
enum Workload {

	/** JSON events of 200 bytes, decoded by the contender. */
	DELTAS("JSON events of 200 bytes, decoded, to the consumer", Contenders.withConns(), Receiving::deltas),

	/** The same events from a provider. */
	CONVERSATION("Deltas of 200 bytes of a provider, to the consumer as the text of a conversation",
			Contenders.CONVERSATIONS,
			(trial) -> Receiving.conversation(trial, trial.name().startsWith("openai") ? Talk.OPENAI : Talk.GEMINI)),

	/** Messages of 32 KiB, as base64 audio is, not decoded. */
	AUDIO_DOWN("Messages of 32 KiB, as base64 audio is, not decoded, to the consumer", Contenders.withWholeMessages(),
			Receiving::audio),

	/** The same to the server. */
	AUDIO_UP("The same to the server", Contenders.withConns(), Sending::measure),

	/** A message of 200 bytes and its echo. */
	ECHO_SMALL("Round trip of 200 bytes", Contenders.withConns(), (trial) -> RoundTrips.echo(trial, Event.SIZE)),

	/** A message of 20,000 bytes and its echo. */
	ECHO_LARGE("Round trip of 20,000 bytes", Contenders.sessionsAndPeers(), (trial) -> RoundTrips.echo(trial, 20_000)),

	/** The way of one delta. */
	LATENCY("From the server's write of a JSON event to the consumer, decoded, at 1,000 a second",
			Contenders.sessionsAndPeers(), RoundTrips::delta),

	/** Connections, one after the other. */
	CONNECT("Connections, one after the other", Contenders.sessionsAndPeers(), RoundTrips::connect),

	/** Connections that have each had a message and now wait. */
	IDLE("Connections that have each had a message and now wait", Contenders.sessionsAndClients(),
			(trial) -> Idle.measure(trial, trial.isSmoke() ? 20 : 250)),

	/** Thousands of them. */
	IDLE_MANY("Thousands of connections that have each had a message and now wait", List.of("session-netty"),
			(trial) -> Idle.measure(trial, trial.isSmoke() ? 20 : trial.server().startsWith("wss") ? 5_000 : 10_000)),

	/** Voice sessions on one core. */
	FLEET("Voice sessions that one core holds, each with 50 messages of 1,400 bytes a second each way",
			Contenders.sessionsAndClients(), Fleet::measure),

	/** Many connections that are lost at once. */
	OUTAGE("1,000 sessions whose connections are dropped at once, with the default settings", Contenders.SESSIONS,
			Outage::measure),

	/** A slow consumer beside fast ones. */
	SLOW_CONSUMER("JSON events of 200 bytes to three fast consumers, alone and beside a slow one", Contenders.SESSIONS,
			SlowConsumer::measure);

	private final String title;

	private final List<String> contenders;

	private final Work work;

	Workload(String title, List<String> contenders, Work work) {
		this.title = title;
		this.contenders = contenders;
		this.work = work;
	}

	String title() {
		return this.title;
	}

	List<String> contenders() {
		return this.contenders.stream().filter(Contenders::isWanted).toList();
	}

	/**
	 * Return the time that all contenders take on one scheme, where that is more than the
	 * time of a work: an estimate, to know what there is time for.
	 * @return seconds
	 */
	int seconds() {
		return switch (this) {
			case FLEET -> 220;
			case IDLE -> 35;
			case IDLE_MANY, OUTAGE -> 40;
			case SLOW_CONSUMER -> 25;
			default -> 0;
		};
	}

	/**
	 * Return the schemes that it is measured on.
	 * @return the schemes
	 */
	List<String> schemes() {
		return switch (this) {
			// As the providers are
			case CONVERSATION, CONNECT -> List.of("wss");
			default -> List.of("ws", "wss");
		};
	}

	/**
	 * Return whether once is enough: it takes long, or it has rounds of its own.
	 * @return whether
	 */
	boolean isOnce() {
		return switch (this) {
			case IDLE, IDLE_MANY, FLEET, OUTAGE, SLOW_CONSUMER -> true;
			default -> false;
		};
	}

	/**
	 * Return whether the contender gets a JVM for this work alone, because memory that
	 * other works have left behind, or their threads, would count.
	 * @return whether
	 */
	boolean needsOwnProcess() {
		return switch (this) {
			case IDLE, IDLE_MANY -> true;
			default -> false;
		};
	}

	/**
	 * Return whether the server is kept off the first core, to which the contender binds
	 * itself when it is warm, where the system can do that.
	 * @return whether
	 */
	boolean isOnOneCore() {
		return this == FLEET;
	}

	/**
	 * Do the work once.
	 * @param trial the contender, the server and the time
	 * @return figures by their names
	 * @throws Exception if something is lost or fails
	 */
	Map<String, Double> measure(Trial trial) throws Exception {
		return this.work.measure(trial);
	}

	@FunctionalInterface
	private interface Work {

		Map<String, Double> measure(Trial trial) throws Exception;

	}

}
