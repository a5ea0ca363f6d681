package dev.streaming.realtime;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Function;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.ConversationEvents;
import dev.streaming.SessionConfig;
import dev.streaming.SessionContext;
import dev.streaming.SessionContext.ScheduledTask;
import dev.streaming.ToolCall;
import dev.streaming.ToolOutcome;
import dev.streaming.internal.concurrent.BoundedExecutor;
import dev.streaming.internal.concurrent.PoolWatch;
import dev.streaming.internal.concurrent.ThreadPool;
import dev.streaming.realtime.RealtimeTool.Execution;
import dev.streaming.realtime.RealtimeTool.Scheduling;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.util.Assert;

/**
 * Calls the tools of one session on other threads and delivers their results, within the
 * session's limits for tools (V8, B5):
 * <ul>
 * <li>At most {@code tool-concurrency} calls run at a time; further calls wait. A call
 * keeps its place until its tool has returned, so that a session does not use more
 * threads.</li>
 * <li>A tool that exceeds {@code tool-timeout}, or its own
 * {@link RealtimeTool#timeout()}, is interrupted, and the model is notified.</li>
 * <li>Arguments that do not match the schema are reported to the model, and the tool is
 * not called (V1), nor is it if a {@link ToolApproval} refuses the call.</li>
 * <li>An exception becomes a result, so that the model can continue. It contains only the
 * message of a {@link ToolException}.</li>
 * <li>A result is a text, empty for {@code null}. A result that exceeds
 * {@code tool-result-size} is replaced by an error.</li>
 * </ul>
 * A call that was cancelled is interrupted, and its result dropped. Thread-safe; nothing
 * here waits for a tool.
 *
 * @since 1.0.0
 */
public final class ToolRunner {

	/** Time for a tool to return after its interruption. */
	static final Duration RETURN_GRACE = Duration.ofSeconds(1);

	/** Maximum number of waiting calls of one session. */
	static final int MAX_WAITING = 1024;

	private static final Logger logger = LoggerFactory.getLogger(ToolRunner.class);

	private final Function<? super RealtimeTool, @Nullable String> sentSchemas;

	private final Duration timeout;

	// Tools by name, in the order in which they are offered; replaced as a whole
	private volatile Map<String, OfferedTool> tools;

	private final Executor executor;

	private final SessionContext context;

	private final ConversationEvents conversation;

	private final BiConsumer<ToolCall, String> results;

	private final BiConsumer<ToolCall, String> progress;

	private final @Nullable BiConsumer<ToolCall, ToolResult> imageResults;

	private final int concurrency;

	private final int rounds;

	private final ToolInvoker invoker;

	private final ReentrantLock lock = new ReentrantLock();

	// Calls that were not abandoned, by id
	@GuardedBy("lock")
	private final Map<String, ToolRun> wanted = new HashMap<>();

	// Calls without a place
	@GuardedBy("lock")
	private final Deque<ToolRun> waiting = new ArrayDeque<>();

	// Calls with a place, including abandoned ones
	@GuardedBy("lock")
	private final Set<ToolRun> placed = new LinkedHashSet<>();

	// Checks for calls that wait for tools which do not return
	@GuardedBy("lock")
	private @Nullable ScheduledTask check;

	/**
	 * Select the tools to offer.
	 * @param names the names, or {@code null} for all
	 * @param tools all available tools
	 * @return the selected tools, in the order of the names
	 * @throws IllegalArgumentException if there is no tool of a name; the message has the
	 * available names
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
	 * Return the shared executor for tools, the default for all sessions: its threads are
	 * daemons that end when they are idle.
	 * @return the executor
	 */
	public static Executor sharedExecutor() {
		return (task) -> Threads.EXECUTOR.execute(task);
	}

	/**
	 * Create a runner as {@link #builder} does, for tools whose schemas are sent to the
	 * provider unchanged.
	 * @param tools the tools, in the order in which they are offered
	 * @param executor the executor for tools, which may block
	 * @param context the session
	 * @param results the consumer of results
	 */
	public ToolRunner(Collection<? extends RealtimeTool> tools, Executor executor, SessionContext context,
			BiConsumer<ToolCall, String> results) {
		this(tools, executor, context, results, RealtimeTool::inputSchema);
	}

