package dev.streaming.realtime;

import org.jspecify.annotations.Nullable;

/**
 * Tool that the model does not wait for.
 */
public record AsyncTool(String name, Scheduling scheduling, Body body) implements RealtimeTool {

	@Override
	public String description() {
		return "A tool";
	}

	@Override
	public String inputSchema() {
		return "{}";
	}

	@Override
	public Execution execution() {
		return Execution.ASYNC;
	}

	@Override
	public String call(String arguments) {
		throw new AssertionError("There is a context");
	}

	@Override
	public @Nullable String call(String arguments, RealtimeToolContext context) throws Exception {
		return this.body.call(context);
	}

	/**
	 * Body of a tool.
	 */
	@FunctionalInterface
	public interface Body {

		@Nullable String call(RealtimeToolContext context) throws Exception;

	}

}
