package dev.streaming.testsupport;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.jspecify.annotations.Nullable;

/**
 * A SOCKS5 proxy that connects to names, and nothing else; with a login if configured.
 */
public final class SocksProxy implements AutoCloseable {

	private static final int DOMAIN_NAME = 3;

	private static final int GENERAL_FAILURE = 1;

	private static final byte PASSWORD = 2;

	private static final byte NO_METHOD = -1;

	private final ServerSocket server;

	private final boolean refusing;

	private final List<String> targets = new CopyOnWriteArrayList<>();

	private final List<Socket> sockets = new CopyOnWriteArrayList<>();

	private final @Nullable String login;

	private SocksProxy(boolean refusing, @Nullable String login) throws IOException {
		this.refusing = refusing;
		this.login = login;
		this.server = new ServerSocket(0);
		start(this::accept);
	}

	/**
	 * Start a proxy that connects.
	 * @return the proxy
	 * @throws IOException if there is no port
	 */
	public static SocksProxy start() throws IOException {
		return new SocksProxy(false, null);
	}

	/**
	 * Start a proxy that connects after a login.
	 * @param login user and password, with a colon between
	 * @return the proxy
	 * @throws IOException if there is no port
	 */
	public static SocksProxy demanding(String login) throws IOException {
		return new SocksProxy(false, login);
	}

	/**
	 * Start a proxy that refuses to connect.
	 * @return the proxy
	 * @throws IOException if there is no port
	 */
	public static SocksProxy refusing() throws IOException {
		return new SocksProxy(true, null);
	}

	/**
	 * Return the port of the proxy.
	 * @return the port
	 */
	public int port() {
		return this.server.getLocalPort();
	}

	/**
	 * Return the targets that the proxy was asked for.
	 * @return host and port of each
	 */
	public List<String> targets() {
		return this.targets;
	}

	private void accept() throws IOException {
		while (!this.server.isClosed()) {
			Socket client = this.server.accept();
			this.sockets.add(client);
			start(() -> serve(client));
		}
	}

	private void serve(Socket client) throws IOException {
		DataInputStream in = new DataInputStream(client.getInputStream());
		OutputStream out = client.getOutputStream();
		in.readByte();
		byte[] methods = in.readNBytes(in.readUnsignedByte());
		if (!logIn(methods, in, out)) {
			client.close();
			return;
		}
		in.readNBytes(3);
		if (in.readByte() != DOMAIN_NAME) {
			throw new IOException("Only names");
		}
		String host = new String(in.readNBytes(in.readUnsignedByte()), StandardCharsets.US_ASCII);
		int port = in.readUnsignedShort();
		this.targets.add(host + ":" + port);
		out.write(new byte[] { 5, (byte) (this.refusing ? GENERAL_FAILURE : 0), 0, 1, 0, 0, 0, 0, 0, 0 });
		if (this.refusing) {
			client.close();
			return;
		}
		// Not through the proxy that the JVM's selector names, which is this one
		Socket target = new Socket(Proxy.NO_PROXY);
		target.connect(new InetSocketAddress(host, port));
		this.sockets.add(target);
		InputStream back = target.getInputStream();
		start(() -> back.transferTo(out));
		in.transferTo(target.getOutputStream());
	}

	private boolean logIn(byte[] methods, DataInputStream in, OutputStream out) throws IOException {
		if (this.login == null) {
			out.write(new byte[] { 5, 0 });
			return true;
		}
		boolean offered = new String(methods, StandardCharsets.ISO_8859_1).indexOf(PASSWORD) != -1;
		out.write(new byte[] { 5, offered ? PASSWORD : NO_METHOD });
		if (!offered) {
			return false;
		}
		in.readByte();
		String user = new String(in.readNBytes(in.readUnsignedByte()), StandardCharsets.UTF_8);
		String password = new String(in.readNBytes(in.readUnsignedByte()), StandardCharsets.UTF_8);
		boolean accepted = this.login.equals(user + ":" + password);
		out.write(new byte[] { 1, (byte) (accepted ? 0 : 1) });
		return accepted;
	}

	private static void start(Task task) {
		Thread thread = new Thread(() -> {
			try {
				task.run();
			}
			catch (IOException ex) {
				// A socket was closed, which is how a connection ends here
			}
		}, "socks-proxy");
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() throws IOException {
		this.server.close();
		for (Socket socket : this.sockets) {
			socket.close();
		}
	}

	@FunctionalInterface
	private interface Task {

		void run() throws IOException;

	}

}
