package dev.streaming.race;

import java.io.IOException;
import java.lang.StackWalker.StackFrame;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

import dev.streaming.internal.concurrent.BoundedExecutor;
import dev.streaming.testsupport.TestRuntime;
import org.assertj.core.api.Assertions;

/**
 * Plays one race many times. What goes wrong names the round's seed;
 * {@code -Drace.seed=...} begins with that one, {@code -Drace.rounds=...} changes how
 * often. What came of it is written to {@code target/races}, one line a test.
 */
public final class Race implements AutoCloseable {

	/** Time after which anything counts as hung. */
	public static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final long SEED = Long.getLong("race.seed", 20260101L);

	private static final int ROUNDS = Integer.getInteger("race.rounds", 0);

	private static final String PREFIX = "race-";

	private final BoundedExecutor workers = new BoundedExecutor(PREFIX + "worker-", 64);

	private final BoundedExecutor dialers = new BoundedExecutor(PREFIX + "dial-", 64);

	private final ExecutorService racers = Executors.newCachedThreadPool((task) -> {
		Thread thread = new Thread(task, PREFIX + "racer");
		thread.setDaemon(true);
		return thread;
	});

	/**
	 * Play rounds, each on a runtime of its own that has to leave nothing behind.
	 * @param rounds the number of rounds
	 * @param round one round
	 * @throws Exception if a round fails
	 */
	public static void rounds(int rounds, Round round) throws Exception {
		Outcomes outcomes = new Outcomes();
		int count = count(rounds);
		try (Race race = new Race()) {
			for (int i = 0; i < count; i++) {
				outcomes.add(race.play(i, SEED + i, round));
			}
		}
		assertNoThreads(PREFIX);
		outcomes.write(count);
	}

	public static int count(int rounds) {
		return (ROUNDS > 0) ? ROUNDS : rounds;
	}

	public static long seed(int number) {
		return SEED + number;
	}

	private String play(int number, long seed, Round round) throws Exception {
		RaceRuntime runtime = new RaceRuntime(this, seed);
		try {
			round.run(runtime);
			runtime.assertNothingLeft();
			return runtime.outcome();
		}
		catch (Exception | AssertionError ex) {
			throw new AssertionError(
					"Round " + number + ", -Drace.seed=" + seed + "\nevents: " + runtime.observer.events
							+ "\ntransport: " + runtime.transport.dials().size() + " dials\n" + stacks(),
					ex);
		}
		finally {
			runtime.stopClocks();
		}
	}

	public BoundedExecutor workers() {
		return this.workers;
	}

	public BoundedExecutor dialers() {
		return this.dialers;
	}

	/**
	 * Run actors at the same time, each after a random moment.
	 * @param random draws the moments
	 * @param actors the action of each thread; may throw what the race makes likely only
	 * by catching it
	 * @throws Exception if an actor throws one or hangs
	 */
	void together(Random random, TestRuntime.ThrowingRunnable... actors) throws Exception {
		together(random, Arrays.asList(actors));
	}

	void together(Random random, List<TestRuntime.ThrowingRunnable> actors) throws Exception {
		CyclicBarrier start = new CyclicBarrier(actors.size());
		List<Future<?>> running = new ArrayList<>();
		for (TestRuntime.ThrowingRunnable actor : actors) {
			int spins = random.nextInt(4) * random.nextInt(200);
			running.add(this.racers.submit(() -> {
				await(start);
				spin(spins);
				actor.run();
				return null;
			}));
		}
		for (Future<?> each : running) {
			try {
				each.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
			}
			catch (TimeoutException ex) {
				throw new AssertionError("An actor hangs\n" + stacks(), ex);
			}
		}
	}

	/**
	 * Begin something that may block, besides the actors.
	 * @param call the action
	 * @return the outcome
	 */
	public <T> CompletableFuture<T> begin(java.util.concurrent.Callable<T> call) {
		CompletableFuture<T> result = new CompletableFuture<>();
		this.racers.execute(() -> {
			try {
				result.complete(call.call());
			}
			catch (Throwable ex) {
				result.completeExceptionally(ex);
			}
		});
		return result;
	}

