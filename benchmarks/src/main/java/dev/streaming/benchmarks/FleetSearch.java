package dev.streaming.benchmarks;

/**
 * The search for the greatest number of sessions that a core holds. As long as all
 * numbers were held, the next one is what the core should hold by the CPU of the last;
 * then it is halfway between the greatest that was held and the least that was not.
 */
final class FleetSearch {

	private static final int STEPS = 8;

	private static final double PRECISION = 0.08;

	/** Of the core, beyond which messages are late. */
	private static final double FULL = 0.95;

	private static final double LEAST_GROWTH = 1.25;

	private static final double MOST_GROWTH = 3;

	private final int most;

	private int count;

	private int held;

	private int failed = Integer.MAX_VALUE;

	private boolean triedBefore;

	private int steps;

	/**
	 * Create a search.
	 * @param first the number to begin with
	 * @param most the greatest number to try
	 */
	FleetSearch(int first, int most) {
		this.count = first;
		this.most = most;
	}

	/**
	 * Return the number of sessions to try next.
	 * @return the number
	 */
	int count() {
		return this.count;
	}

	/**
	 * Return the greatest number of sessions that was held.
	 * @return the number, 0 if none was held
	 */
	int held() {
		return this.held;
	}

	boolean isEnded() {
		return this.steps >= STEPS || this.held >= this.most
				|| this.failed - this.held <= Math.max(1, this.held * PRECISION);
	}

	/**
	 * Handle the result of a step.
	 * @param wasHeld whether the number of sessions was held
	 * @param cores the cores that they used
	 */
	void add(boolean wasHeld, double cores) {
		this.steps++;
		if (!wasHeld && !this.triedBefore) {
			// Other work of the machine may have taken the time: the same number again
			this.triedBefore = true;
			return;
		}
		this.triedBefore = false;
		if (wasHeld) {
			this.held = this.count;
		}
		else {
			this.failed = this.count;
		}
		this.count = next(cores);
	}

	private int next(double cores) {
		if (this.failed == Integer.MAX_VALUE) {
			double growth = Math.max(LEAST_GROWTH, Math.min(MOST_GROWTH, FULL / cores));
			return (int) Math.min(this.most, Math.ceil(this.count * growth));
		}
		return (this.held == 0) ? Math.max(1, this.count * 3 / 4) : (this.held + this.failed) / 2;
	}

}
