package dev.streaming.testsupport;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * One connection of a {@link RawWebSocketServer}. Reading is for one thread at a time;
 * writing is for any, whole writes do not interleave.
 */
public final class RawWebSocketConnection {

	private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

	private final RawWebSocketServer server;

	private final Socket socket;

	private final int number;

	private final ReentrantLock writeLock = new ReentrantLock();

	private @Nullable DataInputStream in;

	private @Nullable Request request;

	RawWebSocketConnection(RawWebSocketServer server, Socket socket, int number) {
		this.server = server;
		this.socket = socket;
		this.number = number;
	}

	/**
	 * Return which connection of its server it is.
	 * @return 1 for the first
	 */
	public int number() {
		return this.number;
	}

	/**
	 * Return the socket, for what has no method here.
	 * @return the socket
	 */
	public Socket socket() {
		return this.socket;
	}

	/**
	 * Read the head of the request, unless that was done before.
	 * @return the head
	 * @throws IOException if the connection breaks or ends
	 */
	public Request request() throws IOException {
		Request read = this.request;
		if (read == null) {
			read = Request.read(in());
			this.request = read;
		}
		return read;
	}

	/**
	 * Read the request and accept the upgrade, naming the first of the subprotocols that
	 * are offered.
	 * @param frames frames to send in the same packet as the answer
	 * @throws IOException if the connection breaks or ends
	 */
	public void upgrade(RawFrame... frames) throws IOException {
		upgradeWithAccept(acceptOf(request().header("Sec-WebSocket-Key")), frames);
	}

	/**
	 * Read the request and accept the upgrade with a value of our own for
	 * Sec-WebSocket-Accept.
	 * @param accept the value
	 * @param frames frames to send in the same packet as the answer
	 * @throws IOException if the connection breaks or ends
	 */
	public void upgradeWithAccept(String accept, RawFrame... frames) throws IOException {
		StringBuilder head = new StringBuilder("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n")
			.append("Connection: Upgrade\r\nSec-WebSocket-Accept: ")
			.append(accept)
			.append("\r\n");
		String offered = request().header("Sec-WebSocket-Protocol");
		if (offered != null) {
			head.append("Sec-WebSocket-Protocol: ").append(offered.split(",")[0].strip()).append("\r\n");
		}
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		all.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
		for (RawFrame frame : frames) {
			all.writeBytes(frame.toBytes());
		}
		write(all.toByteArray());
	}

