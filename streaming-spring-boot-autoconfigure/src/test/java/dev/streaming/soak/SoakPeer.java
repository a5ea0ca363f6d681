package dev.streaming.soak;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import dev.streaming.soak.SoakReport.Wrong;
import dev.streaming.testsupport.RawFrame;
import dev.streaming.testsupport.RawWebSocketConnection;

/**
 * The server's side of one connection of a {@link Soak}. One thread reads and writes down
 * what arrived, another sends numbered messages and ends the connection as planned. What
 * they know is read when {@link #finished()} is done.
 */
final class SoakPeer {

	private static final Duration STALL = Duration.ofMillis(1500);

	private final SoakDial dial;

	private final SoakPlan plan;

	private final RawWebSocketConnection connection;

	private final SoakServer server;

	private final SoakReport report;

	private final CompletableFuture<Void> finished = new CompletableFuture<>();

	/** The client closes, or the connection is over. */
	private final CountDownLatch attention = new CountDownLatch(1);

	private final CountDownLatch stallOver = new CountDownLatch(1);

	private final ReentrantLock controlLock = new ReentrantLock();

	// Guarded by controlLock: no pong any more
	private boolean mute;

	private volatile boolean stalled;

	private volatile boolean answered;

	private volatile int attempted;

	private volatile int sent;

	private volatile boolean saidAll;

	private volatile SoakFault fault = SoakFault.NONE;

	// The reader's
	private final List<SoakText> arrived = new ArrayList<>();

	private final ByteArrayOutputStream parts = new ByteArrayOutputStream();

	private boolean setupSeen;

	private boolean setupDone;

	private volatile boolean closeSeen;

	private boolean heardAll;

	// A RST is told once: if to a writer, then to the reader it looks like an end
	private volatile boolean torn;

	private Thread writer;

	SoakPeer(SoakDial dial, SoakPlan plan, RawWebSocketConnection connection, SoakServer server) {
		this.dial = dial;
		this.plan = plan;
		this.connection = connection;
		this.server = server;
		this.report = server.report();
	}

	/**
	 * Return when both threads are done with the connection.
	 */
	CompletableFuture<Void> finished() {
		return this.finished;
	}

	/**
	 * Return the number of numbered messages that may have reached the client.
	 */
	int attempted() {
		return this.attempted;
	}

	/**
	 * Return the number of numbered messages that were written.
	 */
	int sent() {
		return this.sent;
	}

	/**
	 * Return whether a close frame or the end of the stream was put behind the last
	 * message.
	 */
	boolean saidAll() {
		return this.saidAll;
	}

	/**
	 * Return whether a close frame or the end of the stream was read behind the last
	 * message.
	 */
	boolean heardAll() {
		return this.heardAll && (this.closeSeen || !this.torn);
	}

	/**
	 * Return the actions on the connection.
	 */
	String fault() {
		return this.plan.handshake() + "/" + this.fault + (this.closeSeen ? "/client closed" : "");
	}

	/**
	 * Return the senders' messages that arrived, in order.
	 */
	List<SoakText> arrived() {
		return this.arrived;
	}

	private void happened(SoakFault what) {
		if (what != SoakFault.NONE) {
			this.report.add(what);
		}
	}

	void serve() throws Exception {
		try {
			if (shakeHands()) {
				read();
			}
		}
		catch (IOException ex) {
			// The client gave up, which is its right
			this.saidAll = false;
		}
		finally {
			this.attention.countDown();
			this.connection.socket().close();
			if (this.writer != null) {
				this.writer.join();
			}
			this.finished.complete(null);
		}
	}

	private boolean shakeHands() throws IOException, InterruptedException {
		SoakFault kind = this.plan.handshake();
		happened(kind);
		switch (kind) {
			case REFUSED_503 -> this.connection.refuse("503 Service Unavailable");
			case REFUSED_429 -> this.connection.refuse("429 Too Many Requests", "Retry-After: 1");
			case REFUSED_401 -> this.connection.refuse("401 Unauthorized");
			case WRONG_ACCEPT -> {
				this.connection.upgradeWithAccept(RawWebSocketConnection.acceptOf("of another"));
				awaitClientsEnd();
			}
			case STUCK_HANDSHAKE -> awaitClientsEnd();
			case CLOSED_AT_ONCE -> {
				this.mute = true;
				this.connection.upgrade(RawFrame.close(kind.code(), "at once"));
				this.saidAll = true;
				return true;
			}
			case SLOW_HANDSHAKE -> {
				this.server.pause(Duration.ofMillis(50 + this.plan.traffic().nextInt(250)));
				greet();
				return true;
			}
			case NONE -> {
				greet();
				return true;
			}
			default -> {
				// The socket is closed without an answer
			}
		}
		return false;
	}

