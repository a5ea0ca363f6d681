package dev.streaming.test;

/**
 * A provider with whose model the application talks. The conversations are the same with
 * all of them, but for what is said here.
 */
enum Partner {

	/** OpenAI Realtime. */
	OPENAI_REALTIME("caller", "/instructions"),

	/** GPT-Live, where silence is the end of a turn. */
	OPENAI_LIVE("duplex", "/instructions"),

	/** Gemini Live, which remembers a conversation for a client that has a handle. */
	GEMINI_LIVE("live", "/systemInstruction/parts/0/text");

	private final String connection;

	private final String instructions;

	Partner(String connection, String instructions) {
		this.connection = connection;
		this.instructions = instructions;
	}

	String connection() {
		return this.connection;
	}

	/**
	 * Return where a setup has the instructions.
	 * @return a JSON pointer
	 */
	String instructions() {
		return this.instructions;
	}

	/**
	 * Return whether it tells the end of an answer, and its interruption.
	 * @return {@code false} if both are silence
	 */
	boolean tellsEnds() {
		return this != OPENAI_LIVE;
	}

	/**
	 * Return whether it keeps a conversation over a change of the connection.
	 * @return {@code false} if the conversation has to be told again
	 */
	boolean resumes() {
		return this == GEMINI_LIVE;
	}

}
