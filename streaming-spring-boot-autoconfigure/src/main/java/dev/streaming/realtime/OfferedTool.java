package dev.streaming.realtime;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Tool as offered by a session.
 *
 * @param tool the tool
 * @param arguments the check of a call's arguments
 * @param timeout the timeout of a call
 */
record OfferedTool(RealtimeTool tool, ToolArguments arguments, Duration timeout) {

	/**
	 * Prepare tools.
	 * @param tools the tools
	 * @param sentSchemas returns the schema of a tool as it is sent to the provider
	 * @param timeout the timeout of a call, unless its tool has its own
	 * @return the tools by name, in order
	 * @throws IllegalArgumentException if two tools have the same name, or a timeout is
	 * not positive
	 */
	static Map<String, OfferedTool> of(Collection<? extends RealtimeTool> tools,
			Function<? super RealtimeTool, @Nullable String> sentSchemas, Duration timeout) {
		check(tools);
		Map<String, OfferedTool> offered = new LinkedHashMap<>();
		for (RealtimeTool tool : tools) {
			Duration own = tool.timeout();
			offered.put(tool.name(),
					new OfferedTool(tool, ToolArguments.of(sentSchemas.apply(tool)), (own != null) ? own : timeout));
		}
		return offered;
	}

	/**
	 * Check tools before anything is done with them.
	 * @param tools the tools
	 * @throws IllegalArgumentException if two tools have the same name, or a time is not
	 * positive
	 */
	static void check(Collection<? extends RealtimeTool> tools) {
		Set<String> names = new HashSet<>();
		for (RealtimeTool tool : tools) {
			Duration own = tool.timeout();
			Assert.isTrue(own == null || own.compareTo(Duration.ZERO) > 0,
					() -> "The timeout of the tool '" + tool.name() + "' must be positive, but is " + own);
			Assert.isTrue(names.add(tool.name()), () -> "There are two tools named '" + tool.name() + "'");
		}
	}

}
