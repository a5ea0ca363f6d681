package dev.streaming.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class WarmUpTests {

	private static final String WORK = "work";

	private long nanos;

	private long compiled;

	private final List<Double> slices = new ArrayList<>();

	private final WarmUp warmUp = new WarmUp(() -> this.nanos, () -> this.compiled);

	@Test
	void firstTimeLastsUntilItGetsNoFaster() throws Exception {
		assertThat(run(6, 0, 10, 20, 40, 60, 80, 90, 100, 101, 99, 100, 100, 100, 100)).isEqualTo(100);
		assertThat(this.slices).hasSize(11);
	}

	@Test
	void itIsNotWarmAsLongAsItIsCompiled() throws Exception {
		run(3, 100, 100);
		assertThat(this.slices).hasSize(12);
	}

	@Test
	void itEndsInTimeWhenItNeverStopsToGetFaster() throws Exception {
		run(2, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512);
		assertThat(this.slices).hasSize(8);
	}

	@Test
	void laterOneSliceIsEnoughIfItIsAsFastAsBefore() throws Exception {
		run(6, 0, 100);
		this.slices.clear();
		assertThat(run(6, 0, 96)).isEqualTo(100);
		assertThat(this.slices).hasSize(1);
	}

	@Test
	void laterItLastsUntilItIsAsFastAsBefore() throws Exception {
		run(6, 0, 100);
		this.slices.clear();
		run(6, 0, 50, 60, 97);
		assertThat(this.slices).hasSize(3);
		this.slices.clear();
		run(6, 0, 50);
		assertThat(this.slices).as("at most a quarter of the time").hasSize(6);
	}

	@Test
	void shortSlicesSayNothing() throws Exception {
		this.warmUp.run(WORK, 1, (seconds, rate) -> {
			this.nanos += 50_000_000;
			this.slices.add(1.0);
			return 1;
		});
		assertThat(this.slices).hasSize(20);
	}

	// The last of the rates is that of all further slices
	private double run(double longest, long compiling, double... rates) throws Exception {
		List<Double> all = new ArrayList<>(Arrays.stream(rates).boxed().toList());
		return this.warmUp.run(WORK, longest, (seconds, before) -> {
			this.nanos += 250_000_000;
			this.compiled += compiling;
			double rate = (all.size() > 1) ? all.remove(0) : all.get(0);
			this.slices.add(rate);
			return rate;
		});
	}

}
