package dev.streaming;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.streaming.internal.util.SettingChecks;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Settings of {@link SessionConfig} with limits of a session. Immutable. Not intended to
 * be extended by applications.
 *
 * @since 1.0.0
 */
public abstract class SessionLimitSettings {

	private final Duration maxDuration;

	private final Duration idleTimeout;

	private final long maxTokens;

	private final Duration maxAudio;

	private final Duration answerTimeout;

	private final AnswerTimeoutAction answerTimeoutAction;

	private final @Nullable String goodbye;

	private final List<SessionInterceptor> interceptors;

	SessionLimitSettings(Builder<?> builder) {
		this.maxDuration = SettingChecks.notNegative("maxDuration", builder.maxDuration);
		this.idleTimeout = SettingChecks.notNegative("idleTimeout", builder.idleTimeout);
		Assert.isTrue(builder.maxTokens >= 0, () -> "maxTokens must not be negative, but is " + builder.maxTokens);
		this.maxTokens = builder.maxTokens;
		this.maxAudio = SettingChecks.notNegative("maxAudio", builder.maxAudio);
		this.answerTimeout = SettingChecks.notNegative("answerTimeout", builder.answerTimeout);
		Assert.notNull(builder.answerTimeoutAction, "answerTimeoutAction must not be null");
		this.answerTimeoutAction = builder.answerTimeoutAction;
		this.goodbye = builder.goodbye;
		this.interceptors = List.copyOf(builder.interceptors);
	}

	/**
	 * Return the maximum duration of the session.
	 * @return the duration; zero for no limit
	 */
	public Duration maxDuration() {
		return this.maxDuration;
	}

	/**
	 * Return the time without speech or text of either side after which the session ends.
	 * @return the time; zero for no limit
	 */
	public Duration idleTimeout() {
		return this.idleTimeout;
	}

	/**
	 * Return the maximum number of tokens of the session, as reported by the provider.
	 * @return the number; zero for no limit
	 */
	public long maxTokens() {
		return this.maxTokens;
	}

	/**
	 * Return the maximum duration of the audio of the session: as reported by the
	 * provider, or else of the audio that the model has sent.
	 * @return the duration; zero for no limit
	 */
	public Duration maxAudio() {
		return this.maxAudio;
	}

	/**
	 * Return the maximum time from the end of the user's speech, or a request, to the
	 * beginning of an answer.
	 * @return the time; zero for no limit
	 */
	public Duration answerTimeout() {
		return this.answerTimeout;
	}

	/**
	 * Return the reaction to an answer that does not begin in time.
	 * @return the reaction
	 */
	public AnswerTimeoutAction answerTimeoutAction() {
		return this.answerTimeoutAction;
	}

	/**
	 * Return the text that asks the model to say goodbye before a limit ends the session.
	 * @return the text, or {@code null} for no goodbye
	 */
	public @Nullable String goodbye() {
		return this.goodbye;
	}

	/**
	 * Return the interceptors of the session.
	 * @return an immutable list, in order
	 */
	public List<SessionInterceptor> interceptors() {
		return this.interceptors;
	}

	/**
	 * Builder for these settings.
	 *
	 * @param <B> the type of the builder
	 */
	public abstract static class Builder<B extends Builder<B>> {

		private Duration maxDuration = Duration.ZERO;

		private Duration idleTimeout = Duration.ZERO;

		private long maxTokens;

		private Duration maxAudio = Duration.ZERO;

		private Duration answerTimeout = Duration.ZERO;

		private AnswerTimeoutAction answerTimeoutAction = AnswerTimeoutAction.REPORT;

		private @Nullable String goodbye;

		private final List<SessionInterceptor> interceptors = new ArrayList<>();

		Builder() {
		}

		@SuppressWarnings("unchecked")
		private B self() {
			return (B) this;
		}

		/**
		 * Set the maximum duration of the session.
		 * @param maxDuration the duration; zero for no limit
		 * @return this
		 */
		public B maxDuration(Duration maxDuration) {
			this.maxDuration = maxDuration;
			return self();
		}

		/**
		 * Set the time without speech or text of either side after which the session
		 * ends. Open microphones, noise and pings do not count.
		 * @param idleTimeout the time; zero for no limit
		 * @return this
		 */
		public B idleTimeout(Duration idleTimeout) {
			this.idleTimeout = idleTimeout;
			return self();
		}

		/**
		 * Set the maximum number of tokens of the session, as reported by the provider.
		 * @param maxTokens the number; zero for no limit
		 * @return this
		 */
		public B maxTokens(long maxTokens) {
			this.maxTokens = maxTokens;
			return self();
		}

		/**
		 * Set the maximum duration of the audio of the session: as reported by the
		 * provider, or else of the audio that the model has sent.
		 * @param maxAudio the duration; zero for no limit
		 * @return this
		 */
		public B maxAudio(Duration maxAudio) {
			this.maxAudio = maxAudio;
			return self();
		}

		/**
		 * Set the maximum time from the end of the user's speech, or a request, to the
		 * beginning of an answer.
		 * @param answerTimeout the time; zero for no limit
		 * @return this
		 */
		public B answerTimeout(Duration answerTimeout) {
			this.answerTimeout = answerTimeout;
			return self();
		}

		/**
		 * Set the reaction to an answer that does not begin in time.
		 * @param answerTimeoutAction the reaction
		 * @return this
		 */
		public B answerTimeoutAction(AnswerTimeoutAction answerTimeoutAction) {
			this.answerTimeoutAction = answerTimeoutAction;
			return self();
		}

		/**
		 * Set the text that asks the model to say goodbye before a limit ends the
		 * session.
		 * @param goodbye the text, or {@code null} for no goodbye
		 * @return this
		 */
		public B goodbye(@Nullable String goodbye) {
			this.goodbye = goodbye;
			return self();
		}

		/**
		 * Add an interceptor of this session, after those that were added before.
		 * @param interceptor the interceptor
		 * @return this
		 */
		public B interceptor(SessionInterceptor interceptor) {
			Assert.notNull(interceptor, "interceptor must not be null");
			this.interceptors.add(interceptor);
			return self();
		}

	}

}
