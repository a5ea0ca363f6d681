package dev.streaming.testsupport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.streaming.testsupport.RawWebSocketConnection.Request;
import dev.streaming.testsupport.RawWebSocketServer.Script;
import org.jspecify.annotations.Nullable;

/**
 * A small HTTP proxy that knows {@code CONNECT} alone. While it is open it is the proxy
 * of the whole JVM, unless it is only for those that have it in their settings; it
 * connects every host to the loopback address.
 */
public final class ConnectProxy implements AutoCloseable {

	private final List<Request> requests = new CopyOnWriteArrayList<>();

	private final @Nullable ProxySelector before = ProxySelector.getDefault();

	private final RawWebSocketServer server;

	private ConnectProxy(Script script) {
		this(script, true);
	}

	private ConnectProxy(Script script, boolean selected) {
		this.server = RawWebSocketServer.start((connection) -> {
			this.requests.add(connection.request());
			script.run(connection);
		});
		if (!selected) {
			return;
		}
		ProxySelector
			.setDefault(selecting(new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("localhost", port()))));
	}

	/**
	 * Start a proxy that connects to what it is asked for.
	 * @return the proxy
	 */
	public static ConnectProxy start() {
		return demanding(null);
	}

	/**
	 * Start a proxy that wants credentials, and then connects to what it is asked for.
	 * @param authorization the value of {@code Proxy-Authorization} that it accepts, or
	 * {@code null} for any
	 * @return the proxy
	 */
	public static ConnectProxy demanding(@Nullable String authorization) {
		return new ConnectProxy(connecting(authorization));
	}

	private static Script connecting(@Nullable String authorization) {
		return (connection) -> {
			String given = connection.request().header("Proxy-Authorization");
			if (authorization != null && !authorization.equals(given)) {
				connection.refuse("407 Proxy Authentication Required",
						"Proxy-Authenticate: Basic realm=\"s3cr3t-realm\"");
			}
			else {
				connect(connection);
			}
		};
	}

	/**
	 * Start a proxy for those alone that have it in their settings.
	 * @param authorization the value of {@code Proxy-Authorization} that it accepts, or
	 * {@code null} for any
	 * @return the proxy
	 */
	public static ConnectProxy configured(@Nullable String authorization) {
		return new ConnectProxy(connecting(authorization), false);
	}

	/**
	 * Start a proxy that refuses to connect.
	 * @param status status code and reason phrase
	 * @param headers whole header lines
	 * @return the proxy
	 */
	public static ConnectProxy refusing(String status, String... headers) {
		return new ConnectProxy((connection) -> connection.refuse(status, headers));
	}

	/**
	 * Start a proxy that does something else.
	 * @param script called with the request read
	 * @return the proxy
	 */
	public static ConnectProxy doing(Script script) {
		return new ConnectProxy(script);
	}

	/**
	 * Return a selector that names one proxy for everything.
	 * @param proxies the proxies
	 * @return the selector
	 */
	public static ProxySelector selecting(Proxy... proxies) {
		return new ProxySelector() {

			@Override
			public List<Proxy> select(URI uri) {
				return List.of(proxies);
			}

			@Override
			public void connectFailed(URI uri, SocketAddress address, IOException ex) {
			}

		};
	}

	private static void connect(RawWebSocketConnection client) throws Exception {
		String target = client.request().target();
		int port = Integer.parseInt(target.substring(target.lastIndexOf(':') + 1));
		// Not through the proxy of the JVM, which may be this one
		try (Socket upstream = new Socket(Proxy.NO_PROXY)) {
			upstream.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
			client.write("HTTP/1.1 200 Connection established\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
			Thread back = new Thread(() -> pump(upstream, client.socket()), "connect-proxy-" + port);
			back.setDaemon(true);
			back.start();
			pump(client.socket(), upstream);
		}
	}

	private static void pump(Socket from, Socket to) {
		try {
			from.getInputStream().transferTo(to.getOutputStream());
			to.shutdownOutput();
		}
		catch (IOException ex) {
			// One end is gone, and so the tunnel
			closeBoth(from, to);
		}
	}

	private static void closeBoth(Socket one, Socket other) {
		try (one; other) {
			one.shutdownInput();
		}
		catch (IOException ex) {
			// It was closed before
		}
	}

	/**
	 * Return the port, on the loopback address.
	 * @return the port
	 */
	public int port() {
		return this.server.port();
	}

	/**
	 * Return the requests that came to the proxy.
	 * @return the requests, in order
	 */
	public List<Request> requests() {
		return new ArrayList<>(this.requests);
	}

	@Override
	public void close() {
		ProxySelector.setDefault(this.before);
		this.server.close();
	}

}
