package dev.streaming.autoconfigure.realtime;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

import dev.streaming.autoconfigure.StreamingConfigurationException;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.realtime.ToolApproval;
import dev.streaming.realtime.ToolRunner;
import org.jspecify.annotations.Nullable;

/**
 * Tools of the application, and the executor that calls them. Internal, not API: public
 * because the auto-configurations of several providers use it.
 */
public final class RealtimeTools {

	private final List<Supplier<Collection<RealtimeTool>>> sources;

	private final Executor executor;

	private final ToolApproval approval;

	/**
	 * Create an instance.
	 * @param sources the sources, resolved when a session opens, so that tools may
	 * themselves open sessions; the first of several tools with the same name is used
	 * @param executor the executor for tools
	 * @param approval the approval of calls
	 */
	public RealtimeTools(List<Supplier<Collection<RealtimeTool>>> sources, Executor executor, ToolApproval approval) {
		this.sources = List.copyOf(sources);
		this.executor = executor;
		this.approval = approval;
	}

	/**
	 * Return the tools.
	 * @return the tools, in order
	 */
	public List<RealtimeTool> all() {
		Map<String, RealtimeTool> tools = new LinkedHashMap<>();
		this.sources.forEach((source) -> source.get().forEach((tool) -> tools.putIfAbsent(tool.name(), tool)));
		return new ArrayList<>(tools.values());
	}

	/**
	 * Check the names of the tools of a connection.
	 * @param property the full name of the property
	 * @param names the names, or {@code null} for all
	 * @throws StreamingConfigurationException if a tool does not exist
	 */
	public void check(String property, @Nullable List<String> names) {
		if (names == null) {
			return;
		}
		try {
			ToolRunner.select(names, all());
		}
		catch (IllegalArgumentException ex) {
			throw new StreamingConfigurationException(property, names, ex.getMessage() + ".",
					"Set it to the names of RealtimeTool or ToolCallback beans, or remove it for all.");
		}
	}

	/**
	 * Return the executor for tools.
	 * @return the executor, which may block
	 */
	public Executor executor() {
		return this.executor;
	}

	/**
	 * Return the approval of tool calls.
	 * @return the approval by all beans, which may block
	 */
	public ToolApproval approval() {
		return this.approval;
	}

}
