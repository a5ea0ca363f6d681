package dev.streaming.openai;

/**
 * API of the provider, named in messages. Sessions that only transcribe are sessions of
 * the Realtime API.
 */
enum OpenAiApi {

	/** The Realtime API. */
	REALTIME("OpenAI Realtime"),

	/** GPT-Live. */
	LIVE("GPT-Live");

	private final String label;

	OpenAiApi(String label) {
		this.label = label;
	}

	/**
	 * Return the name for messages.
	 * @return the name
	 */
	String label() {
		return this.label;
	}

}
