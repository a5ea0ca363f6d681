package dev.streaming.openai;

import java.util.List;
import java.util.Map;

import dev.streaming.realtime.ConversationHistory.Item;

/**
 * Work that a GPT-Live model has delegated to the application. It ends with its
 * connection: texts that are sent later are dropped, because the delegation is unknown on
 * the next connection. Thread-safe.
 *
 * @since 1.0.0
 */
public interface Delegation {

	/**
	 * Return the id that the provider gave.
	 * @return the id
	 */
	String id();

	/**
	 * Return the id of the session.
	 * @return the id, unique in this JVM
	 */
	String sessionId();

	/**
	 * Return the name of the session's connection.
	 * @return the name
	 */
	String connectionName();

	/**
	 * Return the attributes of the session.
	 * @return the attributes, unmodifiable
	 */
	Map<String, Object> attributes();

	/**
	 * Return the conversation so far, oldest first: the transcripts of both sides,
	 * limited to {@code history-size}. Texts may be incomplete.
	 * @return a copy
	 */
	List<Item> conversation();

	/**
	 * Send the model a text that it is to say, in its own words. A long text is sent in
	 * several pieces, because the provider accepts at most 500 tokens at a time.
	 * @param text the text, not empty
	 */
	void say(String text);

	/**
	 * Send the model a text as context, which it does not say of its own accord.
	 * @param text the text, not empty
	 */
	void think(String text);

}
