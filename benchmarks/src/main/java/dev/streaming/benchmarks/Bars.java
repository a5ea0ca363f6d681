package dev.streaming.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The aims of this library, as ratios of figures of one run.
 */
final class Bars {

	private static final List<String> OTHER_CLIENTS = List.of("okhttp", "java-websocket", "jetty", "jdk");

	private static final List<String> SCHEMES = List.of("ws", "wss");

	private final Results results;

	private final List<String> lines = new ArrayList<>();

	private int met;

	private Bars(Results results) {
		this.results = results;
	}

	/**
	 * Return the table of all bars.
	 * @param results what was measured
	 * @param starter what the starter adds to an application
	 * @return the table in Markdown
	 */
	static String table(Results results, Map<String, Double> starter) {
		Bars bars = new Bars(results);
		bars.netty();
		bars.standard();
		bars.sessions();
		bars.added("Start of an application: ms more", starter.get(Startup.MILLISECONDS), 50);
		bars.added("Heap of an application: MiB more", starter.get(Startup.HEAP), 2);
		return bars.met + " of " + bars.lines.size()
				+ " are met.\n\n| bar | measured | limit | |\n| --- | --- | --- | --- |\n"
				+ String.join("", bars.lines);
	}

	private void netty() {
		String ours = "session-netty";
		for (String scheme : SCHEMES) {
			for (Workload workload : List.of(Workload.AUDIO_DOWN, Workload.AUDIO_UP)) {
				atLeast(workload, scheme, "MB/s", ours, "netty", 0.9);
				OTHER_CLIENTS.forEach((client) -> atLeast(workload, scheme, "MB/s", ours, client, 1));
			}
			for (Workload workload : List.of(Workload.ECHO_SMALL, Workload.ECHO_LARGE)) {
				atMost(workload, scheme, "µs p50", ours, "netty", 1.1);
				OTHER_CLIENTS.forEach((client) -> atMost(workload, scheme, "µs p50", ours, client, 1));
			}
			for (String peer : Contenders.PEERS) {
				if (!peer.equals("raw")) {
					atLeast(Workload.DELTAS, scheme, "k/s", ours, peer, 1);
				}
			}
			atMost(Workload.DELTAS, scheme, "CPU-s per million", ours, "reactor-netty", 1);
		}
		atLeast(Workload.CONVERSATION, "wss", "k/s", "openai-session-netty", "openai-java", 1);
		atLeast(Workload.CONVERSATION, "wss", "k/s", "gemini-session-netty", "google-genai", 1);
		value(Workload.IDLE_MANY, "ws", ours, "heap KiB each", 12);
		value(Workload.IDLE_MANY, "wss", ours, "heap KiB each", 20);
		// A few event loops, however many the connections are
		SCHEMES.forEach((scheme) -> value(Workload.IDLE_MANY, scheme, ours, "threads each", 0.001));
		atMost(Workload.CONNECT, "wss", "µs p50", ours, "reactor-netty", 1.2);
	}

	private void standard() {
		String ours = "session-standard";
		for (String scheme : SCHEMES) {
			atLeast(Workload.DELTAS, scheme, "k/s", ours, "spring-by-hand", 1);
			atMost(Workload.DELTAS, scheme, "CPU-s per million", ours, "spring-by-hand", 1.15);
			atLeast(Workload.AUDIO_DOWN, scheme, "MB/s", ours, "spring-whole", 0.5);
			atMost(Workload.ECHO_SMALL, scheme, "µs p50", ours, "spring-by-hand", 1.5);
			atMost(Workload.ECHO_LARGE, scheme, "µs p50", ours, "spring-by-hand", 1.5);
		}
	}

	private void sessions() {
		for (String scheme : SCHEMES) {
			for (String peer : Contenders.PEERS) {
				if (!peer.equals("raw")) {
					more(Workload.FLEET, scheme, "sessions", "session-netty", peer);
				}
			}
			for (String ours : Contenders.SESSIONS) {
				value(Workload.OUTAGE, scheme, ours, Outage.BACK, Outage.LIMIT);
				value(Workload.OUTAGE, scheme, ours, Outage.DENSITY, 5);
				if (this.results.hasAny(Workload.SLOW_CONSUMER)) {
					least(Workload.SLOW_CONSUMER + " `" + scheme + "`: " + ours + ", rate beside a slow one / alone",
							this.results.median(Workload.SLOW_CONSUMER, scheme, ours, "ratio").orElse(Double.NaN),
							0.95);
				}
			}
		}
	}

	private void atLeast(Workload workload, String scheme, String figure, String ours, String other, double limit) {
		if (this.results.hasAny(workload)) {
			least(name(workload, scheme, figure, ours, other), ratio(workload, scheme, figure, ours, other), limit);
		}
	}

	private void more(Workload workload, String scheme, String figure, String ours, String other) {
		if (this.results.hasAny(workload)) {
			double ratio = ratio(workload, scheme, figure, ours, other);
			line(name(workload, scheme, figure, ours, other), ratio, "> 1", ratio > 1);
		}
	}

	private void atMost(Workload workload, String scheme, String figure, String ours, String other, double limit) {
		if (this.results.hasAny(workload)) {
			most(name(workload, scheme, figure, ours, other), ratio(workload, scheme, figure, ours, other), limit);
		}
	}

	private void value(Workload workload, String scheme, String ours, String figure, double limit) {
		if (this.results.hasAny(workload)) {
			most(workload + " `" + scheme + "`: " + ours + ", " + figure,
					this.results.median(workload, scheme, ours, figure).orElse(Double.NaN), limit);
		}
	}

	private double ratio(Workload workload, String scheme, String figure, String ours, String other) {
		double measured = this.results.median(workload, scheme, other, figure).orElse(Double.NaN);
		// More than a peer that has managed nothing is no result
		return this.results.median(workload, scheme, ours, figure).orElse(Double.NaN)
				/ ((measured > 0) ? measured : Double.NaN);
	}

	private static String name(Workload workload, String scheme, String figure, String ours, String other) {
		return workload + " `" + scheme + "`: " + figure + ", " + ours + " / " + other;
	}

	private void added(String name, @Nullable Double measured, double limit) {
		if (measured != null) {
			most(name, measured, limit);
		}
	}

	private void least(String name, double measured, double limit) {
		line(name, measured, "≥ " + Results.number(limit), measured >= limit);
	}

	private void most(String name, double measured, double limit) {
		line(name, measured, "≤ " + ((limit < 0.01) ? String.valueOf(limit) : Results.number(limit)),
				measured <= limit);
	}

	private void line(String name, double measured, String limit, boolean isMet) {
		this.met += isMet ? 1 : 0;
		// A comparison with what is no number is false
		String verdict = Double.isNaN(measured) ? "**not measured**" : isMet ? "met" : "**not met**";
		this.lines.add("| " + name + " | " + (Double.isNaN(measured) ? "–" : Results.number(measured)) + " | " + limit
				+ " | " + verdict + " |\n");
	}

}
