package dev.streaming.benchmarks;

import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

import javax.net.ssl.SSLContext;

/**
 * A socket, and the least code that parses frames and makes a text of each: no client,
 * but the limit for all of them. It checks nothing, and has a thread for each connection.
 */
final class RawContender implements Contender {

	private static final int BUFFER = 64 * 1024;

	private final SSLContext sslContext;

	RawContender(SSLContext sslContext) {
		this.sslContext = sslContext;
	}

	@Override
	public Link open(URI uri, Decoder decode, Consumer<String> consumer) throws IOException {
		Socket socket = uri.getScheme().equals("wss")
				? this.sslContext.getSocketFactory().createSocket(uri.getHost(), uri.getPort())
				: new Socket(uri.getHost(), uri.getPort());
		socket.setTcpNoDelay(true);
		OutputStream out = socket.getOutputStream();
		out.write(("GET " + uri.getPath() + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
				+ "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
				+ "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
			.getBytes(StandardCharsets.US_ASCII));
		Frames frames = new Frames(socket.getInputStream());
		frames.skipHead();
		Thread thread = new Thread(() -> frames.read(decode, consumer), "raw");
		thread.setDaemon(true);
		thread.start();
		return new RawLink(socket, out);
	}

	private static final class RawLink implements Link {

		private final Socket socket;

		private final OutputStream out;

		RawLink(Socket socket, OutputStream out) {
			this.socket = socket;
			this.out = new BufferedOutputStream(out, BUFFER);
		}

		@Override
		public void send(String text) throws IOException {
			byte[] payload = text.getBytes(StandardCharsets.ISO_8859_1);
			// With a mask of zeros, so that there is nothing to compute
			ByteBuffer head = ByteBuffer.allocate(14);
			head.put((byte) 0x81);
			if (payload.length < 126) {
				head.put((byte) (0x80 | payload.length));
			}
			else if (payload.length < 1 << 16) {
				head.put((byte) (0x80 | 126)).putShort((short) payload.length);
			}
			else {
				head.put((byte) (0x80 | 127)).putLong(payload.length);
			}
			head.putInt(0);
			this.out.write(head.array(), 0, head.position());
			this.out.write(payload);
			this.out.flush();
		}

		@Override
		public void close() throws IOException {
			this.socket.close();
		}

	}

	private static final class Frames {

		private final InputStream in;

		private byte[] bytes = new byte[BUFFER];

		private int begin;

		private int end;

		Frames(InputStream in) {
			this.in = in;
		}

		void skipHead() throws IOException {
			for (int newLines = 0; newLines < 2;) {
				need(1);
				byte next = this.bytes[this.begin++];
				if (next == '\n') {
					newLines++;
				}
				else if (next != '\r') {
					newLines = 0;
				}
			}
		}

		void read(Decoder decode, Consumer<String> consumer) {
			try {
				while (true) {
					need(2);
					boolean text = (this.bytes[this.begin] & 0xf) == 1;
					int length = this.bytes[this.begin + 1] & 0x7f;
					int head = 2;
					if (length == 126) {
						need(4);
						length = (this.bytes[this.begin + 2] & 0xff) << 8 | (this.bytes[this.begin + 3] & 0xff);
						head = 4;
					}
					need(head + length);
					if (text) {
						int from = this.begin + head;
						consumer.accept((decode == Decoder.TEXT)
								? new String(this.bytes, from, length, StandardCharsets.ISO_8859_1)
								: decode.decode(Arrays.copyOfRange(this.bytes, from, from + length)));
					}
					this.begin += head + length;
				}
			}
			catch (IOException ex) {
				// Closed
			}
		}

		private void need(int count) throws IOException {
			if (this.end - this.begin >= count) {
				return;
			}
			if (this.begin + count > this.bytes.length) {
				byte[] larger = (count > this.bytes.length) ? new byte[2 * count] : this.bytes;
				System.arraycopy(this.bytes, this.begin, larger, 0, this.end - this.begin);
				this.bytes = larger;
				this.end -= this.begin;
				this.begin = 0;
			}
			while (this.end - this.begin < count) {
				int some = this.in.read(this.bytes, this.end, this.bytes.length - this.end);
				if (some < 0) {
					throw new EOFException();
				}
				this.end += some;
			}
		}

	}

}
