package dev.streaming.benchmarks;

import java.lang.reflect.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

import dev.streaming.Conn;
import dev.streaming.Message;
import dev.streaming.SessionConfig;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.StreamChunk;
import dev.streaming.gemini.GeminiLiveHandler;
import dev.streaming.gemini.GeminiLiveOptions;
import dev.streaming.gemini.Modality;
import dev.streaming.openai.OpenAiRealtimeHandler;
import dev.streaming.openai.OpenAiRealtimeOptions;

import org.springframework.web.socket.CloseStatus;

/**
 * The cost of one delta, by the number of deltas of the text that it is part of: what is
 * written, what is spoken and what the user says, and what is written while 1,000 calls
 * of tools are open, on OpenAI's protocol and on Gemini's. No sockets, no threads: from
 * the received message to its chunk.
 */
final class Deltas {

	/** Newer models only speak. */
	private static final String MODEL_THAT_WRITES = "gemini-2.0-flash-live-001";

	private static final int CALLS = 1_000;

	private static final int[] LENGTHS = { 1_000, 10_000, 100_000, 300_000 };

	private Deltas() {
	}

	static void run(int rounds) throws Exception {
		List<Case> cases = cases();
		// So that no case is measured before the others are compiled
		for (Case each : cases) {
			for (int i = 0; i < 20; i++) {
				measure(each, 5_000);
			}
		}
		Benchmarks.OUT.printf("%-8s %-12s %12s %12s %12s %12s%n", "protocol", "text", "1k deltas", "10k", "100k",
				"300k");
		for (Case each : cases) {
			List<String> columns = new ArrayList<>();
			for (int length : LENGTHS) {
				columns.add("%,.2f us".formatted(median(each, length, rounds) / 1000));
			}
			Benchmarks.OUT.printf("%-8s %-12s %12s %12s %12s %12s%n", each.protocol(), each.text(), columns.get(0),
					columns.get(1), columns.get(2), columns.get(3));
		}
	}

	private static double median(Case measured, int length, int rounds) throws Exception {
		double[] times = new double[rounds];
		for (int i = 0; i < rounds; i++) {
			// A short text is measured as often as it takes to be as long as the longest
			// one
			int texts = Math.max(1, LENGTHS[LENGTHS.length - 1] / length / 10);
			long nanos = 0;
			for (int j = 0; j < texts; j++) {
				nanos += measure(measured, length);
			}
			times[i] = (double) nanos / texts / length;
		}
		Arrays.sort(times);
		return times[rounds / 2];
	}

	private static long measure(Case measured, int length) throws Exception {
		NoSession context = new NoSession();
		SessionHandler handler = measured.handler().create(context);
		for (String message : measured.begin()) {
			handler.handle(Message.text(message), context);
		}
		Message delta = Message.text(measured.delta());
		StreamChunk last = null;
		long begin = System.nanoTime();
		for (int i = 0; i < length; i++) {
			last = handler.handle(delta, context).get(0);
		}
		long nanos = System.nanoTime() - begin;
		if (last == null || last.content().length() != 5 * length) {
			throw new IllegalStateException("The text is not what was sent");
		}
		return nanos;
	}

	private static List<Case> cases() {
		List<String> created = List.of("{\"type\":\"response.created\",\"response\":{\"id\":\"r1\"}}");
		String part = "\"response_id\":\"r1\",\"item_id\":\"i1\",\"content_index\":0,\"delta\":\"word \"}";
		return List.of(
				new Case("OpenAI", "written", (context) -> openAi(), created,
						"{\"type\":\"response.output_text.delta\"," + part),
				new Case("OpenAI", "spoken", (context) -> openAi(), created,
						"{\"type\":\"response.output_audio_transcript.delta\"," + part),
				new Case("OpenAI", "by the user", (context) -> openAi(),
						List.of("{\"type\":\"input_audio_buffer.speech_started\"}"),
						"{\"type\":\"conversation.item.input_audio_transcription.delta\"," + part),
				new Case("Gemini", "written", (context) -> gemini(Modality.TEXT, context), List.of("{}"),
						"{\"serverContent\":{\"modelTurn\":{\"parts\":[{\"text\":\"word \"}]}}}"),
				new Case("Gemini", "spoken", (context) -> gemini(Modality.AUDIO, context), List.of("{}"),
						"{\"serverContent\":{\"outputTranscription\":{\"text\":\"word \"}}}"),
				new Case("Gemini", "by the user", (context) -> gemini(Modality.AUDIO, context), List.of("{}"),
						"{\"serverContent\":{\"inputTranscription\":{\"text\":\"word \"}}}"),
				new Case("OpenAI", "1,000 calls", (context) -> openAi(), openAiCalls(created),
						"{\"type\":\"response.output_text.delta\"," + part),
				new Case("Gemini", "1,000 calls", (context) -> gemini(Modality.TEXT, context), geminiCalls(),
						"{\"serverContent\":{\"modelTurn\":{\"parts\":[{\"text\":\"word \"}]}}}"));
	}