	/**
	 * Create a runner as {@link #builder} does, for tools whose schemas are translated
	 * for the provider.
	 * @param tools the tools, in the order in which they are offered
	 * @param executor the executor for tools, which may block
	 * @param context the session
	 * @param results the consumer of results
	 * @param sentSchemas returns the schema of a tool that is sent
	 */
	public ToolRunner(Collection<? extends RealtimeTool> tools, Executor executor, SessionContext context,
			BiConsumer<ToolCall, String> results, Function<? super RealtimeTool, @Nullable String> sentSchemas) {
		this(builder(tools, executor, context, results).sentSchemas(sentSchemas));
	}

	ToolRunner(ToolRunnerBuilder builder) {
		SessionContext context = builder.context;
		this.sentSchemas = builder.sentSchemas;
		this.timeout = context.config().map(SessionConfig::toolTimeout).orElse(SessionConfig.DEFAULT_TOOL_TIMEOUT);
		this.tools = OfferedTool.of(builder.tools, builder.sentSchemas, this.timeout);
		this.executor = builder.executor;
		this.context = context;
		this.results = builder.results;
		this.progress = builder.progress;
		this.imageResults = builder.imageResults;
		this.conversation = context.conversation();
		this.concurrency = context.config()
			.map(SessionConfig::toolConcurrency)
			.orElse(SessionConfig.DEFAULT_TOOL_CONCURRENCY);
		this.rounds = context.config().map(SessionConfig::toolRounds).orElse(SessionConfig.DEFAULT_TOOL_ROUNDS);
		this.invoker = new ToolInvoker(context, builder.approval,
				new ToolResults(context.config()
					.map(SessionConfig::toolResultSize)
					.orElse(SessionConfig.DEFAULT_TOOL_RESULT_SIZE)
					.toBytes()));
	}

	/**
	 * Return a builder for a runner.
	 * @param tools the tools, in the order in which they are offered
	 * @param executor the executor for tools, which may block
	 * @param context the session
	 * @param results the consumer of results, called on a thread of the executor or, if
	 * the tool was not called or takes too long, on the session's thread
	 * @return a builder
	 */
	public static ToolRunnerBuilder builder(Collection<? extends RealtimeTool> tools, Executor executor,
			SessionContext context, BiConsumer<ToolCall, String> results) {
		return new ToolRunnerBuilder(tools, executor, context, results);
	}

	/**
	 * Replace the offered tools. Running calls are not affected.
	 * @param offered the tools, in the order in which they are offered
	 * @throws IllegalArgumentException if two tools have the same name
	 */
	public void offer(Collection<? extends RealtimeTool> offered) {
		this.tools = OfferedTool.of(offered, this.sentSchemas, this.timeout);
	}

	/**
	 * Return the tools to offer.
	 * @return the tools, in order
	 */
	public List<RealtimeTool> tools() {
		return this.tools.values().stream().map(OfferedTool::tool).toList();
	}

	/**
	 * Return the names of the tools that {@link #run} calls.
	 * @return the names, unmodifiable
	 */
	public Set<String> names() {
		return Collections.unmodifiableSet(this.tools.keySet());
	}

	/**
	 * Return whether {@link #run} calls a tool, as opposed to the consumer of the chunks.
	 * @param name the tool's name
	 * @return whether it is one of these tools
	 */
	public boolean supports(String name) {
		return this.tools.containsKey(name);
	}

	/**
	 * Return the scheduling of a tool's results, if the model does not wait for them.
	 * @param name the tool's name
	 * @return the scheduling, or {@code null} if the tool is {@link Execution#BLOCKING}
	 * or unknown
	 */
	public @Nullable Scheduling scheduling(String name) {
		OfferedTool offered = this.tools.get(name);
		return (offered != null && offered.tool().execution() == Execution.ASYNC) ? offered.tool().scheduling() : null;
	}

	/**
	 * Return the maximum number of rounds of tool calls for one answer. The provider's
	 * handler counts them, and answers the calls of a further round with
	 * {@link #roundsExceeded()}.
	 * @return the number, positive
	 */
	public int maxRounds() {
		return this.rounds;
	}

