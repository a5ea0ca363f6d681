package dev.streaming.sample.provider;

import java.util.List;

/**
 * An answer that is being given, word by word. Guarded by its conversation.
 */
final class Answer {

	private final String id;

	private final List<String> words;

	private int said;

	Answer(String id, String text) {
		this.id = id;
		this.words = List.of(text.split("(?= )"));
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
	 * Say the next word.
	 * @return the word, with the space before it
	 */
	String next() {
		return this.words.get(this.said++);
	}

	/**
	 * Return what was said so far.
	 * @return the text
	 */
	String text() {
		return String.join("", this.words.subList(0, this.said));
	}

	int tokens() {
		return this.said;
	}

}
