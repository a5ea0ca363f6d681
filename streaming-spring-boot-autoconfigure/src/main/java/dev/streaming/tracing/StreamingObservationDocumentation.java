package dev.streaming.tracing;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;

/**
 * Documented {@linkplain ObservationDocumentation observations} of this library.
 *
 * @since 1.0.0
 */
public enum StreamingObservationDocumentation implements ObservationDocumentation {

	/**
	 * Observation of a dial. Its parent is the outage, or outside of an outage, the
	 * observation that was current when the connection was created.
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
	 * Observation of an outage. Its parent is the observation that was current when the
	 * connection was created.
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
	},

	/**
	 * Observation of a turn of a conversation. Its parent is the observation that was
	 * current when the connection was created.
	 */
	TURN {
		@Override
		public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
			return DefaultTurnObservationConvention.class;
		}

		@Override
		public KeyName[] getLowCardinalityKeyNames() {
			return TurnKey.values();
		}

		@Override
		public KeyName[] getHighCardinalityKeyNames() {
			return TurnDetail.values();
		}
	},

	/**
	 * Observation of a tool call. Its parent is the turn.
	 */
	TOOL {
		@Override
		public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
			return DefaultToolObservationConvention.class;
		}

		@Override
		public KeyName[] getLowCardinalityKeyNames() {
			return ToolKey.values();
		}

		@Override
		public KeyName[] getHighCardinalityKeyNames() {
			return ToolDetail.values();
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

	/**
	 * Key-values of a turn.
	 */
	public enum TurnKey implements KeyName {

		/** The configured name of the connection. */
		CONNECTION("connection"),

		/**
		 * {@code completed}, {@code interrupted}, {@code cancelled}, {@code failed},
		 * {@code lost}.
		 */
		OUTCOME("outcome"),

		/** The provider of the model. */
		PROVIDER("gen_ai.provider.name"),

		/** The requested model. */
		MODEL("gen_ai.request.model"),

		/** The operation. */
		OPERATION("gen_ai.operation.name");

		private final String name;

		TurnKey(String name) {
			this.name = name;
		}

		@Override
		public String asString() {
			return this.name;
		}

	}

	/**
	 * Key-values of a turn for spans only.
	 */
	public enum TurnDetail implements KeyName {

		/** The time to the first audio, in milliseconds. */
		FIRST_AUDIO("streaming.first_audio_ms"),

		/** The time to the first text, in milliseconds. */
		FIRST_TEXT("streaming.first_text_ms"),

		/** The transcript of the user, only if contents are recorded. */
		INPUT("gen_ai.input.messages"),

		/** The text of the answer, only if contents are recorded. */
		OUTPUT("gen_ai.output.messages");

		private final String name;

		TurnDetail(String name) {
			this.name = name;
		}

		@Override
		public String asString() {
			return this.name;
		}

	}

	/**
	 * Key-values of a tool call.
	 */
	public enum ToolKey implements KeyName {

		/** The configured name of the connection. */
		CONNECTION("connection"),

		/** {@code success}, {@code error}, {@code timeout} or {@code cancelled}. */
		OUTCOME("outcome"),

		/** The provider of the model. */
		PROVIDER("gen_ai.provider.name"),

		/** {@code execute_tool}. */
		OPERATION("gen_ai.operation.name"),

		/** The name of the tool. */
		TOOL("gen_ai.tool.name"),

		/** {@code function}. */
		TYPE("gen_ai.tool.type");

		private final String name;

		ToolKey(String name) {
			this.name = name;
		}

		@Override
		public String asString() {
			return this.name;
		}

	}

	/**
	 * Key-values of a tool call for spans only.
	 */
	public enum ToolDetail implements KeyName {

		/** The id of the call. */
		CALL_ID("gen_ai.tool.call.id"),

		/** The arguments, only if contents are recorded. */
		ARGUMENTS("gen_ai.tool.call.arguments"),

		/** The result, only if contents are recorded. */
		RESULT("gen_ai.tool.call.result");

		private final String name;

		ToolDetail(String name) {
			this.name = name;
		}

		@Override
		public String asString() {
			return this.name;
		}

	}

}
