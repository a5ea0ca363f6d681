package dev.streaming.sample.provider;

/**
 * Words as a microphone hears them.
 */
public final class SpokenWords {

	private SpokenWords() {
	}

	/**
	 * Speak.
	 * @param text the words
	 * @return 16 bit little-endian mono PCM of 24,000 Hz
	 */
	public static byte[] speak(String text) {
		return new Synthesizer().speak(text);
	}

}
