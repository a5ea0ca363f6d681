package dev.streaming.metrics;

import java.util.ArrayList;
import java.util.List;

import dev.streaming.Usage;

/**
 * Number of tokens of one kind. The counts of a usage add up to its tokens. A provider
 * reports the number of cached tokens, but not their modality: they are counted as text
 * as far as there is text.
 *
 * @param type {@code input} or {@code output}
 * @param modality {@code text}, {@code audio} or {@code other}
 * @param origin the origin of the tokens
 * @param tokens the number, positive
 */
record TokenCount(String type, String modality, Origin origin, long tokens) {

	static final String INPUT = "input";

	static final String OUTPUT = "output";

	static final String TEXT = "text";

	static final String AUDIO = "audio";

	/** Unknown modality, an image, or content of a tool of the provider. */
	static final String OTHER = "other";

	/**
	 * Split a usage.
	 * @param usage the usage
	 * @param replayed whether the input contains a replayed conversation
	 * @return its parts, except those of zero tokens
	 */
	static List<TokenCount> of(Usage usage, boolean replayed) {
		List<TokenCount> counts = new ArrayList<>();
		long cached = Math.min(usage.inputCachedTokens(), usage.inputTokens());
		long inputOther = Math.max(0, usage.inputTokens() - usage.inputTextTokens() - usage.inputAudioTokens());
		long cachedText = Math.min(cached, usage.inputTextTokens());
		long cachedAudio = Math.min(cached - cachedText, usage.inputAudioTokens());
		long cachedOther = cached - cachedText - cachedAudio;
		// A conversation is replayed as text
		Origin text = replayed ? Origin.REPLAYED : Origin.NEW;
		add(counts, INPUT, TEXT, text, usage.inputTextTokens() - cachedText);
		add(counts, INPUT, TEXT, Origin.CACHED, cachedText);
		add(counts, INPUT, AUDIO, Origin.NEW, usage.inputAudioTokens() - cachedAudio);
		add(counts, INPUT, AUDIO, Origin.CACHED, cachedAudio);
		add(counts, INPUT, OTHER, (usage.inputTextTokens() == 0) ? text : Origin.NEW, inputOther - cachedOther);
		add(counts, INPUT, OTHER, Origin.CACHED, cachedOther);
		add(counts, OUTPUT, TEXT, Origin.NEW, usage.outputTextTokens());
		add(counts, OUTPUT, AUDIO, Origin.NEW, usage.outputAudioTokens());
		add(counts, OUTPUT, OTHER, Origin.NEW,
				usage.outputTokens() - usage.outputTextTokens() - usage.outputAudioTokens());
		return counts;
	}

	private static void add(List<TokenCount> counts, String type, String modality, Origin origin, long tokens) {
		if (tokens > 0) {
			counts.add(new TokenCount(type, modality, origin, tokens));
		}
	}

	boolean isCached() {
		return this.origin == Origin.CACHED;
	}

	boolean isReplayed() {
		return this.origin == Origin.REPLAYED;
	}

	/**
	 * Origins of tokens.
	 */
	enum Origin {

		/** New tokens. */
		NEW,

		/** Tokens from the provider's cache. */
		CACHED,

		/** Tokens of a replayed conversation. */
		REPLAYED

	}

}
