package dev.streaming.realtime;

import java.util.Collection;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Function;

import dev.streaming.SessionContext;
import dev.streaming.ToolCall;
import org.jspecify.annotations.Nullable;

/**
 * Builder for {@link ToolRunner}. Not thread-safe.
 *
 * @since 1.0.0
 */
public final class ToolRunnerBuilder {

	final Collection<? extends RealtimeTool> tools;

	final Executor executor;

	final SessionContext context;

	final BiConsumer<ToolCall, String> results;

	Function<? super RealtimeTool, @Nullable String> sentSchemas = RealtimeTool::inputSchema;

	ToolApproval approval = (call, context) -> true;

	// Most providers do not support interim results
	BiConsumer<ToolCall, String> progress = (call, json) -> {
	};

	// Most providers do not support images in a result
	@Nullable BiConsumer<ToolCall, ToolResult> imageResults;

	ToolRunnerBuilder(Collection<? extends RealtimeTool> tools, Executor executor, SessionContext context,
			BiConsumer<ToolCall, String> results) {
		this.tools = tools;
		this.executor = executor;
		this.context = context;
		this.results = results;
	}

	/**
	 * Set the schemas for the validation of arguments.
	 * @param sentSchemas returns the schema of a tool that is sent to the provider, as
	 * JSON, or {@code null} if none is sent
	 * @return this builder
	 */
	public ToolRunnerBuilder sentSchemas(Function<? super RealtimeTool, @Nullable String> sentSchemas) {
		this.sentSchemas = sentSchemas;
		return this;
	}

	/**
	 * Set the approval of calls.
	 * @param approval the approval
	 * @return this builder
	 */
	public ToolRunnerBuilder approval(ToolApproval approval) {
		this.approval = approval;
		return this;
	}

	/**
	 * Set the consumer of interim results, which are dropped by default.
	 * @param progress the consumer, called on a thread of the tool
	 * @return this builder
	 */
	public ToolRunnerBuilder progress(BiConsumer<ToolCall, String> progress) {
		this.progress = progress;
		return this;
	}

	/**
	 * Set the consumer of results with images. Without it, tools cannot add images.
	 * @param imageResults the consumer, called as that of other results
	 * @return this builder
	 */
	public ToolRunnerBuilder imageResults(@Nullable BiConsumer<ToolCall, ToolResult> imageResults) {
		this.imageResults = imageResults;
		return this;
	}

	/**
	 * Build the runner.
	 * @return a new runner
	 * @throws IllegalArgumentException if two tools have the same name
	 */
	public ToolRunner build() {
		return new ToolRunner(this);
	}

}
