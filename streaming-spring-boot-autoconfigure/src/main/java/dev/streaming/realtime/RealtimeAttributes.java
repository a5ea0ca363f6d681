package dev.streaming.realtime;

/**
 * Names of session attributes, set with
 * {@link dev.streaming.SessionSpec#attribute(String, Object)}, that override a realtime
 * provider's settings for one session.
 *
 * @since 1.0.0
 */
public final class RealtimeAttributes {

	/**
	 * The provider's API key as text, instead of the configured one: for tenants with
	 * their own key. It is sent with each dial of the session, and never shown.
	 */
	public static final String API_KEY = "api-key";

	/**
	 * Initial texts of the conversation: a collection of
	 * {@link ConversationHistory.Item}, oldest first, with ids of at most 32 characters
	 * that do not collide with those of providers.
	 */
	public static final String HISTORY = "history";

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
	 * Additional fields of the provider's setup message: a map that is merged into it
	 * last.
	 */
	public static final String SETUP = "setup";

	/**
	 * The id of a call that the session controls, as text: OpenAI's {@code call_id}. The
	 * audio is exchanged between caller and provider, and the conversation is kept by the
	 * provider.
	 */
	public static final String CALL_ID = "call-id";

	private RealtimeAttributes() {
	}

}
