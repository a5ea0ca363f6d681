package dev.streaming.realtime.springai;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.streaming.realtime.RealtimeAttributes;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.realtime.RealtimeToolContext;

import org.springframework.ai.chat.model.ToolContext;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.ToolCallbackProvider;
import org.springframework.util.Assert;

/**
 * Adapts tools of Spring AI to {@link RealtimeTool}.
 *
 * @since 1.0.0
 */
public final class SpringAiTools {

	/** Key of the session's id in the tool context. */
	public static final String SESSION_ID = "sessionId";

	/** Key of the connection's name in the tool context. */
	public static final String CONNECTION_NAME = "connectionName";

	/** Key of the call's id in the tool context. */
	public static final String CALL_ID = "callId";

	private SpringAiTools() {
	}

	/**
	 * Adapt a callback to a tool. Its {@link ToolContext} has the attributes of the
	 * session, except {@link RealtimeAttributes#API_KEY}, and {@link #SESSION_ID},
	 * {@link #CONNECTION_NAME} and {@link #CALL_ID}.
	 * @param callback the callback
	 * @return the tool
	 */
	public static RealtimeTool of(ToolCallback callback) {
		Assert.notNull(callback, "'callback' must not be null");
		return new CallbackTool(callback);
	}

	/**
	 * Adapt all callbacks of a provider to tools.
	 * @param provider the provider
	 * @return the tools
	 */
	public static List<RealtimeTool> of(ToolCallbackProvider provider) {
		Assert.notNull(provider, "'provider' must not be null");
		return Arrays.stream(provider.getToolCallbacks()).map(SpringAiTools::of).toList();
	}

	/**
	 * Return the values of a {@link ToolContext}, without
	 * {@link RealtimeAttributes#API_KEY}, because a tool may pass them on, such as to an
	 * MCP server.
	 * @param attributes the attributes of the session
	 * @param sessionId the id of the session
	 * @param connectionName the name of its connection
	 * @param callId the id of the call
	 * @return a new map with the values
	 */
	public static Map<String, Object> contextOf(Map<String, Object> attributes, String sessionId, String connectionName,
			String callId) {
		Map<String, Object> values = new LinkedHashMap<>(attributes);
		values.remove(RealtimeAttributes.API_KEY);
		values.put(SESSION_ID, sessionId);
		values.put(CONNECTION_NAME, connectionName);
		values.put(CALL_ID, callId);
		return values;
	}

	private record CallbackTool(ToolCallback callback) implements RealtimeTool {

		@Override
		public String name() {
			return this.callback.getToolDefinition().name();
		}

		@Override
		public String description() {
			return this.callback.getToolDefinition().description();
		}

		@Override
		public String inputSchema() {
			return this.callback.getToolDefinition().inputSchema();
		}

		@Override
		public String call(String arguments) {
			return this.callback.call(arguments);
		}

		@Override
		public String call(String arguments, RealtimeToolContext context) {
			return this.callback.call(arguments, new ToolContext(
					contextOf(context.attributes(), context.sessionId(), context.connectionName(), context.callId())));
		}

		@Override
		public String toString() {
			return "RealtimeTool[" + name() + ", of Spring AI]";
		}

	}

}
