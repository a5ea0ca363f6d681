package dev.streaming.sample;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.Assert;

/**
 * Limits of the chat. Each open answer may cost money, and each visitor holds a session
 * with the provider.
 *
 * @param maxAnswers answers that are being given at the same time, to all visitors
 * together
 * @param maxVisitors conversations that are kept; beyond it the one that has been idle
 * longest ends
 * @param maxTextLength characters of a question
 * @param silenceTimeout longest time without a piece of an answer
 * @param answerTimeout longest time for a whole answer
 */
@ConfigurationProperties("sample.chat")
record ChatProperties(@DefaultValue("20") int maxAnswers, @DefaultValue("50") int maxVisitors,
		@DefaultValue("2000") int maxTextLength, @DefaultValue("30s") Duration silenceTimeout,
		@DefaultValue("2m") Duration answerTimeout) {

	ChatProperties {
		Assert.isTrue(maxAnswers > 0, "sample.chat.max-answers must be positive");
		// So that there is always a visitor without an answer, who can make room
		Assert.isTrue(maxVisitors >= maxAnswers, "sample.chat.max-visitors must not be less than max-answers");
		Assert.isTrue(maxTextLength > 0, "sample.chat.max-text-length must be positive");
		Assert.isTrue(silenceTimeout.compareTo(Duration.ZERO) > 0, "sample.chat.silence-timeout must be positive");
		Assert.isTrue(answerTimeout.compareTo(Duration.ZERO) > 0, "sample.chat.answer-timeout must be positive");
	}

}
