package dev.streaming.realtime;

import java.util.Collection;
import java.util.List;
import java.util.Map;

import dev.streaming.PermanentFailureException;

/**
 * Reads the initial tools of a session from its attribute
 * {@link RealtimeAttributes#TOOLS}.
 *
 * @since 1.0.0
 */
public final class InitialTools {

	private InitialTools() {
	}

	/**
	 * Return the tools.
	 * @param attributes the attributes of the session
	 * @param otherwise the tools of a session without that attribute
	 * @return an immutable list of the tools
	 * @throws PermanentFailureException if the attribute has another type
	 */
	public static List<RealtimeTool> of(Map<String, Object> attributes, List<RealtimeTool> otherwise) {
		Object tools = attributes.get(RealtimeAttributes.TOOLS);
		if (tools == null) {
			return otherwise;
		}
		if (tools instanceof Collection<?> all && all.stream().allMatch((tool) -> tool instanceof RealtimeTool)) {
			return all.stream().map((tool) -> (RealtimeTool) tool).toList();
		}
		throw new PermanentFailureException("The session attribute '" + RealtimeAttributes.TOOLS
				+ "' must be a collection of RealtimeTool, not a " + tools.getClass().getName(), null);
	}

}
