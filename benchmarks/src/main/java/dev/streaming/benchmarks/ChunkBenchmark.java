package dev.streaming.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.streaming.Message;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.StreamChunk;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * The chunk of an event of a provider: from JSON as it is received, to what the consumer
 * takes.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ChunkBenchmark {

	/** Deltas of an answer. */
	private static final int DELTAS = 500;

	/** The provider, and the form in which the transport has the event. */
	@Param({ "OpenAI bytes", "OpenAI text", "Gemini bytes", "Gemini text" })
	public String event = "";

	private final SessionContext context = new Deltas.NoSession();

	private SessionHandler handler = (message, context) -> List.of();

	private Message begin = Message.text("");

	private Message delta = this.begin;

	private int count;

	/**
	 * Set up the session.
	 * @throws Exception if that fails
	 */
	@Setup
	public void setUp() throws Exception {
		boolean openAi = this.event.startsWith("OpenAI");
		Receiving.Talk talk = openAi ? Receiving.Talk.OPENAI : Receiving.Talk.GEMINI;
		this.handler = openAi ? Deltas.openAi() : Deltas.spokenGemini(this.context);
		this.begin = Message.text(openAi ? talk.start() : "{}");
		this.delta = this.event.endsWith("bytes") ? Message.wrapText(talk.delta())
				: Message.text(new String(talk.delta(), StandardCharsets.UTF_8));
	}

	/**
	 * Handle a delta.
	 * @return its chunks
	 * @throws Exception if that fails
	 */
	@Benchmark
	public List<StreamChunk> delta() throws Exception {
		if (this.count++ % DELTAS == 0) {
			this.handler.handle(this.begin, this.context);
		}
		return this.handler.handle(this.delta, this.context);
	}

}
