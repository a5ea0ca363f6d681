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
import dev.streaming.SessionConfig;
import dev.streaming.SessionContext;
import dev.streaming.SessionContext.ScheduledTask;
import dev.streaming.ToolCall;
import dev.streaming.internal.concurrent.BoundedExecutor;
import dev.streaming.internal.concurrent.PoolWatch;
import dev.streaming.internal.concurrent.ThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

import org.springframework.util.Assert;

/**
 * Calls one session's tools off the receive path and hands their results over, within the
 * session's settings for tools (V8, B5):
 * <ul>
 * <li>At most {@code tool-concurrency} calls run at a time; further calls wait. A call
 * holds its place until its tool has returned, so that no session takes more
 * threads.</li>
 * <li>A tool that outlives {@code tool-timeout} is interrupted, and the model is
 * told.</li>
 * <li>Arguments that are not as the schema requires are reported to the model, and the
 * tool is not called (V1).</li>
 * <li>An error becomes a result, so that the model can go on. Its message is told only if
 * it is a {@link ToolException}.</li>
 * <li>A result is a text, empty for {@code null}. Of one beyond {@code tool-result-size}
 * the model is told that it was too large.</li>
 * </ul>
 * A call that was cancelled is interrupted, and its result dropped. Thread-safe; nothing
 * here waits for a tool.
 *
 * @since 1.0.0
 */
public final class ToolRunner {

	/** The time that a tool has to return after its interruption. */
	static final Duration RETURN_GRACE = Duration.ofSeconds(1);

	/** The calls of one session that wait for a place. */
	static final int MAX_WAITING = 1024;

	private static final Logger logger = LoggerFactory.getLogger(ToolRunner.class);

	// The session for which this thread calls a tool
	private static final ThreadLocal<@Nullable String> CALLING = new ThreadLocal<>();

	private final Map<String, RealtimeTool> tools;

	// By the tool's name
	private final Map<String, ToolArguments> arguments = new HashMap<>();

	private final Executor executor;

	private final SessionContext context;

	private final BiConsumer<ToolCall, String> results;

	private final Duration timeout;

	private final int concurrency;

	private final int rounds;

	private final ToolResults texts;

	private final ReentrantLock lock = new ReentrantLock();

	// Guarded by lock: calls whose results are wanted, by id
	@GuardedBy("lock")
	private final Map<String, ToolRun> wanted = new HashMap<>();

	// Guarded by lock: calls without a place
	@GuardedBy("lock")
	private final Deque<ToolRun> waiting = new ArrayDeque<>();

	// Guarded by lock: calls with a place, also those whose results are not wanted
	@GuardedBy("lock")
	private final Set<ToolRun> placed = new LinkedHashSet<>();

	// Guarded by lock: looks after calls that wait behind tools which do not return
	@GuardedBy("lock")
	private @Nullable ScheduledTask check;

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
	 * Create a runner of tools whose schemas are sent to the provider as they are.
	 * @param tools the tools, in the order in which they are offered
	 * @param executor calls them; it may block
	 * @param context the session
	 * @param results takes each call's result, a text, on a thread of the executor or, if
	 * the tool was not called or takes too long, on the session's own
	 * @throws IllegalArgumentException if two tools have the same name
	 */
	public ToolRunner(Collection<? extends RealtimeTool> tools, Executor executor, SessionContext context,
			BiConsumer<ToolCall, String> results) {
		this(tools, executor, context, results, RealtimeTool::inputSchema);
	}

	/**
	 * Create a runner of tools whose schemas are translated for the provider.
	 * @param tools the tools, in the order in which they are offered
	 * @param executor calls them; it may block
	 * @param context the session
	 * @param results takes each call's result, a text, on a thread of the executor or, if
	 * the tool was not called or takes too long, on the session's own
	 * @param sentSchemas returns the schema of a tool as it is sent to the provider, as
	 * JSON, or {@code null} if none is sent
	 * @throws IllegalArgumentException if two tools have the same name
	 */
	public ToolRunner(Collection<? extends RealtimeTool> tools, Executor executor, SessionContext context,
			BiConsumer<ToolCall, String> results, Function<? super RealtimeTool, @Nullable String> sentSchemas) {
		Map<String, RealtimeTool> byName = new LinkedHashMap<>();
		for (RealtimeTool tool : tools) {
			RealtimeTool other = byName.putIfAbsent(tool.name(), tool);
			Assert.isTrue(other == null, () -> "There are two tools named '" + tool.name() + "'");
			this.arguments.put(tool.name(), ToolArguments.of(sentSchemas.apply(tool)));
		}
		this.tools = byName;
		this.executor = executor;
		this.context = context;
		this.results = results;
		this.timeout = context.config().map(SessionConfig::toolTimeout).orElse(SessionConfig.DEFAULT_TOOL_TIMEOUT);
		this.concurrency = context.config()
			.map(SessionConfig::toolConcurrency)
			.orElse(SessionConfig.DEFAULT_TOOL_CONCURRENCY);
		this.rounds = context.config().map(SessionConfig::toolRounds).orElse(SessionConfig.DEFAULT_TOOL_ROUNDS);
		this.texts = new ToolResults(context.config()
			.map(SessionConfig::toolResultSize)
			.orElse(SessionConfig.DEFAULT_TOOL_RESULT_SIZE)
			.toBytes());
	}

