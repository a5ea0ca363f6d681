package dev.streaming.autoconfigure.metrics;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.streaming.metrics.ModelPrice;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Configuration properties for prices of models, as published by their providers.
 *
 * @since 1.0.0
 */
@ConfigurationProperties("streaming")
public class StreamingPricingProperties {

	/**
	 * Prices by the name of the model, for the meter streaming.cost. Names with dots
	 * require brackets.
	 */
	private final Map<String, Price> pricing = new LinkedHashMap<>();

	public Map<String, Price> getPricing() {
		return this.pricing;
	}

	/**
	 * Configuration properties for the prices of one model.
	 */
	public static class Price {

		/**
		 * Currency of the prices.
		 */
		private String currency = "USD";

		/**
		 * Price of a million input tokens of text.
		 */
		private double inputText;

		/**
		 * Price of a million input tokens of audio.
		 */
		private double inputAudio;

		/**
		 * Price of a million input tokens from the cache.
		 */
		private double inputCached;

		/**
		 * Price of a million output tokens of text.
		 */
		private double outputText;

		/**
		 * Price of a million output tokens of audio.
		 */
		private double outputAudio;

		/**
		 * Price of a minute of audio, if the provider bills by time.
		 */
		private double minute;

		public String getCurrency() {
			return this.currency;
		}

		public void setCurrency(String currency) {
			this.currency = currency;
		}

		public double getInputText() {
			return this.inputText;
		}

		public void setInputText(double inputText) {
			this.inputText = inputText;
		}

		public double getInputAudio() {
			return this.inputAudio;
		}

		public void setInputAudio(double inputAudio) {
			this.inputAudio = inputAudio;
		}

		public double getInputCached() {
			return this.inputCached;
		}

		public void setInputCached(double inputCached) {
			this.inputCached = inputCached;
		}

		public double getOutputText() {
			return this.outputText;
		}

		public void setOutputText(double outputText) {
			this.outputText = outputText;
		}

		public double getOutputAudio() {
			return this.outputAudio;
		}

		public void setOutputAudio(double outputAudio) {
			this.outputAudio = outputAudio;
		}

		public double getMinute() {
			return this.minute;
		}

		public void setMinute(double minute) {
			this.minute = minute;
		}

		ModelPrice toPrice() {
			return new ModelPrice(this.currency, this.inputText, this.inputAudio, this.inputCached, this.outputText,
					this.outputAudio, this.minute);
		}

	}

}
