package dev.streaming.openai;

/**
 * Digest of a delivered text that is not retained: its length and hash, which are
 * sufficient to detect whether a longer text begins with it. A collision is harmless,
 * because both texts are from the provider.
 */
final class TextDigest {

	private int length;

	private long hash;

	void append(String text) {
		this.hash = hash(this.hash, text, text.length());
		this.length += text.length();
	}

	int length() {
		return this.length;
	}

	boolean isPrefixOf(String text) {
		return text.length() >= this.length && hash(0, text, this.length) == this.hash;
	}

	private static long hash(long before, String text, int length) {
		long hash = before;
		for (int i = 0; i < length; i++) {
			hash = 31 * hash + text.charAt(i);
		}
		return hash;
	}

}
