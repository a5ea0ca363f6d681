package dev.streaming.realtime;

import java.util.Collection;
import java.util.List;
import java.util.Map;

import dev.streaming.PermanentFailureException;
import dev.streaming.realtime.ConversationHistory.Item;

/**
 * Reads the initial texts of a session from its attribute
 * {@link RealtimeAttributes#HISTORY}.
 *
 * @since 1.0.0
 */
public final class InitialHistory {

	private InitialHistory() {
	}

	/**
	 * Return the texts.
	 * @param attributes the attributes of the session
	 * @return the texts, oldest first
	 * @throws PermanentFailureException if the attribute has another type
	 */
	public static List<Item> of(Map<String, Object> attributes) {
		Object history = attributes.get(RealtimeAttributes.HISTORY);
		if (history == null) {
			return List.of();
		}
		if (history instanceof Collection<?> items && items.stream().allMatch((item) -> item instanceof Item)) {
			return items.stream().map((item) -> (Item) item).toList();
		}
		throw new PermanentFailureException(
				"The session attribute '" + RealtimeAttributes.HISTORY
						+ "' must be a collection of ConversationHistory.Item, not a " + history.getClass().getName(),
				null);
	}

}
