package dev.streaming;

import java.time.Duration;

import dev.streaming.SoakReport.Figure;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * A few seconds of the {@link Soak}; its system properties make it longer.
 */
class SoakTests {

	@ParameterizedTest
	@CsvSource({ "tomcat, PT8S", "jetty, PT4S" })
	void everyMessageIsAccountedFor(String container, Duration duration) throws Exception {
		assumeTrue(container.equals(System.getProperty("soak.container", container)), "soak.container");
		SoakReport report = Soak.run(container, duration);
		assertThat(report.wrongs()).as("%s", report).isZero();
		// It did what it is for
		for (Figure figure : new Figure[] { Figure.SESSIONS, Figure.PLANNED_CHANGES, Figure.OUTAGES_SURVIVED,
				Figure.RECEIVED, Figure.ARRIVED, Figure.TOLD }) {
			assertThat(report.get(figure)).as("%s", figure).isPositive();
		}
	}

}
