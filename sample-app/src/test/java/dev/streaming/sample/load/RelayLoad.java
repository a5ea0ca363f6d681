package dev.streaming.sample.load;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

/**
 * Many browsers, the first of them slow: each asks, takes the spoken answer and asks
 * again, and sends its microphone all the time. The slow one takes events, but no audio.
 */
final class RelayLoad implements AutoCloseable {

	/** Name of the threads of the browsers, to tell them from those of the server. */
	static final String THREADS = "browser-";

	private static final int PIECE = 1_920;

	private static final long PIECE_MILLIS = 40;

	private final URI server;

	private final ExecutorService threads = Executors.newFixedThreadPool(4, RelayLoad::thread);

	private final ScheduledExecutorService microphones = Executors.newSingleThreadScheduledExecutor(RelayLoad::thread);

	private final HttpClient http = HttpClient.newBuilder().executor(this.threads).build();

	private final List<Browser> browsers = new ArrayList<>();

	private final AtomicLong audio = new AtomicLong();

	private final AtomicInteger closed = new AtomicInteger();

	RelayLoad(URI server) {
		this.server = server;
	}

	private static Thread thread(Runnable task) {
		Thread thread = new Thread(task, THREADS);
		thread.setDaemon(true);
		return thread;
	}

	/**
	 * Connect browsers, and open their microphones.
	 * @param count the number of browsers
	 * @throws Exception if the server does not take one
	 */
	void start(int count) throws Exception {
		for (int i = 0; i < count; i++) {
			this.browsers.add(connect(i == 0));
		}
		ByteBuffer silence = ByteBuffer.allocate(PIECE);
		this.microphones.scheduleAtFixedRate(
				() -> this.browsers.forEach((browser) -> browser.speak(silence.duplicate())), 0, PIECE_MILLIS,
				TimeUnit.MILLISECONDS);
	}

	private Browser connect(boolean slow) throws Exception {
		HttpResponse<Void> visit = this.http.send(
				HttpRequest.newBuilder(this.server.resolve("/visit")).POST(HttpRequest.BodyPublishers.noBody()).build(),
				HttpResponse.BodyHandlers.discarding());
		String cookie = visit.headers().firstValue("Set-Cookie").orElseThrow().split(";")[0];
		URI relay = URI.create(this.server.resolve("/streaming/relay").toString().replaceFirst("^http", "ws"));
		Browser browser = new Browser(slow);
		browser.socket = this.http.newWebSocketBuilder()
			.header("Cookie", cookie)
			.connectTimeout(Duration.ofSeconds(30))
			.buildAsync(relay, browser)
			.join();
		browser.socket.sendText("{\"type\":\"hello\",\"version\":1}", true).join();
		return browser;
	}

	/**
	 * Return the smallest number of answers that a browser has heard, apart from the slow
	 * one.
	 * @return the number of answers
	 */
	int fewestAnswers() {
		return this.browsers.stream()
			.filter((browser) -> !browser.slow)
			.mapToInt((browser) -> browser.answers.get())
			.min()
			.orElse(0);
	}

	int answers() {
		return this.browsers.stream().mapToInt((browser) -> browser.answers.get()).sum();
	}

	int slowAnswers() {
		return this.browsers.get(0).answers.get();
	}

	long audioBytes() {
		return this.audio.get();
	}

	int closed() {
		return this.closed.get();
	}

	@Override
	public void close() {
		this.microphones.shutdownNow();
		this.browsers.forEach((browser) -> browser.socket.abort());
		this.threads.shutdownNow();
	}

	/**
	 * A browser.
	 */
	private final class Browser implements WebSocket.Listener {

		private final boolean slow;

		private final AtomicInteger answers = new AtomicInteger();

		private final StringBuilder parts = new StringBuilder();

		private final ReentrantLock lock = new ReentrantLock();

		private WebSocket socket;

		@GuardedBy("lock")
		private CompletableFuture<?> lastSend = CompletableFuture.completedFuture(null);

		Browser(boolean slow) {
			this.slow = slow;
		}

		@Override
		public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
			this.parts.append(data);
			if (last) {
				String event = this.parts.toString();
				this.parts.setLength(0);
				if (event.contains("\"type\":\"ready\"")) {
					ask();
				}
				else if (event.contains("\"type\":\"answer.done\"")) {
					this.answers.incrementAndGet();
					ask();
				}
			}
			socket.request(1);
			return null;
		}

		private void ask() {
			this.lock.lock();
			try {
				this.lastSend = this.lastSend.handle((sent, failure) -> null)
					.thenCompose(
							(before) -> this.socket.sendText("{\"type\":\"text\",\"text\":\"weather in Oslo\"}", true));
			}
			finally {
				this.lock.unlock();
			}
		}

		/**
		 * Send a piece of audio, unless the one before is still being sent: the JDK's
		 * client fails a message that is sent while it writes another, questions too.
		 */
		void speak(ByteBuffer piece) {
			this.lock.lock();
			try {
				if (this.lastSend.isDone()) {
					this.lastSend = this.socket.sendBinary(piece, true);
				}
			}
			finally {
				this.lock.unlock();
			}
		}

		@Override
		public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
			RelayLoad.this.audio.addAndGet(data.remaining());
			if (!this.slow) {
				socket.request(1);
			}
			return null;
		}

		@Override
		public @Nullable CompletionStage<?> onClose(WebSocket socket, int statusCode, String reason) {
			RelayLoad.this.closed.incrementAndGet();
			return null;
		}

		@Override
		public void onError(WebSocket socket, Throwable error) {
			RelayLoad.this.closed.incrementAndGet();
		}

	}

}