	/**
	 * A client that has given a dial up closes its socket. Jetty's keeps it for its idle
	 * timeout of 30 s.
	 */
	private void awaitClientsEnd() throws IOException, InterruptedException {
		if (this.server.isClientTomcat()) {
			this.connection.awaitEnd();
		}
		else {
			this.server.pause(STALL);
		}
	}

	private void greet() throws IOException {
		RawFrame[] frames = new RawFrame[this.plan.greeting()];
		Arrays.setAll(frames, (i) -> RawFrame.text(SoakText.of('m', this.dial.number(), i + 1, 10 * i)));
		this.attempted = frames.length;
		this.connection.upgrade(frames);
		this.sent = frames.length;
	}

	private void read() throws InterruptedException {
		try {
			RawFrame frame = this.connection.readFrameOrEnd();
			while (frame != null) {
				take(frame);
				if (this.stalled) {
					this.stallOver.await();
				}
				frame = this.connection.readFrameOrEnd();
			}
			this.heardAll = true;
		}
		catch (EOFException ex) {
			// The end came within a frame, that is behind all whole ones
			this.heardAll = true;
		}
		catch (IOException ex) {
			// Torn down: what was on its way is gone
			this.heardAll = this.closeSeen;
		}
	}

	private void take(RawFrame frame) {
		switch (frame.opcode()) {
			case RawFrame.PING -> pong(frame);
			case RawFrame.PONG -> {
			}
			case RawFrame.CLOSE -> {
				this.closeSeen = true;
				this.attention.countDown();
			}
			default -> {
				this.parts.writeBytes(frame.payload());
				if (frame.fin()) {
					message(this.parts.toString(StandardCharsets.UTF_8));
					this.parts.reset();
				}
			}
		}
	}

	private void pong(RawFrame ping) {
		this.controlLock.lock();
		try {
			if (!this.mute) {
				this.connection.frame(RawFrame.of(RawFrame.PONG, true, ping.payload()));
			}
		}
		catch (IOException ex) {
			// Reading will show it
			this.mute = true;
			writeFailed(ex);
		}
		finally {
			this.controlLock.unlock();
		}
	}

	private void writeFailed(IOException failure) {
		this.torn |= String.valueOf(failure.getMessage()).contains("reset");
	}

	private void mute() {
		this.controlLock.lock();
		try {
			this.mute = true;
		}
		finally {
			this.controlLock.unlock();
		}
	}

	private void message(String text) {
		if (this.setupDone) {
			arrived(text);
		}
		else if (!this.setupSeen && text.equals("setup " + this.dial)) {
			this.setupSeen = true;
			this.writer = new Thread(this::write, "soaker-writer-" + this.dial);
			this.writer.setDaemon(true);
			this.writer.start();
		}
		else if (this.setupSeen && this.answered && text.equals("done " + this.dial)) {
			this.setupDone = true;
		}
		else {
			this.report.wrong(Wrong.OVERTOOK_SETUP, this.dial + ": " + text.substring(0, Math.min(20, text.length())));
		}
	}

	private void arrived(String text) {
		try {
			this.arrived.add(SoakText.parse(text));
		}
		catch (RuntimeException ex) {
			this.report.wrong(Wrong.OUT_OF_ORDER, this.dial + " read what no sender sent: " + ex.getMessage());
		}
	}

