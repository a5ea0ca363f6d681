package dev.streaming.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.streaming.benchmarks.Trial.Clock;

/**
 * Messages as fast as the contender takes them.
 */
final class Receiving {

	private final Trial trial;

	private final int size;

	private final int length;

	private final Decoder decode;

	/** Of messages, a multiple of which is sent. */
	private final int unit;

	private final Object[] path;

	private Receiving(Trial trial, int size, int length, Decoder decode, int unit, Object... path) {
		this.trial = trial;
		this.size = size;
		this.length = length;
		this.decode = decode;
		this.unit = unit;
		this.path = path;
	}

	static Map<String, Double> deltas(Trial trial) throws Exception {
		return ofDeltas(trial).measure();
	}

	private static Receiving ofDeltas(Trial trial) {
		return new Receiving(trial, Event.SIZE, Event.text().length(), Event.DECODER, 1, "down", Event.SIZE);
	}

	static Map<String, Double> audio(Trial trial) throws Exception {
		return new Receiving(trial, Messages.LARGE, Messages.LARGE, Decoder.TEXT, 1, "down", Messages.LARGE).measure();
	}

	static Map<String, Double> conversation(Trial trial, Talk talk) throws Exception {
		return new Receiving(trial, Event.SIZE, talk.text().length(), Decoder.TEXT, Talk.DELTAS, "talk", talk)
			.measure();
	}

	/**
	 * Warm up for events that are decoded.
	 * @param trial the trial
	 * @throws Exception if an event is lost
	 */
	static void warmUpForDeltas(Trial trial) throws Exception {
		Receiving deltas = ofDeltas(trial);
		if (!trial.isSmoke() && !trial.warm().isDone(deltas.work())) {
			deltas.warmUp();
		}
	}

	private String work() {
		return this.trial.uri(this.path).toString();
	}

	private int least() {
		return (this.size < Messages.LARGE) ? 2_000 : 100;
	}

	/**
	 * Round a number of messages up, so that all answers are whole.
	 * @param count the number
	 * @return the number that is sent
	 */
	private int whole(int count) {
		return (count + this.unit - 1) / this.unit * this.unit;
	}

	private double warmUp() throws Exception {
		return this.trial.warmUp(work(), (seconds, before) -> {
			int count = whole((int) Math.max(least(), Math.min(20_000_000, before * seconds)));
			return (count - count / 20) * 1e9 / receive(count).time();
		});
	}

	private Map<String, Double> measure() throws Exception {
		int measured = whole(this.trial.count(least(), 50_000_000, warmUp()));
		Clock times = receive(measured);
		// The first twentieth is the connection's own warming up
		return rates(measured - measured / 20, this.size, times);
	}

	private Clock receive(int count) throws Exception {
		Tally tally = new Tally(count);
		Object[] address = new Object[this.path.length + 1];
		System.arraycopy(this.path, 0, address, 0, this.path.length);
		address[this.path.length] = count;
		Contender.Link link = this.trial.open(this.decode, tally::add, address);
		// The server begins when it is told to: the JDK's client may lose what comes
		// together with the answer to the upgrade
		link.begin();
		if (!tally.done.await(60, TimeUnit.SECONDS) || tally.characters != (long) this.length * count) {
			throw new IllegalStateException("Of " + count + " messages " + tally.received + " arrived, with "
					+ tally.characters + " characters instead of " + (long) this.length * count);
		}
		link.close();
		return tally.times();
	}

	/**
	 * Return rates.
	 * @param count the number of messages
	 * @param size the size of each
	 * @param times how long they took
	 * @return the figures
	 */
	static Map<String, Double> rates(int count, int size, Clock times) {
		Map<String, Double> result = new LinkedHashMap<>();
		if (size < 1024) {
			result.put("k/s", count * 1e6 / times.time());
			result.put("CPU-s per million", times.cpu() / 1e3 / count);
		}
		else {
			result.put("MB/s", (double) count * size * 1e3 / times.time());
			result.put("CPU-s per GB", (double) times.cpu() / count / size);
		}
		times.addServer(result);
		return result;
	}

