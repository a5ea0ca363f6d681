package dev.streaming.soak;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/**
 * Result of a {@link Soak}: figures and faults. Any thread adds.
 */
final class SoakReport {

	/** So many are told in words; all are counted. */
	private static final int TOLD = 40;

	private final String title;

	private final Map<Figure, LongAdder> figures = new EnumMap<>(Figure.class);

	private final Map<SoakFault, LongAdder> faults = new EnumMap<>(SoakFault.class);

	private final Map<Wrong, LongAdder> wrongs = new EnumMap<>(Wrong.class);

	private final Queue<String> told = new ConcurrentLinkedQueue<>();

	private volatile Duration took = Duration.ZERO;

	SoakReport(String title) {
		this.title = title;
		for (Figure figure : Figure.values()) {
			this.figures.put(figure, new LongAdder());
		}
		for (SoakFault fault : SoakFault.values()) {
			this.faults.put(fault, new LongAdder());
		}
		for (Wrong wrong : Wrong.values()) {
			this.wrongs.put(wrong, new LongAdder());
		}
	}

	void add(Figure figure, long count) {
		this.figures.get(figure).add(count);
	}

	long get(Figure figure) {
		return this.figures.get(figure).sum();
	}

	void add(SoakFault fault) {
		this.faults.get(fault).increment();
	}

	long get(SoakFault fault) {
		return this.faults.get(fault).sum();
	}

	/**
	 * Something is not as it has to be.
	 * @param wrong of which kind
	 * @param what the place and the failure
	 */
	void wrong(Wrong wrong, String what) {
		LongAdder count = this.wrongs.get(wrong);
		count.increment();
		if (count.sum() <= TOLD) {
			this.told.add(name(wrong) + ": " + what);
		}
	}

	String title() {
		return this.title;
	}

	void took(Duration time) {
		this.took = time;
	}

	long wrongs() {
		return this.wrongs.values().stream().mapToLong(LongAdder::sum).sum();
	}

	List<String> told() {
		return new ArrayList<>(this.told);
	}

	private static String name(Enum<?> constant) {
		return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
	}

	private static String list(Map<? extends Enum<?>, LongAdder> counts, boolean zeros) {
		return counts.entrySet()
			.stream()
			.filter((each) -> zeros || each.getValue().sum() > 0)
			.map((each) -> name(each.getKey()) + " " + each.getValue().sum())
			.collect(Collectors.joining(", "));
	}

	@Override
	public String toString() {
		String summary = this.title + String.format(Locale.ROOT, ": %.1f minutes%n", this.took.toMillis() / 60_000.0)
				+ "  " + list(this.figures, true) + "\n  faults: " + list(this.faults, false) + "\n  "
				+ list(this.wrongs, true);
		return this.told.isEmpty() ? summary : summary + "\n  " + String.join("\n  ", this.told);
	}

	/**
	 * Figures that are counted.
	 */
	enum Figure {

		/** That opened. */
		SESSIONS,

		/** Sessions that did not open, as the server would have it. */
		NOT_OPENED,

		/** That were open. */
		CONNECTIONS,

		/** Changes that were asked for or came with age, and done. */
		PLANNED_CHANGES,

		/** Outages that ended with another connection. */
		OUTAGES_SURVIVED,

		/** Sessions that the soak closed. */
		CLOSED_BY_US,

		/** Sessions that the server ended with 1000. */
		CLOSED_BY_PEER,

		/** Sessions that ended with an error, as the server would have it. */
		ENDED_BY_ERROR,

		/** Messages that consumers and hooks took. */
		RECEIVED,

		/** Messages and chunks that our own close dropped and counted. */
		DISCARDED,

		/** Number of times that a slow consumer made reading stop. */
		READING_STOOD,

		/** Messages that were given to a session. */
		SENT,

		/** Of those: the server read them. */
		ARRIVED,

		/** Of those: their sender was told, by an exception. */
		TOLD,

		/** Of those: counted as dropped. */
		DROPPED,

		/** Of those: written on a connection that died before the server read them. */
		WRITTEN_AND_DIED

	}

	/**
	 * Faults, none of which may happen.
	 */
	enum Wrong {

		/** A message is missing without a report. */
		LOST,

		/** A message came or was written twice. */
		REPEATED,

		/** A message came before one that was sent before it, or was not whole. */
		OUT_OF_ORDER,

		/** A message overtook the setup of its connection. */
		OVERTOOK_SETUP,

		/** A sender or a counter was told something that did not happen. */
		MISTOLD,

		/** A session did not end once and in order. */
		BADLY_ENDED,

		/** A connection was dropped without a reason, or kept in spite of one. */
		MISJUDGED,

		/** Something is left. */
		LEAKED,

		/** The soak itself failed. */
		BROKEN

	}

}
