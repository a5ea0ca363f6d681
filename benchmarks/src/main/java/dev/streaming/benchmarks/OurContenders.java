package dev.streaming.benchmarks;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.function.Consumer;

import javax.net.ssl.SSLContext;

import dev.streaming.Conn;
import dev.streaming.ConnConfig;
import dev.streaming.ErrorClassifier;
import dev.streaming.HandshakeCustomizer;
import dev.streaming.Message;
import dev.streaming.Session;
import dev.streaming.SessionConfig;
import dev.streaming.SessionHandler;
import dev.streaming.SessionListener;
import dev.streaming.StreamChunk;
import dev.streaming.TransportType;
import dev.streaming.gemini.GeminiLiveHandler;
import dev.streaming.gemini.GeminiLiveOptions;
import dev.streaming.openai.OpenAiRealtimeHandler;
import dev.streaming.openai.OpenAiRealtimeOptions;
import dev.streaming.realtime.RealtimeClient;
import org.jspecify.annotations.Nullable;

/**
 * This library: a session, and others made of it.
 */
final class OurContenders implements Contender {

	private final TransportType transport;

	private final SSLContext sslContext;

	OurContenders(TransportType transport, SSLContext sslContext) {
		this.transport = transport;
		this.sslContext = sslContext;
	}

	/**
	 * Return a contender that uses a connection alone.
	 * @return the contender
	 */
	Contender conn() {
		return new Connections();
	}

	/**
	 * Return a contender that speaks OpenAI's protocol.
	 * @return the contender
	 */
	Contender openAi() {
		return (uri, decode, consumer) -> conversation(uri, consumer, new OpenAiRealtimeHandler(
				OpenAiRealtimeOptions.builder().model("gpt-realtime-2.1").outputModalities("text").build()));
	}

	/**
	 * Return a contender that speaks Gemini's protocol.
	 * @return the contender
	 */
	Contender gemini() {
		return (uri, decode, consumer) -> conversation(uri, consumer,
				new GeminiLiveHandler(GeminiLiveOptions.builder().build()));
	}

	private Link conversation(URI uri, Consumer<String> consumer, SessionHandler handler) throws InterruptedException {
		Session session = Session
			.open(SessionConfig.builder().conn(connect(config(uri).build())).handler(handler).build());
		take(session, (delta) -> {
			if (!delta.isEmpty()) {
				consumer.accept(delta);
			}
		});
		return new SessionLink(session) {

			@Override
			public void begin() {
				RealtimeClient.of(session()).sendText("begin");
			}

		};
	}

	@Override
	public Link open(URI uri, Decoder decode, Consumer<String> consumer) throws InterruptedException {
		Session session = session(config(uri).build(), decode);
		take(session, consumer);
		return new SessionLink(session);
	}

	@Override
	public Link openOneOfMany(URI uri, Decoder decode, Consumer<String> consumer) throws InterruptedException {
		Session session = session(config(uri).build(), decode);
		session.response().publisher().subscribe(new Subscriber(consumer));
		return new SessionLink(session);
	}

	@Override
	public Caller openCaller(URI uri) throws InterruptedException {
		Session session = session(config(uri).build(), Decoder.TEXT);
		return new Caller() {

			@Override
			public @Nullable String call(String text) throws InterruptedException {
				session.sendRaw(text);
				return session.response().poll(ANSWER).map(StreamChunk::delta).orElse(null);
			}

			@Override
			public void close() {
				session.close();
			}

		};
	}

	/**
	 * Open a session that reconnects.
	 * @param uri the URL
	 * @param handshake hears of each dial
	 * @param listener hears of the session
	 * @return the session
	 * @throws InterruptedException if interrupted
	 */
	Session session(URI uri, HandshakeCustomizer handshake, SessionListener listener) throws InterruptedException {
		return Session.open(SessionConfig.builder()
			.conn(connect(config(uri).handshake(handshake).build()))
			.onMessage((message) -> List.of(StreamChunk.delta(message.text())))
			.onError(ErrorClassifier.transientErrors())
			.onReconnect((context, conn) -> {
			})
			.maxReconnectAttempts(10)
			.listener(listener)
			.build());
	}

	private static Session session(ConnConfig config, Decoder decode) throws InterruptedException {
		return Session.open(SessionConfig.builder()
			.conn(connect(config))
			.onMessage((message) -> List.of(StreamChunk.delta(decode(decode, message))))
			.build());
	}

	private static String decode(Decoder decode, Message message) {
		boolean text = message.hasText() || decode == Decoder.TEXT;
		return text ? decode.decode(message.text()) : decode.decode(message.bytes());
	}

	private ConnConfig.Builder config(URI uri) {
		return ConnConfig.builder(uri.toString())
			.transport(this.transport)
			.sslContext(this.sslContext)
			.dialTimeout(Duration.ofSeconds(30));
	}

	private static Conn connect(ConnConfig config) throws InterruptedException {
		Conn conn = Conn.create(config);
		conn.connect();
		return conn;
	}

	private static void take(Session session, Consumer<String> consumer) {
		start(() -> {
			Optional<StreamChunk> chunk = session.response().take();
			while (chunk.isPresent()) {
				consumer.accept(chunk.get().delta());
				chunk = session.response().take();
			}
		});
	}

	private static void start(Task task) {
		Thread thread = new Thread(() -> {
			try {
				task.run();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}, "consumer");
		thread.setDaemon(true);
		thread.start();
	}

	@FunctionalInterface
	private interface Task {

		void run() throws InterruptedException;

	}

	/**
	 * Connections alone.
	 */
	private final class Connections implements Contender {

		@Override
		public Link open(URI uri, Decoder decode, Consumer<String> consumer) throws InterruptedException {
			Conn conn = connect(config(uri).build());
			start(() -> conn.receiveLoop((message) -> consumer.accept(decode(decode, message))));
			return new Link() {

				@Override
				public void send(String text) {
					conn.sendRaw(text);
				}

				@Override
				public void close() {
					conn.close();
				}

			};
		}

		@Override
		public Caller openCaller(URI uri) throws InterruptedException {
			Conn conn = connect(config(uri).build());
			return new Caller() {

				@Override
				public @Nullable String call(String text) throws InterruptedException {
					conn.sendRaw(text);
					return conn.receive(ANSWER).map(Message::text).orElse(null);
				}

				@Override
				public void close() {
					conn.close();
				}

			};
		}

	}

	private static class SessionLink implements Link {

		private final Session session;

		SessionLink(Session session) {
			this.session = session;
		}

		Session session() {
			return this.session;
		}

		@Override
		public void send(String text) {
			this.session.sendRaw(text);
		}

		@Override
		public void close() {
			this.session.close();
		}

	}

	private record Subscriber(Consumer<String> consumer) implements Flow.Subscriber<StreamChunk> {

		@Override
		public void onSubscribe(Flow.Subscription subscription) {
			subscription.request(Long.MAX_VALUE);
		}

		@Override
		public void onNext(StreamChunk chunk) {
			this.consumer.accept(chunk.delta());
		}

		@Override
		public void onError(Throwable failure) {
			// A message that is missing is noticed
		}

		@Override
		public void onComplete() {
		}

	}

}
