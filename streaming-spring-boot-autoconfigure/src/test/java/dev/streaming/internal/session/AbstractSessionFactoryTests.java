package dev.streaming.internal.session;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import dev.streaming.Conn;
import dev.streaming.ConnConfig;
import dev.streaming.Message;
import dev.streaming.SessionConfig;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.StreamChunk;
import dev.streaming.internal.connection.DefaultConnFactory;
import dev.streaming.testsupport.TestRuntime;

/**
 * The factories, on one connection named {@code openai}.
 */
abstract class AbstractSessionFactoryTests extends AbstractSessionTests {

	final Definitions definitions = new Definitions();

	final DefaultConnFactory connFactory = new DefaultConnFactory(this.runtime.runtime, this.definitions::conn);

	final DefaultSessionFactory factory = new DefaultSessionFactory(this.connFactory, this.definitions);

	/**
	 * Actions of a handler in its setup before its own message.
	 */
	interface Setup {

		void run(Conn conn, SessionContext context) throws Exception;

	}

	static final class Definitions implements ConnectionDefinitions {

		final AtomicInteger destroyed = new AtomicInteger();

		volatile int maxSessions;

		volatile int maxSessionsOfConnection;

		volatile Setup setup = (conn, context) -> {
		};

		void failSetups(int count, Exception failure) {
			AtomicInteger failures = new AtomicInteger(count);
			this.setup = (conn, context) -> {
				if (failures.getAndDecrement() > 0) {
					throw failure;
				}
			};
		}

		private static void known(String name) {
			if (!name.equals("openai")) {
				throw new IllegalArgumentException("There is no connection '" + name + "'; there is: openai");
			}
		}

		@Override
		public ConnConfig.Builder conn(String name) {
			known(name);
			return ConnConfig.builder(TestRuntime.URL).name(name);
		}

		@Override
		public int maxSessions() {
			return this.maxSessions;
		}

		@Override
		public int maxSessions(String name) {
			known(name);
			return this.maxSessionsOfConnection;
		}

		@Override
		public SessionConfig.Builder session(String name) {
			return SessionConfig.builder();
		}

		@Override
		public Runnable handler(String name, SessionConfig.Builder session) {
			session.handler(new Handler());
			return this.destroyed::incrementAndGet;
		}

		private final class Handler implements SessionHandler {

			@Override
			public void connect(Conn conn, SessionContext context) throws Exception {
				Definitions.this.setup.run(conn, context);
				conn.sendRaw("setup for " + context.attributes().getOrDefault("user", "nobody"));
			}

			@Override
			public List<StreamChunk> handle(Message message, SessionContext context) {
				return List.of();
			}

		}

	}

}
