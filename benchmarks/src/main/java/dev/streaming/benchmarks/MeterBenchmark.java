package dev.streaming.benchmarks;

import java.util.concurrent.TimeUnit;

import dev.streaming.observation.ConnectionObserver;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * The meters of a message: all calls of a turn of a conversation, divided by the number
 * of its messages.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MeterBenchmark {

	/** Observers of the application. */
	@Param({ "without", "meters", "observations" })
	public String application = "";

	private @Nullable ConfigurableApplicationContext context;

	private @Nullable ConnectionObserver observer;

	private int count;

	/** Start the application. */
	@Setup
	public void setUp() {
		this.context = switch (this.application) {
			case "meters" -> MessageCost.withMeters();
			case "observations" -> MessageCost.withObservations();
			default -> MessageCost.withoutMeters();
		};
		this.observer = MessageCost.observer(this.context);
	}

	/** Stop the application. */
	@TearDown
	public void tearDown() {
		if (this.context != null) {
			this.context.close();
		}
	}

	/** Count the messages of a turn. */
	@Benchmark
	@OperationsPerInvocation(MessageCost.MESSAGES_OF_A_TURN)
	public void message() {
		if (this.observer != null) {
			MessageCost.turn(this.observer, this.count++ & 1023);
		}
	}

}
