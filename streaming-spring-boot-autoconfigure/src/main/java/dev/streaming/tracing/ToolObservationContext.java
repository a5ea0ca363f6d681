package dev.streaming.tracing;

import dev.streaming.ModelInfo;
import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

/**
 * Observation context of one tool call.
 *
 * @since 1.0.0
 */
public final class ToolObservationContext extends Observation.Context {

	private final String connectionName;

	private final ModelInfo model;

	private final String tool;

	private final String callId;

	private volatile @Nullable String outcome;

	private volatile @Nullable String arguments;

	private volatile @Nullable String result;

	/**
	 * Create a context.
	 * @param connectionName the configured name of the connection
	 * @param model the model that has called the tool
	 * @param tool the name of the tool
	 * @param callId the id of the call
	 */
	public ToolObservationContext(String connectionName, ModelInfo model, String tool, String callId) {
		this.connectionName = connectionName;
		this.model = model;
		this.tool = tool;
		this.callId = callId;
	}

	/**
	 * Return the configured name of the connection.
	 * @return the name
	 */
	public String getConnectionName() {
		return this.connectionName;
	}

	/**
	 * Return the model.
	 * @return the model
	 */
	public ModelInfo getModel() {
		return this.model;
	}

	/**
	 * Return the name of the tool.
	 * @return the name
	 */
	public String getTool() {
		return this.tool;
	}

	/**
	 * Return the id of the call.
	 * @return the id
	 */
	public String getCallId() {
		return this.callId;
	}

	/**
	 * Return the outcome of the call.
	 * @return {@code success}, {@code error}, {@code timeout} or {@code cancelled};
	 * {@code null} while it is in progress
	 */
	public @Nullable String getOutcome() {
		return this.outcome;
	}

	/**
	 * Return the arguments of the call. Confidential.
	 * @return the JSON, or {@code null} if contents are not recorded
	 */
	public @Nullable String getArguments() {
		return this.arguments;
	}

	/**
	 * Return the result of the call. Confidential.
	 * @return the text, or {@code null} if contents are not recorded
	 */
	public @Nullable String getResult() {
		return this.result;
	}

	void ended(String outcome) {
		this.outcome = outcome;
	}

	void arguments(String arguments) {
		this.arguments = arguments;
	}

	void result(String result) {
		this.result = result;
	}

}