	/**
	 * Return the tools to offer.
	 * @return the tools, in order
	 */
	public List<RealtimeTool> tools() {
		return List.copyOf(this.tools.values());
	}

	/**
	 * Return the names of the tools that {@link #run} calls.
	 * @return the names, unmodifiable
	 */
	public Set<String> names() {
		return Collections.unmodifiableSet(this.tools.keySet());
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
	 * Return the maximum number of rounds of tool calls for one answer. The provider's
	 * handler counts them, and answers the calls of a further round with
	 * {@link #roundsExceeded()}.
	 * @return the number, positive
	 */
	public int maxRounds() {
		return this.rounds;
	}

	/**
	 * Return the result of a call that comes after the last round of tool calls.
	 * @return a text for the model
	 */
	public static String roundsExceeded() {
		return ToolResults.error("The tool was not called, because there were too many rounds of tool calls;"
				+ " answer without further calls");
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
				next.placed(this.context.schedule(this.timeout, () -> timedOut(next)));
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
			// Such as a full pool's RejectedExecutionException
			failed(run, ex);
			ended(run, this.texts.failed(ex));
		}
	}

	// No thread has begun with the call, although it has a place (B7)
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
		log(logger.atWarn(), run).log("A tool was not called, because no thread was free within {} ms: {}",
				PoolWatch.LIMIT.toMillis(), exhaustion);
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
		ended(run, wanted ? invoke(run) : "");
		startWaiting();
	}

	/**
	 * Return whether the calling thread is that of a tool.
	 * @param sessionId the id of a session
	 * @return whether this session calls the tool
	 */
	static boolean isCallingFor(String sessionId) {
		return sessionId.equals(CALLING.get());
	}

	private String invoke(ToolRun run) {
		CALLING.set(this.context.sessionId());
		try {
			String given = run.call().arguments().isBlank() ? "{}" : run.call().arguments();
			String problem = checkOf(run).problem(given);
			if (problem != null) {
				log(logger.atDebug(), run).log("A tool was not called, because its arguments are invalid");
				return ToolResults.error(problem);
			}
			return this.texts.returned(run.tool().call(given));
		}
		catch (Throwable ex) {
			// An error too is answered, or the model would wait for ever
			failed(run, ex);
			return this.texts.failed(ex);
		}
		finally {
			CALLING.remove();
		}
	}

	private ToolArguments checkOf(ToolRun run) {
		return this.arguments.getOrDefault(run.call().name(), ToolArguments.of(null));
	}

	/**
	 * The tool has returned, or could not be called.
	 * @param run its run
	 * @param result the result, if it is still wanted
	 */
	private void ended(ToolRun run, String result) {
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
			handOver(run, result);
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
		log(logger.atDebug(), run).addKeyValue("timeout", this.timeout).log("A tool exceeded its timeout");
		handOver(run, ToolResults.timedOut(this.timeout));
	}

	/**
	 * Look after the calls that wait: where all places are held by tools that do not
	 * return although they were interrupted, nobody would call them. Under lock.
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

	private void handOver(ToolRun run, String result) {
		try {
			this.results.accept(run.call(), result);
		}
		catch (RuntimeException ex) {
			log(logger.atWarn(), run).log("A tool result could not be sent: {}", ex.getMessage());
		}
	}

	private void failed(ToolRun run, Throwable failure) {
		log(logger.atDebug(), run).setCause(failure).log("A tool failed with {}", failure.getClass().getName());
	}

	private LoggingEventBuilder log(LoggingEventBuilder event, ToolRun run) {
		return event.addKeyValue("session", this.context.sessionId())
			.addKeyValue("connection", this.context.connectionName())
			.addKeyValue("tool", run.call().name());
	}

	/**
	 * Cancel a call: interrupt it if it runs, and drop its result.
	 * @param id the call's id
	 * @return whether it had not finished
	 */
	public boolean cancel(String id) {
		this.lock.lock();
		try {
			ToolRun run = this.wanted.remove(id);
			if (run != null) {
				this.waiting.remove(run);
				run.leave();
				watch();
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
			this.waiting.clear();
			this.wanted.values().forEach(ToolRun::leave);
			this.wanted.clear();
			watch();
		}
		finally {
			this.lock.unlock();
		}
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
	 * Made when they are first used.
	 */
	private static final class Threads {

		static final Executor EXECUTOR = new BoundedExecutor("streaming-tool-", 64);

	}

}