	private static void await(CyclicBarrier barrier) throws InterruptedException, TimeoutException {
		try {
			barrier.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (BrokenBarrierException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static void spin(int turns) {
		for (int i = 0; i < turns; i++) {
			Thread.onSpinWait();
		}
		if (turns % 7 == 1) {
			Thread.yield();
		}
	}

	/**
	 * Wait for what is about to become true, looking often.
	 */
	public static void eventually(TestRuntime.ThrowingRunnable assertion) throws Exception {
		long deadline = System.nanoTime() + PATIENCE.toNanos();
		for (int i = 0;; i++) {
			try {
				assertion.run();
				return;
			}
			catch (AssertionError ex) {
				if (System.nanoTime() - deadline > 0) {
					throw ex;
				}
			}
			if (i < 100) {
				Thread.yield();
			}
			else {
				TimeUnit.MICROSECONDS.sleep(200);
			}
		}
	}

	static void assertNoThreads(String prefix) throws Exception {
		eventually(() -> Assertions.assertThat(threads(prefix)).isEmpty());
	}

	public static List<String> threads(String prefix) {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter(Thread::isAlive)
			.map(Thread::getName)
			.filter((name) -> name.startsWith(prefix))
			.toList();
	}

	private static String stacks() {
		return Thread.getAllStackTraces()
			.entrySet()
			.stream()
			.filter((each) -> each.getKey().getName().startsWith(PREFIX) && !isIdle(each.getValue()))
			.map(Race::describe)
			.collect(Collectors.joining("\n"));
	}

	private static boolean isIdle(StackTraceElement[] stack) {
		return Arrays.stream(stack).limit(8).anyMatch((frame) -> frame.getMethodName().equals("getTask"));
	}

	private static String describe(Map.Entry<Thread, StackTraceElement[]> each) {
		return each.getKey() + " " + each.getKey().getState() + "\n\t"
				+ Arrays.stream(each.getValue()).limit(14).map(String::valueOf).collect(Collectors.joining("\n\t"));
	}

	@Override
	public void close() {
		this.workers.close();
		this.dialers.close();
		this.racers.shutdownNow();
	}

	/**
	 * Counts of the outcomes of a test's rounds, one line of a file for each test.
	 */
	static final class Outcomes {

		private final Map<String, Integer> counts = new TreeMap<>();

		void add(String outcome) {
			this.counts.merge(outcome, 1, Integer::sum);
		}

		/**
		 * Write the line, for the test that calls, or whose race does.
		 */
		void write(int rounds) throws IOException {
			StackFrame test = test();
			write(test.getClassName() + "." + test.getMethodName(), rounds);
		}

		/**
		 * Write the line for an inherited test.
		 * @param testClass the class that runs it, of which each has a file of its own
		 */
		void write(Class<?> testClass, int rounds) throws IOException {
			write(testClass.getName() + "." + test().getMethodName(), rounds);
		}

		private static StackFrame test() {
			return StackWalker.getInstance()
				.walk((frames) -> frames.filter((frame) -> !frame.getMethodName().matches("rounds|write|test"))
					.findFirst()
					.orElseThrow());
		}

		private void write(String testName, int rounds) throws IOException {
			String test = testName.substring("dev.streaming.".length());
			Path file = Path.of("target", "races", test + ".txt");
			Files.createDirectories(file.getParent());
			String outcomes = this.counts.entrySet()
				.stream()
				.map((each) -> each.getValue() + " (" + each.getKey() + ")")
				.collect(Collectors.joining(", "));
			Files.writeString(file,
					test + ", JDK " + Runtime.version().feature() + ": " + rounds + " rounds: " + outcomes + "\n");
		}

	}

	/**
	 * One round.
	 */
	@FunctionalInterface
	public interface Round {

		void run(RaceRuntime runtime) throws Exception;

	}

}
