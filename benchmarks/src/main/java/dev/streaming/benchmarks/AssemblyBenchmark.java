package dev.streaming.benchmarks;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

import dev.streaming.internal.transport.MessageAssembler;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * A message of 32 KiB from its fragments.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AssemblyBenchmark {

	/** Number of fragments of the message. */
	@Param({ "1", "4", "32" })
	public int fragments;

	private final MessageAssembler assembler = new MessageAssembler(1024 * 1024);

	private final String text = Messages.audio(Messages.LARGE);

	private final ByteBuffer bytes = ByteBuffer.wrap(this.text.getBytes(StandardCharsets.US_ASCII));

	/**
	 * Assemble text.
	 * @return the message
	 * @throws Exception if it is too big
	 */
	@Benchmark
	public @Nullable String text() throws Exception {
		int size = Messages.LARGE / this.fragments;
		String message = null;
		for (int i = 0; i < this.fragments; i++) {
			message = this.assembler.add(this.text.substring(i * size, (i + 1) * size), i == this.fragments - 1);
		}
		return message;
	}

	/**
	 * Assemble bytes.
	 * @return the message
	 * @throws Exception if it is too big
	 */
	@Benchmark
	public byte @Nullable [] bytes() throws Exception {
		int size = Messages.LARGE / this.fragments;
		byte[] message = null;
		for (int i = 0; i < this.fragments; i++) {
			message = this.assembler.add(this.bytes.slice(i * size, size), i == this.fragments - 1);
		}
		return message;
	}

}