	/**
	 * Counts the messages of one connection, which arrive one at a time, and takes the
	 * time.
	 */
	private final class Tally {

		private final CountDownLatch done = new CountDownLatch(1);

		private final int count;

		private Clock before = new Clock(0, 0, 0);

		private Clock after = new Clock(0, 0, 0);

		private int received;

		private long characters;

		Tally(int count) {
			this.count = count;
		}

		void add(String text) {
			this.characters += text.length();
			int number = ++this.received;
			if (number == this.count / 20) {
				this.before = Receiving.this.trial.clock();
			}
			else if (number == this.count) {
				this.after = Receiving.this.trial.clock();
				this.done.countDown();
			}
		}

		Clock times() {
			return this.after.since(this.before);
		}

	}

	/**
	 * The protocols of conversations. An answer has {@value #DELTAS} deltas, because real
	 * ones end: some clients keep the text of an answer.
	 */
	enum Talk {

		/** OpenAI's. */
		OPENAI("{\"type\":\"session.updated\",\"event_id\":\"event_2\",\"session\":{\"type\":\"realtime\","
				+ "\"id\":\"sess_1\",\"object\":\"realtime.session\",\"output_modalities\":[\"text\"]}}", """
						{"type":"response.created","event_id":"event_3","response":{"id":"resp_D0fe",\
						"object":"realtime.response","conversation_id":"conv_1","status":"in_progress","output":[]}}""",
				"""
						{"type":"response.done","event_id":"event_4","response":{"id":"resp_D0fe",\
						"object":"realtime.response","conversation_id":"conv_1","status":"completed","output":[]}}"""),

		/** Gemini's. */
		GEMINI("{\"setupComplete\":{}}", "", "{\"serverContent\":{\"turnComplete\":true}}");

		/** Of one answer. */
		static final int DELTAS = 200;

		/**
		 * Place in the events of an answer for as many digits, which differ from answer
		 * to answer.
		 */
		static final String NUMBER = "D0fe";

		private static final String GEMINI_START = "{\"serverContent\":{\"outputTranscription\":" + "{\"text\":\"";

		private static final String GEMINI_END = "\"}}}";

		private final String ready;

		private final String start;

		private final String end;

		Talk(String ready, String start, String end) {
			this.ready = ready;
			this.start = start;
			this.end = end;
		}

		/**
		 * Return the message to a new connection.
		 * @return its text, empty for none
		 */
		String greeting() {
			return (this == OPENAI) ? this.ready.replace("session.updated", "session.created") : "";
		}

		/**
		 * Return the answer to the setup.
		 * @return its text
		 */
		String ready() {
			return this.ready;
		}

		/**
		 * Return the message that an answer begins with.
		 * @return its text, empty for none
		 */
		String start() {
			return this.start;
		}

		/**
		 * Return the message that an answer ends with.
		 * @return its text
		 */
		String end() {
			return this.end;
		}

		/**
		 * Return the messages of an answer.
		 * @return the bytes of each
		 */
		List<byte[]> answer() {
			List<byte[]> messages = new ArrayList<>();
			if (!this.start.isEmpty()) {
				messages.add(this.start.getBytes(StandardCharsets.US_ASCII));
			}
			messages.addAll(Collections.nCopies(DELTAS, delta()));
			messages.add(this.end.getBytes(StandardCharsets.US_ASCII));
			return messages;
		}

		/**
		 * Return the text of each delta.
		 * @return the text
		 */
		String text() {
			return (this == OPENAI) ? Event.text() : "and so on ".repeat(Event.SIZE)
				.substring(0, Event.SIZE - GEMINI_START.length() - GEMINI_END.length());
		}

		/**
		 * Return the message with a delta.
		 * @return its bytes
		 */
		byte[] delta() {
			return (this == OPENAI) ? Event.encoded()
					: (GEMINI_START + text() + GEMINI_END).getBytes(StandardCharsets.US_ASCII);
		}

	}

}
