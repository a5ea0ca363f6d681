package dev.streaming.realtime;

import org.jspecify.annotations.Nullable;

/**
 * Tool with a body and a schema.
 */
record TestTool(String name, String inputSchema, Body body) implements RealtimeTool {

	@Override
	public String description() {
		return "A tool";
	}

	@Override
	public String call(String arguments) throws Exception {
		return this.body.call(arguments);
	}

	@FunctionalInterface
	interface Body {

		@Nullable String call(String arguments) throws Exception;

	}

}
