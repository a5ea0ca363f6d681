package dev.streaming.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;

import javax.net.ServerSocketFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import dev.streaming.Conn;
import dev.streaming.ConnConfig;
import dev.streaming.internal.concurrent.BoundedExecutor;
import dev.streaming.internal.concurrent.ThreadScheduler;
import dev.streaming.internal.connection.DefaultConnFactory;
import dev.streaming.internal.connection.StreamingRuntime;
import dev.streaming.internal.transport.websocket.StreamingWebSocketClient;
import dev.streaming.internal.transport.websocket.WebSocketClientTransport;
import dev.streaming.observation.StreamingObserver;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.ee11.websocket.jakarta.client.JakartaWebSocketClientContainerProvider;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;

/**
 * Number of threads that idle connections hold, on Tomcat's client and on Jetty's, with
 * and without TLS. Each connection has sent one message, as every session does.
 */
final class IdleThreads {

	private static final String PASSWORD = "changeit";

	private static final String SERVER_THREAD = "idle-server";

	private IdleThreads() {
	}

	static void run(int connections) throws Exception {
		SSLContext tls = tls();
		Benchmarks.OUT.printf("%-8s %-6s %12s %10s %10s %20s%n", "client", "scheme", "connections", "threads",
				"with half", "for each connection");
		measure("tomcat", "ws", connections, new StreamingWebSocketClient(), null);
		measure("tomcat", "wss", connections, new StreamingWebSocketClient(), tls);
		measure("jetty", "ws", connections, jetty(tls), null);
		measure("jetty", "wss", connections, jetty(tls), tls);
	}

	private static void measure(String name, String scheme, int connections, StreamingWebSocketClient client,
			@Nullable SSLContext tls) throws Exception {
		try (BoundedExecutor io = new BoundedExecutor("io-", 64);
				ThreadScheduler timer = new ThreadScheduler("timer");
				ServerSocket server = (tls != null) ? tls.getServerSocketFactory().createServerSocket()
						: ServerSocketFactory.getDefault().createServerSocket()) {
			server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), connections);
			daemon(() -> accept(server));
			StreamingRuntime runtime = new StreamingRuntime(new WebSocketClientTransport(client, io, timer), io, io,
					timer, StreamingObserver.NONE, new Random());
			DefaultConnFactory factory = new DefaultConnFactory(runtime, (unknown) -> {
				throw new IllegalStateException();
			});
			String url = scheme + "://localhost:" + server.getLocalPort() + "/";
			long before = threads();
			List<Conn> conns = new ArrayList<>();
			long half = 0;
			for (int i = 0; i < connections; i++) {
				if (i == connections / 2) {
					half = threads() - before;
				}
				ConnConfig.Builder config = ConnConfig.builder(url)
					.dialTimeout(Duration.ofSeconds(60))
					.closeGracePeriod(Duration.ZERO.plusMillis(1));
				Conn conn = factory.create(config.sslContext("tomcat".equals(name) ? tls : null).build());
				conn.connect();
				conn.sendRaw("hello");
				conns.add(conn);
			}
			long held = threads() - before;
			Benchmarks.OUT.printf("%-8s %-6s %,12d %,10d %,10d %20.2f%n", name, scheme, connections, held, half,
					(double) (held - half) / (connections - connections / 2));
			conns.forEach(Conn::reset);
			conns.forEach(Conn::close);
		}
	}

	private static long threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> !thread.getName().startsWith(SERVER_THREAD))
			.count();
	}

	private static StreamingWebSocketClient jetty(SSLContext tls) {
		SslContextFactory.Client ssl = new SslContextFactory.Client();
		ssl.setSslContext(tls);
		ClientConnector connector = new ClientConnector();
		connector.setSslContextFactory(ssl);
		return new StreamingWebSocketClient(JakartaWebSocketClientContainerProvider
			.getContainer(new HttpClient(new HttpClientTransportOverHTTP(connector))));
	}

	private static void accept(ServerSocket server) {
		while (!server.isClosed()) {
			try {
				Socket socket = server.accept();
				daemon(() -> serve(socket));
			}
			catch (IOException ex) {
				return;
			}
		}
	}

	private static void serve(Socket socket) {
		try (socket) {
			InputStream in = socket.getInputStream();
			StringBuilder head = new StringBuilder();
			while (head.indexOf("\r\n\r\n") < 0) {
				head.append((char) in.read());
			}
			String key = head.toString().split("(?i)Sec-WebSocket-Key: *")[1].split("\r\n")[0];
			byte[] digest = MessageDigest.getInstance("SHA-1")
				.digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.ISO_8859_1));
			socket.getOutputStream()
				.write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
						+ "Sec-WebSocket-Accept: " + Base64.getEncoder().encodeToString(digest) + "\r\n\r\n")
					.getBytes(StandardCharsets.ISO_8859_1));
			while (in.read() >= 0) {
				continue;
			}
		}
		catch (Exception ex) {
			// The client went first
		}
	}

	private static void daemon(Runnable task) {
		Thread thread = new Thread(task, SERVER_THREAD);
		thread.setDaemon(true);
		thread.start();
	}

	private static SSLContext tls() throws Exception {
		Path directory = Files.createTempDirectory("benchmarks");
		Path file = directory.resolve("server.p12");
		Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
				"-genkeypair", "-alias", "localhost", "-dname", "CN=localhost", "-ext", "san=dns:localhost", "-keyalg",
				"EC", "-storetype", "PKCS12", "-keystore", file.toString(), "-storepass", PASSWORD)
			.inheritIO()
			.start();
		if (keytool.waitFor() != 0) {
			throw new IllegalStateException("keytool failed");
		}
		KeyStore store = KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
		Files.delete(file);
		Files.delete(directory);
		KeyStore trusted = KeyStore.getInstance("PKCS12");
		trusted.load(null, null);
		trusted.setCertificateEntry("localhost", store.getCertificate("localhost"));
		KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		keys.init(store, PASSWORD.toCharArray());
		TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trust.init(trusted);
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
		return context;
	}

}
