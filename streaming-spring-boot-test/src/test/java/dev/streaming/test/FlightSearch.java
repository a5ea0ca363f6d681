package dev.streaming.test;

import dev.streaming.realtime.RealtimeTool;
import dev.streaming.realtime.RealtimeToolContext;

/**
 * A tool that the model does not wait for.
 *
 * @param name its name
 * @param scheduling when the model speaks of its result
 * @param gate lets it take as long as a test wants
 */
record FlightSearch(String name, Scheduling scheduling, ToolGate gate) implements RealtimeTool {

	@Override
	public String description() {
		return "Search for flights";
	}

	@Override
	public String inputSchema() {
		return "{\"type\":\"object\",\"properties\":{\"to\":{\"type\":\"string\"}},\"required\":[\"to\"]}";
	}

	@Override
	public Execution execution() {
		return Execution.ASYNC;
	}

	@Override
	public String call(String arguments) {
		throw new UnsupportedOperationException("Called with a context");
	}

	@Override
	public String call(String arguments, RealtimeToolContext context) {
		context.progress("{\"airlines\":3}");
		this.gate.pass();
		return "{\"flights\":2}";
	}

}
