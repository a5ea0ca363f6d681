package dev.streaming.benchmarks;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FleetSearchTests {

	private static final int MOST = 4_000;

	private final List<Integer> tried = new ArrayList<>();

	@Test
	void nextNumberIsWhatTheCoreShouldHold() {
		FleetSearch search = new FleetSearch(100, MOST);
		search.add(true, 0.5);
		assertThat(search.count()).isEqualTo(190);
	}

	@Test
	void numberGrowsByAQuarterAtLeastAndThreefoldAtMost() {
		FleetSearch search = new FleetSearch(100, MOST);
		search.add(true, 0.01);
		assertThat(search.count()).isEqualTo(300);
		search.add(true, 1);
		assertThat(search.count()).isEqualTo(375);
	}

	@Test
	void greatestNumberIsFoundFromFarBelow() {
		FleetSearch search = search(60, 1_500);
		assertThat(search.held()).isBetween(1_380, 1_500);
		assertThat(this.tried).hasSizeLessThanOrEqualTo(8);
	}

	@Test
	void greatestNumberIsFoundFromAbove() {
		assertThat(search(800, 500).held()).isBetween(460, 500);
	}

	@Test
	void oneFailureOfANumberDoesNotCount() {
		FleetSearch search = new FleetSearch(100, MOST);
		search.add(false, 0.5);
		assertThat(search.count()).isEqualTo(100);
		search.add(true, 0.5);
		assertThat(search.held()).isEqualTo(100);
		assertThat(search.count()).isEqualTo(190);
	}

	@Test
	void secondFailureOfANumberCounts() {
		FleetSearch search = new FleetSearch(100, MOST);
		search.add(true, 0.5);
		search.add(false, 1);
		search.add(false, 1);
		assertThat(search.count()).isEqualTo(145);
		search.add(false, 1);
		assertThat(search.count()).as("the failures of each number are counted apart").isEqualTo(145);
	}

	@Test
	void itEndsAtTheGreatestNumberToTry() {
		assertThat(search(2_000, 10_000).held()).isEqualTo(MOST);
		assertThat(this.tried).endsWith(MOST);
	}

	@Test
	void itEndsIfNothingIsHeld() {
		assertThat(search(3, 0).held()).isZero();
		assertThat(this.tried).containsExactly(3, 3, 2, 2, 1, 1);
	}

	private FleetSearch search(int first, int capacity) {
		FleetSearch search = new FleetSearch(first, MOST);
		while (!search.isEnded()) {
			this.tried.add(search.count());
			search.add(search.count() <= capacity, Math.min(1, (double) search.count() / capacity));
		}
		return search;
	}

}
