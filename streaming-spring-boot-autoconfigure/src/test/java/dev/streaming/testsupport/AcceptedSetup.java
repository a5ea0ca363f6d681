package dev.streaming.testsupport;

import java.nio.charset.StandardCharsets;

/**
 * The frames by which providers accept a session, for tests of what follows. It knows no
 * more of a provider; conversations are scripted with the test kit.
 */
public final class AcceptedSetup {

	/** OpenAI's first event. */
	public static final String CREATED = "{\"type\":\"session.created\",\"event_id\":\"e1\","
			+ "\"session\":{\"type\":\"realtime\"}}";

	/** OpenAI accepts the settings. */
	public static final String UPDATED = "{\"type\":\"session.updated\",\"session\":{\"type\":\"realtime\"}}";

	/** GPT-Live accepts the settings. */
	public static final String STARTED = "{\"type\":\"session.started\",\"event_id\":\"e1\","
			+ "\"session\":{\"id\":\"live_1\",\"model\":\"gpt-live-1\",\"status\":\"active\",\"expires_at\":0}}";

	/** Gemini accepts the settings. */
	public static final String SETUP_COMPLETE = "{\"setupComplete\":{}}";

	private AcceptedSetup() {
	}

	/**
	 * Return a transport on which all sessions are accepted.
	 * @return the transport
	 */
	public static InMemoryTransport transport() {
		return new InMemoryTransport().onDial(AcceptedSetup::accept);
	}

	/**
	 * Accept a dial and the session, whichever of the providers is dialled.
	 * @param dial the dial
	 */
	public static void accept(InMemoryTransport.Dial dial) {
		boolean openAi = dial.request().uri().getPath().contains("/realtime");
		dial.accept((peer) -> {
			peer.onMessage((message) -> answer(peer, message.text()));
			if (openAi) {
				peer.text(CREATED);
			}
		});
	}

	private static void answer(InMemoryPeer peer, String message) {
		if (message.contains("\"session.update\"")) {
			peer.text(UPDATED);
		}
		else if (message.contains("\"session.start\"")) {
			peer.text(STARTED);
		}
		else if (message.contains("\"setup\"")) {
			setUp(peer);
		}
	}

	/**
	 * Accept the settings as Gemini does: in JSON, and in a binary frame.
	 * @param peer the connection
	 */
	public static void setUp(InMemoryPeer peer) {
		peer.binary(SETUP_COMPLETE.getBytes(StandardCharsets.UTF_8));
	}

}
