package dev.streaming.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

import dev.streaming.Message;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.StreamChunk;
import dev.streaming.benchmarks.Receiving.Talk;
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

	/** More than a handler remembers. */
	private static final int ANSWERS = 1024;

	/** The provider, and the form in which the transport has the event. */
	@Param({ "OpenAI bytes", "OpenAI text", "Gemini bytes", "Gemini text" })
	public String event = "";

	private final SessionContext context = new Deltas.NoSession();

	private SessionHandler handler = (message, context) -> List.of();

	private final List<Answer> answers = new ArrayList<>();

	private Answer answer = new Answer("", Message.text(""), "");

	private int count;

	/**
	 * Set up the session.
	 * @throws Exception if that fails
	 */
	@Setup
	public void setUp() throws Exception {
		boolean openAi = this.event.startsWith("OpenAI");
		Talk talk = openAi ? Talk.OPENAI : Talk.GEMINI;
		this.handler = openAi ? Deltas.openAi() : Deltas.spokenGemini(this.context);
		for (int i = 0; i < ANSWERS; i++) {
			String number = String.format(Locale.ROOT, "%04x", i);
			String delta = new String(talk.delta(), StandardCharsets.US_ASCII).replace(Talk.NUMBER, number);
			this.answers.add(new Answer(
					talk.start().replace(Talk.NUMBER, number), this.event.endsWith("bytes")
							? Message.wrapText(delta.getBytes(StandardCharsets.US_ASCII)) : Message.text(delta),
					talk.end().replace(Talk.NUMBER, number)));
		}
	}

	/**
	 * Handle a delta.
	 * @return its chunks
	 * @throws Exception if that fails
	 */
	@Benchmark
	public List<StreamChunk> delta() throws Exception {
		if (this.count % Talk.DELTAS == 0) {
			next();
		}
		this.count++;
		return this.handler.handle(this.answer.delta(), this.context);
	}

	// Answers end, and a text has a limit
	private void next() throws Exception {
		if (this.count > 0) {
			this.handler.handle(Message.text(this.answer.end()), this.context);
		}
		this.answer = this.answers.get(this.count / Talk.DELTAS % ANSWERS);
		if (!this.answer.start().isEmpty()) {
			this.handler.handle(Message.text(this.answer.start()), this.context);
		}
	}

	private record Answer(String start, Message delta, String end) {
	}

}
