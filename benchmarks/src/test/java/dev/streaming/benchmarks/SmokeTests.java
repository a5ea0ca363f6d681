package dev.streaming.benchmarks;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Lets every contender do the least of each of its works. A message that is lost, and a
 * contender that fails or does not end, fails the test; the figures mean nothing.
 */
@Tag("process")
class SmokeTests {

	private static Comparison comparison;

	@BeforeAll
	static void start() throws Exception {
		comparison = Comparison.start();
	}

	@AfterAll
	static void stop() throws Exception {
		comparison.close();
	}

	static List<String> contenders() {
		return Contenders.all();
	}

	@ParameterizedTest
	@MethodSource("contenders")
	void everyWorkIsDoneAndNothingIsLost(String contender) throws Exception {
		Map<String, Map<String, Double>> figures = comparison.smoke(contender);
		assertThat(figures).isNotEmpty()
			.allSatisfy((work, values) -> assertThat(values).isNotEmpty()
				.allSatisfy((figure, value) -> assertThat(value).isFinite()));
	}

}
