package dev.streaming.openai;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import dev.streaming.Message;
import dev.streaming.realtime.ConversationHistory;
import dev.streaming.realtime.ConversationHistory.Item;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.realtime.RealtimeToolContext;

import org.springframework.util.Assert;

/**
 * Adapts the {@link DelegationHandler} to a tool, so that it is subject to the executor,
 * timeout and limits of tools.
 *
 * @param handler the delegate
 * @param history the conversation
 * @param sender called to send a message
 */
record LiveWork(DelegationHandler handler, ConversationHistory history,
		Consumer<Message> sender) implements RealtimeTool {

	/** Name of the tool, which no function of the application can have. */
	static final String NAME = "gpt-live delegation";

	@Override
	public String name() {
		return NAME;
	}

	@Override
	public String description() {
		return "Does the work of a delegation";
	}

	@Override
	public String inputSchema() {
		return "{}";
	}

	@Override
	public String call(String arguments) {
		throw new UnsupportedOperationException("A delegation has a context");
	}

	@Override
	public String call(String arguments, RealtimeToolContext context) throws Exception {
		this.handler.handle(new Work(context, this.history, this.sender));
		return "";
	}

	/**
	 * Delegation of one call.
	 *
	 * @param context the call
	 * @param history the conversation
	 * @param sender called to send a message
	 */
	private record Work(RealtimeToolContext context, ConversationHistory history,
			Consumer<Message> sender) implements Delegation {

		@Override
		public String id() {
			return this.context.callId();
		}

		@Override
		public String sessionId() {
			return this.context.sessionId();
		}

		@Override
		public String connectionName() {
			return this.context.connectionName();
		}

		@Override
		public Map<String, Object> attributes() {
			return this.context.attributes();
		}

		@Override
		public List<Item> conversation() {
			return this.history.items();
		}

		@Override
		public void say(String text) {
			Assert.hasText(text, "'text' must not be empty");
			LiveClientEvents.commentary(id(), text).forEach(this.sender);
		}

		@Override
		public void think(String text) {
			Assert.hasText(text, "'text' must not be empty");
			LiveClientEvents.thinking(id(), text).forEach(this.sender);
		}

		// The conversation may be confidential
		@Override
		public String toString() {
			return "Delegation[" + id() + "]";
		}

	}

}