	private void write() {
		try {
			if (answerSetup()) {
				sendMessages();
				end();
			}
		}
		catch (IOException ex) {
			// The client is gone, with what it did not read
			this.saidAll = false;
			writeFailed(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			this.stallOver.countDown();
		}
	}

	private boolean answerSetup() throws IOException, InterruptedException {
		if (this.plan.handshake() == SoakFault.CLOSED_AT_ONCE) {
			return false;
		}
		// Time for others to overtake
		this.attention.await(this.plan.traffic().nextInt(8), TimeUnit.MILLISECONDS);
		SoakFault kind = this.plan.setup();
		happened(kind);
		this.fault = kind;
		switch (kind) {
			case SETUP_REFUSED -> {
				number(10);
				this.connection.text("no " + this.dial);
				farewell();
			}
			case SETUP_UNANSWERED -> {
				number(10);
				farewell();
			}
			case SETUP_CLOSED -> close(kind);
			case SETUP_RST -> this.connection.reset();
			default -> {
				this.answered = true;
				this.connection.text("ready " + this.dial);
				return true;
			}
		}
		return false;
	}

	private void sendMessages() throws IOException, InterruptedException {
		Random random = this.plan.traffic();
		boolean big = Soak.isSlow(this.dial.lane());
		int bursts = random.nextInt(24);
		for (int i = 0; i < bursts && this.attention.getCount() > 0; i++) {
			int burst = 1 + random.nextInt(random.nextInt(60) + 1);
			for (int j = 0; j < burst && this.attention.getCount() > 0; j++) {
				number(big ? random.nextInt(32_000) : random.nextInt((random.nextInt(30) == 0) ? 8000 : 200));
			}
			this.attention.await(random.nextInt(12_000), TimeUnit.MICROSECONDS);
		}
	}

	/**
	 * Send the next message: as text, bytes or in two parts.
	 */
	private void number(int size) throws IOException {
		int next = this.attempted + 1;
		this.attempted = next;
		byte[] bytes = SoakText.of('m', this.dial.number(), next, size).getBytes(StandardCharsets.UTF_8);
		switch (next % 16) {
			case 3 -> this.connection.binary(bytes);
			case 7 -> {
				this.connection.frame(RawFrame.of(RawFrame.TEXT, false, Arrays.copyOf(bytes, bytes.length / 2)));
				this.connection.frame(RawFrame.of(RawFrame.CONTINUATION, true,
						Arrays.copyOfRange(bytes, bytes.length / 2, bytes.length)));
			}
			default -> this.connection.frame(RawFrame.of(RawFrame.TEXT, true, bytes));
		}
		this.sent = next;
	}

	private void end() throws IOException, InterruptedException {
		SoakFault kind = this.plan.end();
		if (this.attention.getCount() == 0 || kind == SoakFault.NONE) {
			farewell();
			return;
		}
		happened(kind);
		this.fault = kind;
		switch (kind) {
			case FIN -> fin();
			case FIN_IN_A_FRAME -> {
				mute();
				byte[] frame = RawFrame.text(SoakText.of('m', this.dial.number(), this.attempted + 1, 300)).toBytes();
				this.connection.write(Arrays.copyOf(frame, 200));
				fin();
			}
			case RST -> this.connection.reset();
			case SILENT -> {
				mute();
				awaitNotice();
			}
			case STALLED -> {
				this.stalled = true;
				mute();
				this.server.pause(STALL);
				this.stalled = false;
				this.stallOver.countDown();
				awaitNotice();
			}
			default -> close(kind);
		}
	}

	/**
	 * Wait for the client to notice the fault. Heartbeat and pong timeout are together
	 * much less, but a slow consumer stops reading, and that time does not count.
	 */
	private void awaitNotice() throws InterruptedException {
		if (!this.attention.await(Soak.PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
			this.report.wrong(Wrong.MISJUDGED, this.dial + " is " + this.fault + " and nobody noticed");
		}
	}

	private void close(SoakFault kind) throws IOException {
		mute();
		this.connection.frame((kind.code() == 1005) ? RawFrame.close() : RawFrame.close(kind.code(), "soak"));
		this.saidAll = true;
	}

	private void fin() throws IOException {
		mute();
		this.connection.fin();
		this.saidAll = true;
	}

	/**
	 * Wait for the client to close, and do about it what is planned.
	 */
	private void farewell() throws IOException, InterruptedException {
		this.attention.await();
		if (!this.closeSeen) {
			return;
		}
		SoakFault kind = this.plan.farewell();
		happened(kind);
		if (kind == SoakFault.CLOSE_UNANSWERED) {
			this.fault = kind;
			mute();
			return;
		}
		for (int i = 0; i < this.plan.late(); i++) {
			number(20);
		}
		if (kind == SoakFault.CLOSE_ANSWERED_LATE) {
			this.server.pause(Duration.ofMillis(60));
			number(20);
		}
		if (kind == SoakFault.CLOSE_ANSWERED_BY_FIN) {
			fin();
		}
		else {
			close(SoakFault.CLOSED_1000);
		}
	}

}
