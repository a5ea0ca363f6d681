package dev.streaming.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLServerSocketFactory;

import org.jspecify.annotations.Nullable;

/**
 * A server on plain sockets that does what its script says, byte by byte, right or wrong.
 * Each connection has a thread that runs the script; when the script returns, the socket
 * is closed. A script that fails with an {@link AssertionError} makes {@link #close()}
 * fail; other exceptions, which broken connections bring, are kept in
 * {@link #failures()}.
 */
public final class RawWebSocketServer implements AutoCloseable {

	private static final Duration WAIT = Duration.ofSeconds(10);

	private final ServerSocket serverSocket;

	private final boolean secure;

	private final Script script;

	private final AtomicInteger accepted = new AtomicInteger();

	private final List<Socket> sockets = new CopyOnWriteArrayList<>();

	private final List<Thread> threads = new CopyOnWriteArrayList<>();

	private final List<Throwable> failures = new CopyOnWriteArrayList<>();

	private final CountDownLatch closed = new CountDownLatch(1);

	private RawWebSocketServer(ServerSocket serverSocket, boolean secure, Script script) {
		this.serverSocket = serverSocket;
		this.secure = secure;
		this.script = script;
	}

	/**
	 * Start a server.
	 * @param script the script of each connection
	 * @return the server
	 */
	public static RawWebSocketServer start(Script script) {
		return start(null, 0, script);
	}

	/**
	 * Start a server with TLS.
	 * @param tls makes the server socket
	 * @param script the script of each connection
	 * @return the server
	 */
	public static RawWebSocketServer start(SSLServerSocketFactory tls, Script script) {
		return start(tls, 0, script);
	}

	/**
	 * Start a server that the client can fill with few bytes, for tests in which it does
	 * not read.
	 * @param script the script of each connection
	 * @return the server
	 */
	public static RawWebSocketServer startWithSmallBuffers(Script script) {
		return start(null, 8 * 1024, script);
	}

	private static RawWebSocketServer start(@Nullable SSLServerSocketFactory tls, int bufferSize, Script script) {
		try {
			ServerSocket serverSocket = (tls != null) ? tls.createServerSocket() : new ServerSocket();
			if (bufferSize > 0) {
				serverSocket.setReceiveBufferSize(bufferSize);
			}
			serverSocket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
			RawWebSocketServer server = new RawWebSocketServer(serverSocket, tls != null, script);
			server.startThread("raw-server-" + server.port(), server::acceptAll);
			return server;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Return the port, on the loopback address.
	 * @return the port
	 */
	public int port() {
		return this.serverSocket.getLocalPort();
	}

	/**
	 * Return the server's URL.
	 * @return {@code ws} or {@code wss}, localhost, the port and a path
	 */
	public URI uri() {
		return uri("/stream");
	}

	/**
	 * Return a URL of the server.
	 * @param pathAndQuery begins with a slash
	 * @return the URL
	 */
	public URI uri(String pathAndQuery) {
		return URI.create((this.secure ? "wss" : "ws") + "://localhost:" + port() + pathAndQuery);
	}

	/**
	 * Return the number of accepted connections.
	 * @return the number
	 */
	public int connections() {
		return this.accepted.get();
	}

	/**
	 * Return the number of connections that are open on the server's side.
	 * @return the number
	 */
	public int openConnections() {
		return this.sockets.size();
	}

	/**
	 * Return the failures of the scripts.
	 * @return the failures
	 */
	public List<Throwable> failures() {
		return List.copyOf(this.failures);
	}

	boolean isClosed() {
		return this.closed.getCount() == 0;
	}

	boolean awaitClosed(Duration time) throws InterruptedException {
		return this.closed.await(time.toNanos(), TimeUnit.NANOSECONDS);
	}

	private void acceptAll() {
		while (!this.serverSocket.isClosed()) {
			Socket socket;
			try {
				socket = this.serverSocket.accept();
			}
			catch (IOException ex) {
				return;
			}
			this.sockets.add(socket);
			int number = this.accepted.incrementAndGet();
			if (isClosed()) {
				closeQuietly(socket);
			}
			startThread("raw-server-" + port() + "-" + number, () -> serve(socket, number));
		}
	}

	private void serve(Socket socket, int number) {
		try (socket) {
			socket.setTcpNoDelay(true);
			this.script.run(new RawWebSocketConnection(this, socket, number));
		}
		catch (Throwable ex) {
			if (!isClosed() || ex instanceof Error) {
				this.failures.add(ex);
			}
		}
		finally {
			this.sockets.remove(socket);
		}
	}

	private void startThread(String name, Runnable task) {
		Thread thread = new Thread(task, name);
		thread.setDaemon(true);
		this.threads.add(thread);
		thread.start();
	}

	/**
	 * End all connections and threads.
	 * @throws Error if a script failed with one, be it an assertion or the lack of memory
	 */
	@Override
	public void close() {
		this.closed.countDown();
		closeQuietly(this.serverSocket);
		this.sockets.forEach(RawWebSocketServer::closeQuietly);
		this.threads.forEach(Thread::interrupt);
		boolean interrupted = false;
		for (Thread thread : this.threads) {
			try {
				thread.join(WAIT.toMillis());
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
		this.failures.stream().filter(Error.class::isInstance).findFirst().ifPresent((failure) -> {
			throw (Error) failure;
		});
	}

	private static void closeQuietly(AutoCloseable closeable) {
		try {
			closeable.close();
		}
		catch (Exception ex) {
			// It is gone either way
		}
	}

	/**
	 * Treatment of a connection by the server.
	 */
	@FunctionalInterface
	public interface Script {

		/**
		 * Called on the connection's own thread; interrupted when the server is closed.
		 * @param connection the connection
		 * @throws Exception kept in {@link RawWebSocketServer#failures()}
		 */
		void run(RawWebSocketConnection connection) throws Exception;

	}

}
