package dev.streaming.sample;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.Assert;

/**
 * Limits of the chat.
 *
 * @param maxAnswers maximum number of concurrent answers for all visitors
 * @param maxVisitors maximum number of conversations, beyond which the one that has been
 * idle longest is ended
 * @param maxTextLength maximum number of characters of a question
 * @param silenceTimeout maximum time without a piece of an answer
 * @param answerTimeout maximum duration of an answer
 */
@ConfigurationProperties("sample.chat")
record ChatProperties(@DefaultValue("20") int maxAnswers, @DefaultValue("50") int maxVisitors,
		@DefaultValue("2000") int maxTextLength, @DefaultValue("30s") Duration silenceTimeout,
		@DefaultValue("2m") Duration answerTimeout) {

	ChatProperties {
		Assert.isTrue(maxAnswers > 0, "sample.chat.max-answers must be positive");
		// So that there is always a visitor without an answer, which can be evicted
		Assert.isTrue(maxVisitors >= maxAnswers, "sample.chat.max-visitors must not be less than max-answers");
		Assert.isTrue(maxTextLength > 0, "sample.chat.max-text-length must be positive");
		Assert.isTrue(silenceTimeout.compareTo(Duration.ZERO) > 0, "sample.chat.silence-timeout must be positive");
		Assert.isTrue(answerTimeout.compareTo(Duration.ZERO) > 0, "sample.chat.answer-timeout must be positive");
	}

}