	// Calls that the application has not answered
	private static List<String> openAiCalls(List<String> created) {
		List<String> messages = new ArrayList<>(created);
		for (int i = 0; i < CALLS; i++) {
			messages.add("{\"type\":\"response.output_item.done\",\"response_id\":\"r1\",\"item\":{\"type\":"
					+ "\"function_call\",\"status\":\"completed\",\"name\":\"look\",\"arguments\":\"{}\",\"id\":\"f" + i
					+ "\",\"call_id\":\"c" + i + "\"}}");
		}
		return messages;
	}

	private static List<String> geminiCalls() {
		List<String> messages = new ArrayList<>();
		for (int i = 0; i < CALLS; i++) {
			messages.add("{\"toolCall\":{\"functionCalls\":[{\"id\":\"c" + i + "\",\"name\":\"look\",\"args\":{}}]}}");
		}
		return messages;
	}

	private static SessionHandler gemini(Modality modality, SessionContext context) throws Exception {
		GeminiLiveHandler handler = new GeminiLiveHandler(
				GeminiLiveOptions.builder().model(MODEL_THAT_WRITES).responseModalities(List.of(modality)).build());
		// Ready as soon as it was set up
		Conn conn = (Conn) Proxy.newProxyInstance(Conn.class.getClassLoader(), new Class<?>[] { Conn.class },
				(proxy, method, arguments) -> method.getName().equals("receive")
						? Message.text("{\"setupComplete\":{}}") : null);
		handler.connect(conn, context);
		return handler;
	}

	static SessionHandler openAi() {
		return new OpenAiRealtimeHandler(OpenAiRealtimeOptions.builder().build());
	}

	static SessionHandler spokenGemini(SessionContext context) throws Exception {
		return gemini(Modality.AUDIO, context);
	}

	private record Case(String protocol, String text, HandlerFactory handler, List<String> begin, String delta) {

	}

	@FunctionalInterface
	private interface HandlerFactory {

		SessionHandler create(SessionContext context) throws Exception;

	}

	/**
	 * A session that only has a clock.
	 */
	static final class NoSession implements SessionContext {

		@Override
		public String sessionId() {
			return "benchmark";
		}

		@Override
		public String connectionName() {
			return "benchmark";
		}

		@Override
		public Map<String, Object> attributes() {
			return Map.of();
		}

		@Override
		public Optional<SessionConfig> config() {
			return Optional.empty();
		}

		@Override
		public Optional<URI> uri() {
			return Optional.empty();
		}

		@Override
		public void emit(StreamChunk chunk) {
		}

		@Override
		public void send(Object message) {
		}

		@Override
		public void sendRaw(Message message) {
		}

		@Override
		public int discard(Predicate<? super StreamChunk> unwanted) {
			return 0;
		}

		@Override
		public boolean withdraw(Message message) {
			return false;
		}

		@Override
		public ScheduledTask schedule(Duration delay, Runnable task) {
			return () -> {
			};
		}

		@Override
		public Duration readingTime() {
			return Duration.ofNanos(System.nanoTime());
		}

		@Override
		public void reconnect(String reason, Duration within) {
		}

		@Override
		public void close(CloseStatus status) {
		}

	}

}
