package dev.streaming.benchmarks;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

import com.sun.management.OperatingSystemMXBean;
import dev.streaming.Conn;
import dev.streaming.ConnConfig;
import dev.streaming.Session;
import dev.streaming.SessionConfig;
import dev.streaming.StreamChunk;
import org.apache.tomcat.websocket.WsWebSocketContainer;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;
import org.springframework.web.socket.handler.AbstractWebSocketHandler;

/**
 * Rate of events of 200 bytes that arrive decoded, by hand, through a connection and
 * through a session, all on Tomcat's client. The contenders take turns; the first round
 * warms up and does not count.
 */
final class Firehose {

	private final FirehoseServer server;

	private final int messages;

	private Firehose(FirehoseServer server, int messages) {
		this.server = server;
		this.messages = messages;
	}

	static void run(int messages, int rounds, String only) throws Exception {
		try (FirehoseServer server = FirehoseServer.start(messages)) {
			Firehose firehose = new Firehose(server, messages);
			Map<String, Contender> contenders = new LinkedHashMap<>();
			contenders.put("(a) StandardWebSocketClient by hand", firehose::byHand);
			contenders.put("(b) Conn.receiveLoop", firehose::conn);
			contenders.put("(c) Session, channel of 10",
					() -> firehose.session(SessionConfig.DEFAULT_RESPONSE_CHANNEL_SIZE));
			contenders.put("(d) Session, channel of 1024", () -> firehose.session(1024));
			contenders.keySet().removeIf((name) -> !name.contains(only));
			Map<String, List<Sample>> samples = new LinkedHashMap<>();
			for (int round = 0; round <= rounds; round++) {
				for (Map.Entry<String, Contender> contender : contenders.entrySet()) {
					Sample sample = firehose.measure(contender.getValue());
					Benchmarks.OUT.printf("round %d  %-36s %,12.0f msg/s  %5.2f CPU-s/M%n", round, contender.getKey(),
							sample.rate(), sample.cpu());
					if (round > 0) {
						samples.computeIfAbsent(contender.getKey(), (name) -> new ArrayList<>()).add(sample);
					}
				}
			}
			report(samples);
		}
	}

	private static void report(Map<String, List<Sample>> samples) {
		Benchmarks.OUT.printf("%n%-36s %12s %6s %10s %6s%n", "medians", "msg/s", "ratio", "CPU-s/M", "ratio");
		double firstRate = 0;
		double firstCpu = 0;
		for (Map.Entry<String, List<Sample>> each : samples.entrySet()) {
			double rate = median(each.getValue().stream().mapToDouble(Sample::rate).toArray());
			double cpu = median(each.getValue().stream().mapToDouble(Sample::cpu).toArray());
			if (firstRate == 0) {
				firstRate = rate;
				firstCpu = cpu;
			}
			Benchmarks.OUT.printf("%-36s %,12.0f %6.2f %10.2f %6.2f%n", each.getKey(), rate, rate / firstRate, cpu,
					cpu / firstCpu);
		}
	}

	private static double median(double[] values) {
		Arrays.sort(values);
		return values[values.length / 2];
	}

	private Sample measure(Contender contender) throws Exception {
		OperatingSystemMXBean process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
		long cpuBefore = process.getProcessCpuTime() - this.server.cpuTime();
		long before = System.nanoTime();
		long characters = contender.receiveAll();
		double seconds = (System.nanoTime() - before) / 1e9;
		double cpu = (process.getProcessCpuTime() - this.server.cpuTime() - cpuBefore) / 1e9;
		long expected = (long) this.messages * Event.delta(new String(Event.encoded())).length();
		if (characters != expected) {
			throw new IllegalStateException(characters + " characters arrived instead of " + expected);
		}
		return new Sample(this.messages / seconds, cpu / this.messages * 1e6);
	}

	private long byHand() throws Exception {
		ByHand handler = new ByHand();
		WebSocketSession session = new StandardWebSocketClient(new WsWebSocketContainer())
			.execute(handler, this.server.url())
			.get();
		handler.closed.await();
		session.close();
		return handler.characters;
	}

	private Conn connect() throws InterruptedException {
		Conn conn = Conn.create(ConnConfig.builder(this.server.url()).dialTimeout(Duration.ofSeconds(30)).build());
		conn.connect();
		return conn;
	}

	private long conn() throws InterruptedException {
		long[] characters = { 0 };
		try (Conn conn = connect()) {
			conn.receiveLoop((message) -> characters[0] += Event.delta(message.text()).length());
		}
		return characters[0];
	}

	private long session(int channelSize) throws InterruptedException {
		long characters = 0;
		try (Session session = Session.open(SessionConfig.builder()
			.conn(connect())
			.responseChannelSize(channelSize)
			.onMessage((message) -> List.of(StreamChunk.delta(Event.delta(message.text()))))
			.build())) {
			Optional<StreamChunk> chunk = session.response().take();
			while (chunk.isPresent()) {
				characters += chunk.get().delta().length();
				chunk = session.response().take();
			}
		}
		return characters;
	}

	@FunctionalInterface
	private interface Contender {

		/**
		 * Receive and decode until the server closes.
		 * @return how many characters
		 * @throws Exception if it fails
		 */
		long receiveAll() throws Exception;

	}

	private record Sample(double rate, double cpu) {
	}

	private static final class ByHand extends AbstractWebSocketHandler {

		private final CountDownLatch closed = new CountDownLatch(1);

		private StringBuilder pieces = new StringBuilder();

		private long characters;

		@Override
		protected void handleTextMessage(WebSocketSession session, TextMessage message) {
			String piece = message.getPayload();
			if (message.isLast() && this.pieces.isEmpty()) {
				this.characters += Event.delta(piece).length();
				return;
			}
			this.pieces.append(piece);
			if (message.isLast()) {
				this.characters += Event.delta(this.pieces.toString()).length();
				this.pieces = new StringBuilder();
			}
		}

		@Override
		public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
			this.closed.countDown();
		}

		@Override
		public boolean supportsPartialMessages() {
			return true;
		}

	}

}
