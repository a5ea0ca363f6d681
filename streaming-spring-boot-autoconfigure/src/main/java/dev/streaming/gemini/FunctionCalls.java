package dev.streaming.gemini;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import dev.streaming.ToolCall;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes whole calls of what the server sends: with an id, and with all arguments, even
 * where those are streamed. Reading belongs to the session's task.
 */
final class FunctionCalls {

	/** No id of the provider's looks like this. */
	private static final String OWN_ID = "streaming-call-";

	private static final AtomicLong ids = new AtomicLong();

	private @Nullable Partial partial;

	/**
	 * Read calls.
	 * @param nodes the calls on the wire
	 * @return those that are whole
	 */
	List<ToolCall> read(Iterable<JsonNode> nodes) {
		List<ToolCall> calls = new ArrayList<>();
		for (JsonNode node : nodes) {
			ToolCall call = node.isObject() ? read(node) : null;
			if (call != null) {
				calls.add(call);
			}
		}
		return calls;
	}

	/**
	 * Read a call.
	 * @param node the call on the wire
	 * @return the call, or {@code null} while it is not whole
	 */
	@Nullable ToolCall read(JsonNode node) {
		Partial current = partial(node);
		JsonNode args = GeminiJson.object(node, "args");
		if (args != null) {
			current.args.setAll((ObjectNode) args);
		}
		for (JsonNode part : GeminiJson.array(node, "partialArgs")) {
			PartialArgument.add(current.args, part);
		}
		if (GeminiJson.flag(node, "willContinue")) {
			this.partial = current;
			return null;
		}
		this.partial = null;
		return current.name.isEmpty() ? null : new ToolCall(current.id, current.name, current.args.toString());
	}

	private Partial partial(JsonNode node) {
		String name = GeminiJson.text(node, "name");
		String id = GeminiJson.text(node, "id");
		Partial current = this.partial;
		if (current != null && (name.isEmpty() || name.equals(current.name))
				&& (id.isEmpty() || id.equals(current.id))) {
			return current;
		}
		return new Partial(id.isEmpty() ? OWN_ID + ids.incrementAndGet() : id, name,
				GeminiJson.MAPPER.createObjectNode());
	}

	/**
	 * Forget a call that did not become whole.
	 */
	void reset() {
		this.partial = null;
	}

	/**
	 * Return the id to send back with a call's result.
	 * @param id the call's id
	 * @return the id, or {@code null} if it came without one
	 */
	static @Nullable String wireId(String id) {
		return id.startsWith(OWN_ID) ? null : id;
	}

	private record Partial(String id, String name, ObjectNode args) {

	}

}
