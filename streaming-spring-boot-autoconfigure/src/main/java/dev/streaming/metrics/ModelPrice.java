package dev.streaming.metrics;

import dev.streaming.Usage;

import org.springframework.util.Assert;

/**
 * Prices of one model, as published by its provider. Immutable.
 *
 * @param currency the currency, such as {@code USD}
 * @param inputText price of a million input tokens of text
 * @param inputAudio price of a million input tokens of audio
 * @param inputCached price of a million input tokens from the cache
 * @param outputText price of a million output tokens of text
 * @param outputAudio price of a million output tokens of audio
 * @param minute price of a minute of audio, if the provider bills by time
 * @since 1.0.0
 */
public record ModelPrice(String currency, double inputText, double inputAudio, double inputCached, double outputText,
		double outputAudio, double minute) {

	private static final double MILLION = 1_000_000;

	private static final double SECONDS = 60;

	public ModelPrice {
		Assert.hasText(currency, "'currency' must not be empty");
		for (double price : new double[] { inputText, inputAudio, inputCached, outputText, outputAudio, minute }) {
			Assert.isTrue(price >= 0 && Double.isFinite(price), "A price must not be negative");
		}
	}

	/**
	 * Return the cost of a usage. Tokens of an unknown modality are priced as text.
	 * @param usage the usage
	 * @return the cost in the currency
	 */
	public double cost(Usage usage) {
		double sum = 0;
		for (TokenCount count : TokenCount.of(usage, false)) {
			sum += count.tokens() * price(count);
		}
		return sum / MILLION + usage.audioSeconds() / SECONDS * this.minute;
	}

	private double price(TokenCount count) {
		if (count.isCached()) {
			return this.inputCached;
		}
		boolean audio = count.modality().equals(TokenCount.AUDIO);
		if (count.type().equals(TokenCount.INPUT)) {
			return audio ? this.inputAudio : this.inputText;
		}
		return audio ? this.outputAudio : this.outputText;
	}

}
