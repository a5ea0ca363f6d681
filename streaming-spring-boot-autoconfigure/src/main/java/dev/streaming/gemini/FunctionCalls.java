package dev.streaming.gemini;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import dev.streaming.StreamingException;
import dev.streaming.ToolCall;
import dev.streaming.realtime.PeerMemory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Assembles complete calls from the server's messages: with an id and with all arguments,
 * even if those are streamed, and for several calls at a time (V1). Confined to the
 * session's task.
 */
final class FunctionCalls {

	/** Maximum number of incomplete calls. */
	private static final int MAX_PARTIAL = 1024;

	/** Prefix of generated ids, which ids of the provider do not have. */
	private static final String OWN_ID = "streaming-call-";

	private static final AtomicLong ids = new AtomicLong();

	// Incomplete calls by id, oldest first
	private final Map<String, Partial> partials = new LinkedHashMap<>();

	// The call that a piece without an id continues
	private @Nullable Partial last;

	private final PeerMemory memory = new PeerMemory("partial arguments of function calls",
			() -> this.partials.values().stream().mapToLong((partial) -> partial.args.toString().length()).sum());

	/**
	 * Read calls.
	 * @param nodes the calls on the wire
	 * @return the complete calls
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
	 * @return the call, or {@code null} while it is incomplete
	 */
	@Nullable ToolCall read(JsonNode node) {
		String id = GeminiJson.text(node, "id");
		String name = GeminiJson.text(node, "name");
		if (id.length() > PeerMemory.MAX_ID_LENGTH || name.length() > PeerMemory.MAX_ID_LENGTH) {
			throw new StreamingException("Gemini has called a function with an id or name of more than "
					+ PeerMemory.MAX_ID_LENGTH + " characters");
		}
		Partial current = partial(id, name);
		JsonNode args = GeminiJson.object(node, "args");
		if (args != null) {
			current.args.setAll((ObjectNode) args);
		}
		if (args == null || args.isEmpty()) {
			for (JsonNode part : GeminiJson.array(node, "partialArgs")) {
				PartialArgument.add(current.args, part);
			}
		}
		if (GeminiJson.flag(node, "willContinue")) {
			keep(current);
			this.memory.add(node.toString().length());
			return null;
		}
		forget(current.id);
		return current.name.isEmpty() ? null : new ToolCall(current.id, current.name, current.args.toString());
	}

	private Partial partial(String id, String name) {
		Partial current = id.isEmpty() ? this.last : this.partials.get(id);
		if (current != null && (name.isEmpty() || name.equals(current.name))) {
			return current;
		}
		return new Partial(id.isEmpty() ? OWN_ID + ids.incrementAndGet() : id, name,
				GeminiJson.MAPPER.createObjectNode());
	}

	private void keep(Partial partial) {
		if (!this.partials.containsKey(partial.id) && this.partials.size() == MAX_PARTIAL) {
			forget(this.partials.keySet().iterator().next());
		}
		this.partials.put(partial.id, partial);
		this.last = partial;
	}

	private void forget(String id) {
		Partial gone = this.partials.remove(id);
		if (gone != null && gone == this.last) {
			this.last = null;
		}
	}

	/**
	 * Remove the incomplete calls.
	 * @return their ids
	 */
	List<String> reset() {
		List<String> cut = List.copyOf(this.partials.keySet());
		this.partials.clear();
		this.last = null;
		return cut;
	}

	/**
	 * Return the id to send with a call's result.
	 * @param id the call's id
	 * @return the id, or {@code null} if the call had none
	 */
	static @Nullable String wireId(String id) {
		return id.startsWith(OWN_ID) ? null : id;
	}

	private record Partial(String id, String name, ObjectNode args) {

	}

}
