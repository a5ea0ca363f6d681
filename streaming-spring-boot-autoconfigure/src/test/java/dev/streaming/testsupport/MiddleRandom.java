package dev.streaming.testsupport;

import java.util.Random;

/**
 * Draws the middle of the range that is asked for, so that back-offs and spread ages are
 * the same in each run.
 */
public final class MiddleRandom extends Random {

	private static final long serialVersionUID = 1L;

	public MiddleRandom() {
		super(1);
	}

	@Override
	public double nextDouble() {
		return 0.5;
	}

	@Override
	public long nextLong(long bound) {
		return bound / 2;
	}

}