	/**
	 * Return the result of a call after the last round of tool calls.
	 * @return a text for the model
	 */
	public static String roundsExceeded() {
		return ToolResults.error("The tool was not called, because there were too many rounds of tool calls;"
				+ " answer without further calls");
	}

	/**
	 * Call a tool without waiting for it. A call whose id is running is not run again.
	 * @param call the call
	 * @return {@code false} if there is no such tool
	 */
	public boolean run(ToolCall call) {
		OfferedTool tool = this.tools.get(call.name());
		if (tool == null) {
			return false;
		}
		ToolRun run = new ToolRun(call, tool);
		boolean full;
		this.lock.lock();
		try {
			if (this.wanted.containsKey(call.id())) {
				return true;
			}
			full = this.waiting.size() == MAX_WAITING || isTooMuch(call);
			if (!full) {
				this.wanted.put(call.id(), run);
				this.waiting.add(run);
				watch();
			}
		}
		finally {
			this.lock.unlock();
		}
		if (full) {
			handOver(run, ToolResults.notCalled());
			return true;
		}
		startWaiting();
		return true;
	}

	// Called under lock
	@GuardedBy("lock")
	private boolean isTooMuch(ToolCall call) {
		long waiting = this.waiting.stream().mapToLong((run) -> run.call().arguments().length()).sum();
		return waiting > 0 && waiting + call.arguments().length() > PeerMemory.LIMIT;
	}

	private void startWaiting() {
		ToolRun run = place();
		while (run != null) {
			start(run);
			run = place();
		}
	}

