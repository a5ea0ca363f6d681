package dev.streaming.sample.provider;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Answer that is sent word by word. Guarded by its conversation.
 */
final class Answer {

	private final String id;

	private final List<String> words;

	private final Pace pace;

	private byte[] audio = new byte[0];

	private int said;

	private int played;

	Answer(String id, String text) {
		this(id, text, Pace.USUAL);
	}

	Answer(String id, String text, Pace pace) {
		this.id = id;
		this.words = List.of(text.split("(?= )"));
		this.pace = pace;
	}

	/**
	 * Set the audio of the answer, before the first word.
	 * @param speech the words as 16 bit PCM
	 */
	void voice(byte[] speech) {
		this.audio = speech;
	}

	/**
	 * Return the whole text.
	 * @return the text
	 */
	String whole() {
		return String.join("", this.words);
	}

	boolean isFlood() {
		return this.pace == Pace.FLOOD;
	}

	boolean isSpoken() {
		return this.audio.length > 0;
	}

	/**
	 * Return the audio of the last word: its share of the whole.
	 * @return the audio, or {@code null} if the answer is not spoken
	 */
	byte @Nullable [] audio() {
		if (!isSpoken()) {
			return null;
		}
		int chars = this.words.stream().mapToInt(String::length).sum();
		int end = isDone() ? this.audio.length : (int) ((long) this.audio.length * text().length() / chars) & ~1;
		byte[] piece = Arrays.copyOfRange(this.audio, this.played, Math.max(this.played, end));
		this.played = Math.max(this.played, end);
		return piece;
	}

	/**
	 * Return the pause before the next word. Speech is sent twice as fast as it is
	 * played, as by real providers.
	 * @param written the pause of a written answer
	 * @return the pause
	 */
	Duration pause(Duration written) {
		if (isFlood()) {
			return Duration.ZERO;
		}
		if (!isSpoken() || this.said == 0) {
			return written;
		}
		long whole = this.audio.length * 1000L / 2 / Synthesizer.SAMPLE_RATE;
		return Duration.ofMillis(whole / this.words.size() / 2);
	}

	String id() {
		return this.id;
	}

	boolean isDone() {
		return this.said == this.words.size();
	}

	boolean isHalfSaid() {
		return this.said * 2 >= this.words.size();
	}

	/**
	 * Take the next word.
	 * @return the word, with the preceding space
	 */
	String next() {
		return this.words.get(this.said++);
	}

	/**
	 * Return the words so far.
	 * @return the text
	 */
	String text() {
		return String.join("", this.words.subList(0, this.said));
	}

	int tokens() {
		return this.said;
	}

	/**
	 * Speeds of answers.
	 */
	enum Pace {

		/** As from a real provider. */
		USUAL,

		/** As fast as possible. */
		FLOOD

	}

}
