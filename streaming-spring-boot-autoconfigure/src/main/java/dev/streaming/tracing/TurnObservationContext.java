package dev.streaming.tracing;

import java.time.Duration;

import dev.streaming.ModelInfo;
import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

/**
 * Observation context of one turn of a conversation.
 *
 * @since 1.0.0
 */
public final class TurnObservationContext extends Observation.Context {

	private final String connectionName;

	private final ModelInfo model;

	private volatile @Nullable String outcome;

	private volatile @Nullable Duration firstAudio;

	private volatile @Nullable Duration firstText;

	private volatile @Nullable String input;

	private volatile @Nullable String output;

	/**
	 * Create a context.
	 * @param connectionName the configured name of the connection
	 * @param model the model
	 */
	public TurnObservationContext(String connectionName, ModelInfo model) {
		this.connectionName = connectionName;
		this.model = model;
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
	 * Return the outcome of the turn.
	 * @return {@code completed}, {@code interrupted}, {@code cancelled}, {@code failed}
	 * or {@code lost}, or {@code abandoned} if there was no turn after all; {@code null}
	 * while it is in progress
	 */
	public @Nullable String getOutcome() {
		return this.outcome;
	}

	/**
	 * Return the time to the first audio.
	 * @return the time, or {@code null} if there was none
	 */
	public @Nullable Duration getFirstAudio() {
		return this.firstAudio;
	}

	/**
	 * Return the time to the first text.
	 * @return the time, or {@code null} if there was none
	 */
	public @Nullable Duration getFirstText() {
		return this.firstText;
	}

	/**
	 * Return the transcript of the user. Confidential.
	 * @return the transcript, or {@code null} if contents are not recorded
	 */
	public @Nullable String getInput() {
		return this.input;
	}

	/**
	 * Return the text of the model. Confidential.
	 * @return the text, or {@code null} if contents are not recorded
	 */
	public @Nullable String getOutput() {
		return this.output;
	}

	void ended(String outcome) {
		this.outcome = outcome;
	}

	void firstAudio(Duration duration) {
		this.firstAudio = duration;
	}

	void firstText(Duration duration) {
		this.firstText = duration;
	}

	void content(String input, String output) {
		this.input = input;
		this.output = output;
	}

}
