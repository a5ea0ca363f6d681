package dev.streaming.autoconfigure;

import java.time.Duration;

import dev.streaming.AnswerTimeoutAction;
import org.jspecify.annotations.Nullable;

/**
 * Configuration properties for limits of sessions.
 *
 * @since 1.0.0
 */
public abstract class SessionLimitProperties {

	/**
	 * Maximum duration of a session. Zero disables the limit.
	 */
	private @Nullable Duration maxDuration;

	/**
	 * Time without speech or text of either side after which a session ends. Open
	 * microphones, noise and pings do not count. Zero disables the limit.
	 */
	private @Nullable Duration idleTimeout;

	/**
	 * Maximum number of tokens of a session, as reported by the provider. Zero disables
	 * the limit.
	 */
	private @Nullable Long maxTokens;

	/**
	 * Maximum duration of the audio of a session: as reported by the provider, or else of
	 * the audio that the model has sent. Zero disables the limit.
	 */
	private @Nullable Duration maxAudio;

	/**
	 * Maximum time from the end of the user's speech, or a request, to the beginning of
	 * an answer. Zero disables the limit.
	 */
	private @Nullable Duration answerTimeout;

	/**
	 * Reaction to an answer that does not begin in time.
	 */
	private @Nullable AnswerTimeoutAction answerTimeoutAction;

	/**
	 * Text that asks the model to say goodbye before a limit ends the session.
	 */
	private @Nullable String goodbye;

	public @Nullable Duration getMaxDuration() {
		return this.maxDuration;
	}

	public void setMaxDuration(@Nullable Duration maxDuration) {
		this.maxDuration = maxDuration;
	}

	public @Nullable Duration getIdleTimeout() {
		return this.idleTimeout;
	}

	public void setIdleTimeout(@Nullable Duration idleTimeout) {
		this.idleTimeout = idleTimeout;
	}

	public @Nullable Long getMaxTokens() {
		return this.maxTokens;
	}

	public void setMaxTokens(@Nullable Long maxTokens) {
		this.maxTokens = maxTokens;
	}

	public @Nullable Duration getMaxAudio() {
		return this.maxAudio;
	}

	public void setMaxAudio(@Nullable Duration maxAudio) {
		this.maxAudio = maxAudio;
	}

	public @Nullable Duration getAnswerTimeout() {
		return this.answerTimeout;
	}

	public void setAnswerTimeout(@Nullable Duration answerTimeout) {
		this.answerTimeout = answerTimeout;
	}

	public @Nullable AnswerTimeoutAction getAnswerTimeoutAction() {
		return this.answerTimeoutAction;
	}

	public void setAnswerTimeoutAction(@Nullable AnswerTimeoutAction answerTimeoutAction) {
		this.answerTimeoutAction = answerTimeoutAction;
	}

	public @Nullable String getGoodbye() {
		return this.goodbye;
	}

	public void setGoodbye(@Nullable String goodbye) {
		this.goodbye = goodbye;
	}

}
