package dev.streaming.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Accepts one connection after the other, and sends each the same number of events as
 * fast as it takes them, from a buffer in which they are encoded already.
 */
final class FirehoseServer implements AutoCloseable {

	private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

	private static final Pattern KEY = Pattern.compile("(?i)\\r\\nSec-WebSocket-Key: *(\\S+)");

	/** Events in one write. */
	private static final int BATCH = 500;

	private final ServerSocketChannel acceptor;

	private final int messages;

	private final Thread thread;

	private FirehoseServer(ServerSocketChannel acceptor, int messages) {
		this.acceptor = acceptor;
		this.messages = messages;
		this.thread = new Thread(this::serve, "firehose-server");
		this.thread.setDaemon(true);
	}

	static FirehoseServer start(int messages) throws IOException {
		ServerSocketChannel acceptor = ServerSocketChannel.open();
		acceptor.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
		FirehoseServer server = new FirehoseServer(acceptor, messages);
		server.thread.start();
		return server;
	}

	String url() {
		try {
			return "ws://localhost:" + ((InetSocketAddress) this.acceptor.getLocalAddress()).getPort() + "/";
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Return the CPU time of the server itself, to be taken off the process's.
	 * @return nanoseconds
	 */
	long cpuTime() {
		return ManagementFactory.getThreadMXBean().getThreadCpuTime(this.thread.getId());
	}

	private void serve() {
		ByteBuffer batch = frames();
		while (this.acceptor.isOpen()) {
			try (SocketChannel client = this.acceptor.accept()) {
				upgrade(client);
				for (int sent = 0; sent < this.messages; sent += BATCH) {
					batch.position(0);
					int some = Math.min(BATCH, this.messages - sent);
					batch.limit(batch.capacity() / BATCH * some);
					writeAll(client, batch);
				}
				// Close with 1000, and wait until the client is done with it
				writeAll(client, ByteBuffer.wrap(new byte[] { (byte) 0x88, 2, 3, (byte) 0xe8 }));
				ByteBuffer rest = ByteBuffer.allocate(1024);
				while (client.read(rest) >= 0) {
					rest.clear();
				}
			}
			catch (IOException | GeneralSecurityException ex) {
				// The client went first
			}
		}
	}

	private static ByteBuffer frames() {
		byte[] event = Event.encoded();
		ByteBuffer frames = ByteBuffer.allocateDirect(BATCH * (4 + event.length));
		for (int i = 0; i < BATCH; i++) {
			frames.put((byte) 0x81).put((byte) 126).putShort((short) event.length).put(event);
		}
		return frames;
	}

	private static void upgrade(SocketChannel client) throws IOException, GeneralSecurityException {
		ByteBuffer head = ByteBuffer.allocate(8 * 1024);
		String request = "";
		while (!request.contains("\r\n\r\n")) {
			if (client.read(head) < 0) {
				throw new IOException("No request");
			}
			request = new String(head.array(), 0, head.position(), StandardCharsets.ISO_8859_1);
		}
		Matcher key = KEY.matcher(request);
		if (!key.find()) {
			throw new IOException("Not an upgrade");
		}
		byte[] digest = MessageDigest.getInstance("SHA-1")
			.digest((key.group(1) + GUID).getBytes(StandardCharsets.ISO_8859_1));
		writeAll(client,
				ByteBuffer.wrap(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
						+ "Sec-WebSocket-Accept: " + Base64.getEncoder().encodeToString(digest) + "\r\n\r\n")
					.getBytes(StandardCharsets.ISO_8859_1)));
	}

	private static void writeAll(SocketChannel client, ByteBuffer bytes) throws IOException {
		while (bytes.hasRemaining()) {
			client.write(bytes);
		}
	}

	@Override
	public void close() throws IOException {
		this.acceptor.close();
	}

}
