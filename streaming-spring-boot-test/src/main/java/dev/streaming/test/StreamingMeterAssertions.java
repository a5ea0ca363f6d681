package dev.streaming.test;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

/**
 * Entry point for AssertJ assertions of the meters of this library. A separate class,
 * because Micrometer is an optional dependency. Can be statically imported together with
 * {@link StreamingAssertions}.
 *
 * @since 1.0.0
 */
public final class StreamingMeterAssertions {

	private StreamingMeterAssertions() {
	}

	/**
	 * Create assertions for the meters of connections and sessions.
	 * @param actual the registry of the application
	 * @return the assertions
	 */
	public static MetersAssert assertThat(MeterRegistry actual) {
		return new MetersAssert(actual, Tags.empty());
	}

}
