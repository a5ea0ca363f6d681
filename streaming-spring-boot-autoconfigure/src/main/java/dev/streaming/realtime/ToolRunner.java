package dev.streaming.realtime;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;

import dev.streaming.SessionContext;
import dev.streaming.ToolCall;
import dev.streaming.internal.concurrent.BoundedExecutor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.util.Assert;

/**
 * Calls one session's tools off the receive path and hands their results over. An error
 * becomes a result, so that the model can go on; a call that was cancelled is
 * interrupted, and its result dropped. Thread-safe; nothing here waits for a tool.
 *
 * @since 1.0.0
 */
public final class ToolRunner {

	private static final Logger logger = LoggerFactory.getLogger(ToolRunner.class);

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private final Map<String, RealtimeTool> tools;

	private final Executor executor;

	private final SessionContext context;

	private final BiConsumer<ToolCall, String> results;

	private final ReentrantLock lock = new ReentrantLock();

	// Guarded by lock: by the call's id
	private final Map<String, Run> running = new HashMap<>();

	/**
	 * Choose the tools to offer.
	 * @param names the names, or {@code null} for all
	 * @param tools all there are
	 * @return those of them, in that order
	 * @throws IllegalArgumentException if there is none of a name; names those there are
	 */
	public static List<RealtimeTool> select(@Nullable List<String> names, Collection<? extends RealtimeTool> tools) {
		if (names == null) {
			return List.copyOf(tools);
		}
		Map<String, RealtimeTool> all = new LinkedHashMap<>();
		tools.forEach((tool) -> all.put(tool.name(), tool));
		names.forEach((name) -> Assert.isTrue(all.containsKey(name), () -> "There is no tool named '" + name
				+ "'; there " + (all.isEmpty() ? "is none" : "are " + String.join(", ", all.keySet()))));
		return names.stream().map(all::get).toList();
	}

	/**
	 * Return the threads of tools, for all sessions that were not given others: daemons
	 * that end when they are idle.
	 * @return calls tools, which may block
	 */
	public static Executor sharedExecutor() {
		return (task) -> Threads.EXECUTOR.execute(task);
	}

	/**
	 * Create a runner.
	 * @param tools the tools, in the order in which they are offered
	 * @param executor calls them; it may block
	 * @param context the session
	 * @param results takes each call's result as JSON, on the thread of the executor
	 * @throws IllegalArgumentException if two tools have the same name
	 */
	public ToolRunner(Collection<? extends RealtimeTool> tools, Executor executor, SessionContext context,
			BiConsumer<ToolCall, String> results) {
		Map<String, RealtimeTool> byName = new LinkedHashMap<>();
		for (RealtimeTool tool : tools) {
			RealtimeTool other = byName.putIfAbsent(tool.name(), tool);
			Assert.isTrue(other == null, () -> "There are two tools named '" + tool.name() + "'");
		}
		this.tools = byName;
		this.executor = executor;
		this.context = context;
		this.results = results;
	}

	/**
	 * Return the tools to offer.
	 * @return the tools, in order
	 */
	public List<RealtimeTool> tools() {
		return List.copyOf(this.tools.values());
	}

	/**
	 * Return whether a tool is here, and not with the consumer of the chunks.
	 * @param name the tool's name
	 * @return whether {@link #run} calls it
	 */
	public boolean supports(String name) {
		return this.tools.containsKey(name);
	}

	/**
	 * Call a tool. Does not wait for it. A call whose id is running is not run again.
	 * @param call the call
	 * @return {@code false} if there is no such tool here
	 */
	public boolean run(ToolCall call) {
		RealtimeTool tool = this.tools.get(call.name());
		if (tool == null) {
			return false;
		}
		Run run = new Run(call, tool);
		this.lock.lock();
		try {
			if (this.running.putIfAbsent(call.id(), run) != null) {
				return true;
			}
		}
		finally {
			this.lock.unlock();
		}
		try {
			this.executor.execute(() -> call(run));
		}
		catch (RuntimeException ex) {
			// Such as a full pool's RejectedExecutionException
			if (finish(run)) {
				handOver(run, error(ex));
			}
		}
		return true;
	}

	private void call(Run run) {
		this.lock.lock();
		try {
			if (run.cancelled) {
				return;
			}
			run.thread = Thread.currentThread();
		}
		finally {
			this.lock.unlock();
		}
		String result;
		try {
			result = run.tool.call(run.call.arguments());
		}
		catch (Exception | LinkageError | AssertionError | StackOverflowError ex) {
			// Its message may quote the arguments, and they are the model's words
			log(logger.atDebug(), run).log("A tool failed with {}", ex.getClass().getName());
			result = error(ex);
		}
		if (finish(run)) {
			handOver(run, result);
		}
	}

	/**
	 * The tool has returned.
	 * @param run its run
	 * @return whether its result is still wanted
	 */
	private boolean finish(Run run) {
		this.lock.lock();
		try {
			run.thread = null;
			if (run.cancelled) {
				// The flag was for the tool, not for what the thread does next
				Thread.interrupted();
				return false;
			}
			return this.running.remove(run.call.id(), run);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void handOver(Run run, String result) {
		try {
			this.results.accept(run.call, result);
		}
		catch (RuntimeException ex) {
			log(logger.atWarn(), run).log("The result of a tool could not be sent: {}", ex.getMessage());
		}
	}

	private LoggingEventBuilder log(LoggingEventBuilder event, Run run) {
		return event.addKeyValue("session", this.context.sessionId())
			.addKeyValue("connection", this.context.connectionName())
			.addKeyValue("tool", run.call.name());
	}

	private static String error(Throwable failure) {
		String message = (failure.getMessage() != null) ? failure.getMessage() : failure.getClass().getSimpleName();
		return MAPPER.writeValueAsString(Map.of("error", message));
	}

	/**
	 * Cancel a call: interrupt it if it runs, and drop its result.
	 * @param id the call's id
	 * @return whether it had not finished
	 */
	public boolean cancel(String id) {
		this.lock.lock();
		try {
			Run run = this.running.remove(id);
			if (run != null) {
				run.cancel();
			}
			return run != null;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Cancel all calls, because the session ended or has lost the calls with its
	 * connection.
	 */
	public void cancelAll() {
		this.lock.lock();
		try {
			this.running.values().forEach(Run::cancel);
			this.running.clear();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return how many calls have not finished.
	 * @return the number
	 */
	public int pending() {
		this.lock.lock();
		try {
			return this.running.size();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Made when the first tool is called.
	 */
	private static final class Threads {

		static final Executor EXECUTOR = new BoundedExecutor("streaming-tool-", 64);

	}

	/**
	 * One call. Guarded by the runner's lock.
	 */
	private static final class Run {

		private final ToolCall call;

		private final RealtimeTool tool;

		private @Nullable Thread thread;

		private boolean cancelled;

		Run(ToolCall call, RealtimeTool tool) {
			this.call = call;
			this.tool = tool;
		}

		void cancel() {
			this.cancelled = true;
			if (this.thread != null) {
				this.thread.interrupt();
			}
		}

	}

}