	/**
	 * Read the request and answer it with a status and no body.
	 * @param status status code and reason phrase, as {@code 503 Service Unavailable}
	 * @param headers whole header lines, as {@code Retry-After: 1}
	 * @throws IOException if the connection breaks or ends
	 */
	public void refuse(String status, String... headers) throws IOException {
		request();
		StringBuilder head = new StringBuilder("HTTP/1.1 ").append(status).append("\r\nContent-Length: 0\r\n");
		for (String header : headers) {
			head.append(header).append("\r\n");
		}
		write(head.append("Connection: close\r\n\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
	}

	/**
	 * Return the value that belongs to a key.
	 * @param key the value of Sec-WebSocket-Key
	 * @return the value of Sec-WebSocket-Accept
	 */
	public static String acceptOf(@Nullable String key) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-1")
				.digest((key + GUID).getBytes(StandardCharsets.ISO_8859_1));
			return Base64.getEncoder().encodeToString(digest);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Write bytes as they are.
	 * @param bytes the bytes
	 * @throws IOException if the connection breaks
	 */
	public void write(byte[] bytes) throws IOException {
		this.writeLock.lock();
		try {
			this.socket.getOutputStream().write(bytes);
		}
		finally {
			this.writeLock.unlock();
		}
	}

	/**
	 * Write bytes one by one.
	 * @param bytes the bytes
	 * @param pause the time between two of them
	 * @throws IOException if the connection breaks
	 * @throws InterruptedException if interrupted
	 */
	public void drip(byte[] bytes, Duration pause) throws IOException, InterruptedException {
		for (byte each : bytes) {
			write(new byte[] { each });
			if (this.server.awaitClosed(pause)) {
				return;
			}
		}
	}

	/**
	 * Write a frame.
	 * @param frame the frame
	 * @throws IOException if the connection breaks
	 */
	public void frame(RawFrame frame) throws IOException {
		write(frame.toBytes());
	}

	/**
	 * Write a text message.
	 * @param text the text
	 * @throws IOException if the connection breaks
	 */
	public void text(String text) throws IOException {
		frame(RawFrame.text(text));
	}

	/**
	 * Write a binary message.
	 * @param bytes its bytes
	 * @throws IOException if the connection breaks
	 */
	public void binary(byte[] bytes) throws IOException {
		frame(RawFrame.binary(bytes));
	}

	/**
	 * Write a close frame.
	 * @param code any code
	 * @param reason the reason
	 * @throws IOException if the connection breaks
	 */
	public void close(int code, String reason) throws IOException {
		frame(RawFrame.close(code, reason));
	}

	/**
	 * Read a frame.
	 * @return the frame, or {@code null} at the end
	 * @throws IOException if the connection breaks
	 */
	public @Nullable RawFrame readFrameOrEnd() throws IOException {
		return RawFrame.read(in());
	}

	/**
	 * Read a frame.
	 * @return the frame
	 * @throws IOException if the connection breaks or ends
	 */
	public RawFrame readFrame() throws IOException {
		RawFrame frame = readFrameOrEnd();
		if (frame == null) {
			throw new EOFException("The client has closed the socket");
		}
		return frame;
	}

	/**
	 * Read a whole message, its parts joined. Pings are answered.
	 * @return the message, or {@code null} when a close frame or the end comes instead
	 * @throws IOException if the connection breaks
	 */
	public @Nullable ReceivedMessage readMessage() throws IOException {
		ByteArrayOutputStream parts = new ByteArrayOutputStream();
		boolean text = false;
		RawFrame frame = readFrameOrEnd();
		while (frame != null && frame.opcode() != RawFrame.CLOSE) {
			if (frame.opcode() == RawFrame.PING) {
				frame(RawFrame.of(RawFrame.PONG, true, frame.payload()));
			}
			else if (frame.opcode() <= RawFrame.BINARY) {
				text |= frame.opcode() == RawFrame.TEXT;
				parts.writeBytes(frame.payload());
				if (frame.fin()) {
					return new ReceivedMessage(text, parts.toByteArray());
				}
			}
			frame = readFrameOrEnd();
		}
		return null;
	}

	/**
	 * Behave well to the end: answer pings, messages with {@code onMessage}, and the
	 * close frame with its own code.
	 * @param onMessage receives each frame of a message
	 * @throws Exception if the connection breaks or {@code onMessage} fails
	 */
	public void serve(FrameScript onMessage) throws Exception {
		RawFrame frame = readFrameOrEnd();
		while (frame != null) {
			switch (frame.opcode()) {
				case RawFrame.PING -> frame(RawFrame.of(RawFrame.PONG, true, frame.payload()));
				case RawFrame.PONG -> {
				}
				case RawFrame.CLOSE -> {
					frame(RawFrame.of(RawFrame.CLOSE, true, frame.payload()));
					return;
				}
				default -> onMessage.run(frame);
			}
			frame = readFrameOrEnd();
		}
	}

	/**
	 * Behave well to the end: send every message back, in the frames in which it came.
	 * @throws Exception if the connection breaks
	 */
	public void echo() throws Exception {
		serve((frame) -> frame(RawFrame.of(frame.opcode(), frame.fin(), frame.payload())));
	}

	/**
	 * Read and forget until the client has closed its side of the socket.
	 * @throws IOException if the connection breaks
	 */
	public void awaitEnd() throws IOException {
		in().transferTo(ByteArrayOutputStream.nullOutputStream());
	}

	/**
	 * Do nothing, reading included, until the server is closed.
	 * @throws InterruptedException if interrupted
	 */
	public void stall() throws InterruptedException {
		this.server.awaitClosed(Duration.ofDays(1));
	}

	/**
	 * Break the connection with a RST.
	 * @throws IOException if it is broken already
	 */
	public void reset() throws IOException {
		this.socket.setSoLinger(true, 0);
		this.socket.close();
	}

	/**
	 * End our side of the socket with a FIN, and go on reading.
	 * @throws IOException if the connection breaks
	 */
	public void fin() throws IOException {
		this.socket.shutdownOutput();
	}

	private DataInputStream in() throws IOException {
		DataInputStream stream = this.in;
		if (stream == null) {
			stream = new DataInputStream(new BufferedInputStream(this.socket.getInputStream()));
			this.in = stream;
		}
		return stream;
	}

	/**
	 * Treatment of a frame by the server.
	 */
	@FunctionalInterface
	public interface FrameScript {

		/**
		 * Called on the connection's thread.
		 * @param frame the frame
		 * @throws Exception ends the connection
		 */
		void run(RawFrame frame) throws Exception;

	}

	/**
	 * The head of a request.
	 *
	 * @param method the method
	 * @param target path and query
	 * @param headerLines the header lines as they came
	 */
	public record Request(String method, String target, List<String> headerLines) {

		/**
		 * Return a header.
		 * @param name its name, in any case
		 * @return the first value, or {@code null} if there is none
		 */
		public @Nullable String header(String name) {
			List<String> values = headers(name);
			return values.isEmpty() ? null : values.get(0);
		}

		/**
		 * Return the values of a header.
		 * @param name its name, in any case
		 * @return the values
		 */
		public List<String> headers(String name) {
			String start = name.toLowerCase(Locale.ROOT) + ":";
			return this.headerLines.stream()
				.filter((line) -> line.toLowerCase(Locale.ROOT).startsWith(start))
				.map((line) -> line.substring(start.length()).strip())
				.toList();
		}

		private static Request read(DataInputStream in) throws IOException {
			String[] requestLine = readLine(in).split(" ");
			if (requestLine.length != 3) {
				throw new IOException("Not a request: " + String.join(" ", requestLine));
			}
			List<String> headers = new ArrayList<>();
			String line = readLine(in);
			while (!line.isEmpty()) {
				headers.add(line);
				line = readLine(in);
			}
			return new Request(requestLine[0], requestLine[1], List.copyOf(headers));
		}

		private static String readLine(DataInputStream in) throws IOException {
			StringBuilder line = new StringBuilder();
			int next = in.readUnsignedByte();
			while (next != '\n') {
				if (next != '\r') {
					line.append((char) next);
				}
				next = in.readUnsignedByte();
			}
			return line.toString();
		}

	}

}