	private @Nullable ToolRun place() {
		this.lock.lock();
		try {
			ToolRun next = (this.placed.size() < this.concurrency) ? this.waiting.poll() : null;
			if (next != null) {
				this.placed.add(next);
				next.placed(this.context.schedule(next.tool().timeout(), () -> timedOut(next)));
			}
			return next;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void start(ToolRun run) {
		String exhaustion = ThreadPool.exhaustion(this.executor);
		if (exhaustion != null) {
			this.context.schedule(PoolWatch.LIMIT, () -> withoutThread(run, exhaustion));
		}
		try {
			this.executor.execute(() -> call(run));
		}
		catch (RuntimeException ex) {
			// Such as RejectedExecutionException of a full pool
			ended(run, this.invoker.failed(run.call(), ex));
		}
	}

	// No thread has started the call, although it has a place (B7)
	private void withoutThread(ToolRun run, String exhaustion) {
		this.lock.lock();
		try {
			if (!run.awaitsThread()) {
				return;
			}
			run.end();
			this.wanted.remove(run.call().id(), run);
			this.placed.remove(run);
			watch();
		}
		finally {
			this.lock.unlock();
		}
		this.invoker.log(logger.atWarn(), run.call())
			.log("A tool was not called, because no thread was free within {} ms: {}", PoolWatch.LIMIT.toMillis(),
					exhaustion);
		handOver(run, ToolResults.notCalled());
		startWaiting();
	}

	private void call(ToolRun run) {
		boolean wanted;
		this.lock.lock();
		try {
			wanted = run.begin();
		}
		finally {
			this.lock.unlock();
		}
		if (wanted) {
			this.conversation.toolStarted(run.call());
		}
		ended(run, wanted ? this.invoker.invoke(run.call(), run.tool(), (json) -> progress(run, json),
				new ResultImages(this.imageResults != null)) : ToolInvoker.Returned.CANCELLED);
		startWaiting();
	}

	/**
	 * Return whether the calling thread is that of a tool.
	 * @param sessionId the id of a session
	 * @return whether this session calls the tool
	 */
	static boolean isCallingFor(String sessionId) {
		return ToolInvoker.isCallingFor(sessionId);
	}

	private void progress(ToolRun run, String json) {
		Assert.notNull(json, "'json' must not be null");
		boolean wanted;
		this.lock.lock();
		try {
			wanted = run.state() == ToolRun.State.RUNNING;
		}
		finally {
			this.lock.unlock();
		}
		if (wanted) {
			this.progress.accept(run.call(), this.invoker.interim(json));
		}
	}

	/**
	 * Handle the end of a call whose tool has returned, or could not be called.
	 * @param run the call
	 * @param result the result, which is dropped if the call was abandoned
	 */
	private void ended(ToolRun run, ToolInvoker.Returned result) {
		boolean wanted;
		this.lock.lock();
		try {
			wanted = run.end() == ToolRun.State.RUNNING;
			if (wanted) {
				this.wanted.remove(run.call().id(), run);
			}
		}
		finally {
			this.lock.unlock();
		}
		if (wanted) {
			this.conversation.toolEnded(run.call(), result.outcome(), result.result().text());
			handOver(run, result.result());
		}
		this.lock.lock();
		try {
			this.placed.remove(run);
			watch();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void timedOut(ToolRun run) {
		this.lock.lock();
		try {
			if (run.leave() != ToolRun.State.RUNNING) {
				return;
			}
			this.wanted.remove(run.call().id(), run);
			watch();
		}
		finally {
			this.lock.unlock();
		}
		this.invoker.log(logger.atDebug(), run.call())
			.addKeyValue("timeout", run.tool().timeout())
			.log("A tool exceeded its timeout");
		this.conversation.toolEnded(run.call(), ToolOutcome.TIMEOUT, "");
		handOver(run, ToolResults.timedOut(run.tool().timeout()));
	}

	/**
	 * Schedule a check of waiting calls, which would wait forever if all places are held
	 * by tools that do not return after their interruption. Called under lock.
	 */
	@GuardedBy("lock")
	private void watch() {
		boolean stuck = this.placed.size() == this.concurrency && !this.waiting.isEmpty()
				&& this.placed.stream().allMatch((run) -> run.state() == ToolRun.State.LEFT);
		if (stuck && this.check == null) {
			this.check = this.context.schedule(RETURN_GRACE, this::giveUpWaiting);
		}
		else if (!stuck && this.check != null) {
			this.check.cancel();
			this.check = null;
		}
	}

	private void giveUpWaiting() {
		List<ToolRun> left = new ArrayList<>();
		this.lock.lock();
		try {
			if (this.check == null) {
				return;
			}
			this.check = null;
			this.waiting.forEach((run) -> {
				run.leave();
				this.wanted.remove(run.call().id(), run);
				left.add(run);
			});
			this.waiting.clear();
		}
		finally {
			this.lock.unlock();
		}
		left.forEach((run) -> handOver(run, ToolResults.notCalled()));
	}

	private void handOver(ToolRun run, String text) {
		handOver(run, ToolResult.of(text));
	}

	private void handOver(ToolRun run, ToolResult result) {
		BiConsumer<ToolCall, ToolResult> takesImages = this.imageResults;
		try {
			if (takesImages != null && !result.images().isEmpty()) {
				takesImages.accept(run.call(), result);
			}
			else {
				this.results.accept(run.call(), result.text());
			}
		}
		catch (RuntimeException ex) {
			this.invoker.log(logger.atWarn(), run.call()).log("A tool result could not be sent: {}", ex.getMessage());
		}
	}

	/**
	 * Cancel a call: interrupt it if it is running, and drop its result.
	 * @param id the call's id
	 * @return whether the call had not finished
	 */
	public boolean cancel(String id) {
		ToolRun run;
		this.lock.lock();
		try {
			run = this.wanted.remove(id);
			if (run != null) {
				this.waiting.remove(run);
				run.leave();
				watch();
			}
		}
		finally {
			this.lock.unlock();
		}
		if (run != null) {
			this.conversation.toolEnded(run.call(), ToolOutcome.CANCELLED, "");
		}
		return run != null;
	}

	/**
	 * Cancel all calls, because the session or the connection has ended.
	 */
	public void cancelAll() {
		List<ToolRun> cancelled;
		this.lock.lock();
		try {
			cancelled = List.copyOf(this.wanted.values());
			this.waiting.clear();
			this.wanted.values().forEach(ToolRun::leave);
			this.wanted.clear();
			watch();
		}
		finally {
			this.lock.unlock();
		}
		cancelled.forEach((run) -> this.conversation.toolEnded(run.call(), ToolOutcome.CANCELLED, ""));
	}

	/**
	 * Return the number of calls that have not finished.
	 * @return the number
	 */
	public int pending() {
		this.lock.lock();
		try {
			return this.wanted.size();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Holder for lazy initialization.
	 */
	private static final class Threads {

		static final Executor EXECUTOR = new BoundedExecutor("streaming-tool-", 64);

	}

}
