package dev.streaming.realtime;

/**
 * The names of the attributes by which
 * {@link dev.streaming.SessionSpec#attribute(String, Object)} changes a realtime
 * provider's settings for one session.
 *
 * @since 1.0.0
 */
public final class RealtimeAttributes {

	/**
	 * The provider's API key, a text, instead of the configured one: for tenants that
	 * have a key of their own. It is sent with each dial of the session, and never shown.
	 */
	public static final String API_KEY = "api-key";

	/** Instructions of the model, a text. */
	public static final String INSTRUCTIONS = "instructions";

	/** The voice of the answers: the provider's name for it. */
	public static final String VOICE = "voice";

	/** The model: the provider's name for it. */
	public static final String MODEL = "model";

	/**
	 * The tools to offer: a collection of {@link RealtimeTool}, instead of all others.
	 */
	public static final String TOOLS = "tools";

	/**
	 * Anything else of the provider's setup message: a map that is merged into it, last.
	 */
	public static final String SETUP = "setup";

	private RealtimeAttributes() {
	}

}
