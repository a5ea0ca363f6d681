package dev.streaming.interceptor;

import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.springframework.util.Assert;

/**
 * Redacts confidential parts of texts, such as numbers of cards, before they are written
 * to a trace, a log or a record. The data that is exchanged between application and
 * provider is not changed. Immutable.
 *
 * @since 1.0.0
 */
public final class TranscriptRedactor {

	/** Redactor that does not change texts. */
	public static final TranscriptRedactor NONE = new TranscriptRedactor(List.of(), "");

	private final List<Pattern> patterns;

	private final String replacement;

	/**
	 * Create a redactor.
	 * @param patterns match the parts to replace
	 * @param replacement the replacement of each part
	 */
	public TranscriptRedactor(Collection<Pattern> patterns, String replacement) {
		Assert.notNull(replacement, "'replacement' must not be null");
		this.patterns = List.copyOf(patterns);
		this.replacement = Matcher.quoteReplacement(replacement);
	}

	/**
	 * Redact a text. May be called by any thread.
	 * @param text the text
	 * @return the redacted text
	 */
	public String redact(String text) {
		String redacted = text;
		for (Pattern pattern : this.patterns) {
			redacted = pattern.matcher(redacted).replaceAll(this.replacement);
		}
		return redacted;
	}

}
