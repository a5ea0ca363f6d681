package dev.streaming.tracing;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;

/**
 * The observations of this library.
 *
 * @since 1.0.0
 */
public enum StreamingObservationDocumentation implements ObservationDocumentation {

	/**
	 * One dial. Its parent is the outage that it is to end; outside of an outage, what
	 * was observed where the connection was created.
	 */
	DIAL {
		@Override
		public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
			return DefaultDialObservationConvention.class;
		}

		@Override
		public KeyName[] getLowCardinalityKeyNames() {
			return DialKey.values();
		}
	},

	/**
	 * One outage. Its parent is what was observed where the connection was created.
	 */
	OUTAGE {
		@Override
		public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
			return DefaultOutageObservationConvention.class;
		}

		@Override
		public KeyName[] getLowCardinalityKeyNames() {
			return OutageKey.values();
		}
	};

	/**
	 * Key-values of a dial.
	 */
	public enum DialKey implements KeyName {

		/** The configured name of the connection. */
		CONNECTION("connection"),

		/** {@code success}, {@code refused}, {@code timeout} or {@code error}. */
		OUTCOME("outcome"),

		/**
		 * The HTTP status of the handshake (100 to 599), {@code other}, or {@code none}.
		 */
		STATUS("status");

		private final String name;

		DialKey(String name) {
			this.name = name;
		}

		@Override
		public String asString() {
			return this.name;
		}

	}

	/**
	 * Key-values of an outage.
	 */
	public enum OutageKey implements KeyName {

		/** The configured name of the connection. */
		CONNECTION("connection"),

		/**
		 * {@code success}, {@code exhausted}, {@code permanent} or {@code closed}.
		 */
		OUTCOME("outcome"),

		/** Whether the change of connection was requested. */
		PLANNED("planned");

		private final String name;

		OutageKey(String name) {
			this.name = name;
		}

		@Override
		public String asString() {
			return this.name;
		}

	}

}
