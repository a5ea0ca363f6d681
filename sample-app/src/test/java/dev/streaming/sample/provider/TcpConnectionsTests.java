package dev.streaming.sample.provider;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URL;
import java.net.URLClassLoader;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TcpConnections}.
 */
class TcpConnectionsTests {

	private static final String NAME = TcpConnections.class.getName();

	@Test
	void dropEndsTheConnectionFromAPort() throws Exception {
		dropEndsTheConnection(new TcpConnections());
	}

	/**
	 * As with Spring Boot's devtools, whose class loader loads the application's classes
	 * a second time.
	 */
	@Test
	void dropEndsTheConnectionWhenTheApplicationHasAClassLoaderOfItsOwn() throws Exception {
		try (RestartLoader loader = new RestartLoader()) {
			Class<?> loadedAgain = loader.loadClass(NAME);
			assertThat(loadedAgain).isNotSameAs(TcpConnections.class);
			var constructor = loadedAgain.getDeclaredConstructor();
			constructor.setAccessible(true);
			dropEndsTheConnection(constructor.newInstance());
		}
	}

	@SuppressWarnings("unchecked")
	private static void dropEndsTheConnection(Object connections) throws Exception {
		TomcatServletWebServerFactory factory = new TomcatServletWebServerFactory(0);
		((WebServerFactoryCustomizer<TomcatServletWebServerFactory>) connections).customize(factory);
		WebServer server = factory.getWebServer();
		server.start();
		try (Socket one = new Socket("localhost", server.getPort());
				Socket other = new Socket("localhost", server.getPort())) {
			one.setSoTimeout(10_000);
			other.setSoTimeout(10_000);
			// An answer says that Tomcat has taken the connection
			assertThat(answers(one)).isTrue();
			assertThat(answers(other)).isTrue();
			ReflectionTestUtils.invokeMethod(connections, "drop",
					new InetSocketAddress("localhost", one.getLocalPort()));
			assertThat(answers(one)).isFalse();
			assertThat(answers(other)).isTrue();
		}
		finally {
			server.stop();
			server.destroy();
		}
	}

	private static boolean answers(Socket socket) throws IOException {
		try {
			socket.getOutputStream().write("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes());
			InputStream in = socket.getInputStream();
			int last = 0;
			int lineFeeds = 0;
			while (lineFeeds < 2 && last >= 0) {
				last = in.read();
				lineFeeds = (last == '\n') ? lineFeeds + 1 : ((last == '\r') ? lineFeeds : 0);
			}
			return last >= 0;
		}
		catch (SocketException ex) {
			// It was reset
			return false;
		}
	}

	/**
	 * Loads the sample's classes itself, and all others as ever.
	 */
	private static final class RestartLoader extends URLClassLoader {

		RestartLoader() {
			super(new URL[] { TcpConnections.class.getProtectionDomain().getCodeSource().getLocation() },
					TcpConnections.class.getClassLoader());
		}

		@Override
		protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
			Class<?> own = name.startsWith(NAME) ? own(name) : null;
			return (own != null) ? own : super.loadClass(name, resolve);
		}

		private @Nullable Class<?> own(String name) throws ClassNotFoundException {
			Class<?> loaded = findLoadedClass(name);
			return (loaded != null) ? loaded : findClass(name);
		}

	}

}
