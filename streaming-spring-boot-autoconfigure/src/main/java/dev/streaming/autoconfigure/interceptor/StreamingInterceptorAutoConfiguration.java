package dev.streaming.autoconfigure.interceptor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

import dev.streaming.autoconfigure.StreamingAutoConfiguration;
import dev.streaming.autoconfigure.StreamingConfigurationException;
import dev.streaming.autoconfigure.interceptor.StreamingInterceptorProperties.Recorder;
import dev.streaming.interceptor.FileTranscriptSink;
import dev.streaming.interceptor.KeywordGuard;
import dev.streaming.interceptor.TranscriptRecorder;
import dev.streaming.interceptor.TranscriptRedactor;
import dev.streaming.interceptor.TranscriptSink;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the built-in interceptors.
 *
 * @since 1.0.0
 */
@AutoConfiguration(before = StreamingAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "streaming.enabled", matchIfMissing = true)
@EnableConfigurationProperties(StreamingInterceptorProperties.class)
public final class StreamingInterceptorAutoConfiguration {

	private static final String PREFIX = "streaming.interceptors.";

	/**
	 * Order before the interceptors of the application, so that these are not called for
	 * dropped chunks.
	 */
	private static final int GUARD_ORDER = -100;

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBooleanProperty(name = "streaming.interceptors.redaction.enabled", matchIfMissing = true)
	TranscriptRedactor streamingTranscriptRedactor(StreamingInterceptorProperties properties) {
		return new TranscriptRedactor(patterns("redaction.patterns", properties.getRedaction().getPatterns()),
				properties.getRedaction().getReplacement());
	}

	@Bean
	@Order(GUARD_ORDER)
	@ConditionalOnMissingBean
	@ConditionalOnBooleanProperty("streaming.interceptors.keyword-guard.enabled")
	KeywordGuard streamingKeywordGuard(StreamingInterceptorProperties properties) {
		List<String> patterns = properties.getKeywordGuard().getPatterns();
		List<String> userPatterns = properties.getKeywordGuard().getUserPatterns();
		if (patterns.isEmpty() && userPatterns.isEmpty()) {
			throw new StreamingConfigurationException(PREFIX + "keyword-guard.patterns", "", "There is no pattern.",
					"Set it to regular expressions for text that must not be sent, or disable the guard.");
		}
		return new KeywordGuard(patterns("keyword-guard.patterns", patterns),
				patterns("keyword-guard.user-patterns", userPatterns));
	}

	@Bean
	@Order
	@ConditionalOnMissingBean
	@ConditionalOnBooleanProperty("streaming.interceptors.recorder.enabled")
	TranscriptRecorder streamingTranscriptRecorder(StreamingInterceptorProperties properties,
			ObjectProvider<TranscriptSink> sinks, ObjectProvider<TranscriptRedactor> redactors,
			@Qualifier("streamingTaskExecutor") Executor executor) {
		Recorder recorder = properties.getRecorder();
		return new TranscriptRecorder(sinks.getIfAvailable(() -> fileSink(recorder)),
				redactors.getIfAvailable(() -> TranscriptRedactor.NONE), recorder.isAudio(), executor);
	}

	private static TranscriptSink fileSink(Recorder recorder) {
		try {
			return new FileTranscriptSink(Path.of(recorder.getDirectory()), recorder.getMaxFileSize(),
					recorder.getMaxFiles(), recorder.getMaxAudioFiles());
		}
		catch (IllegalArgumentException ex) {
			throw new StreamingConfigurationException(PREFIX + "recorder", recorder.getDirectory(),
					ex.getMessage() + ".", "Set a directory, and a size and numbers of files greater than zero.");
		}
	}

	private static List<Pattern> patterns(String setting, List<String> expressions) {
		List<Pattern> patterns = new ArrayList<>();
		for (int i = 0; i < expressions.size(); i++) {
			try {
				patterns.add(Pattern.compile(expressions.get(i)));
			}
			catch (PatternSyntaxException ex) {
				throw new StreamingConfigurationException(PREFIX + setting + "[" + i + "]", expressions.get(i),
						"It is no regular expression: " + ex.getDescription() + ".", "Correct the expression.");
			}
		}
		return patterns;
	}

}
