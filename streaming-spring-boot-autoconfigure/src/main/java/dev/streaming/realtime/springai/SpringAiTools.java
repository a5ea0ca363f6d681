package dev.streaming.realtime.springai;

import java.util.Arrays;
import java.util.List;

import dev.streaming.realtime.RealtimeTool;

import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.ToolCallbackProvider;
import org.springframework.util.Assert;

/**
 * Makes {@link RealtimeTool}s of the tools that an application has for Spring AI.
 *
 * @since 1.0.0
 */
public final class SpringAiTools {

	private SpringAiTools() {
	}

	/**
	 * Make a tool of a callback. It is called without a tool context.
	 * @param callback the callback
	 * @return the tool
	 */
	public static RealtimeTool of(ToolCallback callback) {
		Assert.notNull(callback, "'callback' must not be null");
		return new CallbackTool(callback);
	}

	/**
	 * Make tools of all callbacks that a provider has.
	 * @param provider the provider
	 * @return the tools
	 */
	public static List<RealtimeTool> of(ToolCallbackProvider provider) {
		Assert.notNull(provider, "'provider' must not be null");
		return Arrays.stream(provider.getToolCallbacks()).map(SpringAiTools::of).toList();
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
		public String toString() {
			return "RealtimeTool[" + name() + ", of Spring AI]";
		}

	}

}
