package dev.streaming.benchmarks;

import java.net.URI;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import javax.net.ssl.SSLContext;
import javax.net.ssl.X509TrustManager;

import com.openai.client.okhttp.OkHttpClient;
import com.openai.core.ClientOptions;
import com.openai.core.http.WebSocketWriteNotAttempted;
import com.openai.helpers.RealtimeConnection;
import com.openai.helpers.RealtimeWebSocketOptions;
import com.openai.models.realtime.RealtimeClientEvent;
import com.openai.models.realtime.RealtimeServerEvent;
import com.openai.models.realtime.ResponseCreateEvent;

/**
 * OpenAI's own client. It fails when more events wait than its queue holds, so the queue
 * has no limit here. It refuses to send while it still counts the last message as
 * waiting, so it is asked again.
 */
final class OpenAiJavaContender implements Contender {

	/** Of one message, a millisecond apart. */
	private static final int ATTEMPTS = 1_000;

	private final OkHttpClient client;

	/** Kept, because the client is closed when what it was given to is collected. */
	private final ClientOptions options;

	OpenAiJavaContender(SSLContext sslContext, X509TrustManager trust) {
		this.client = new OkHttpClient.Builder().sslSocketFactory(sslContext.getSocketFactory())
			.trustManager(trust)
			.build();
		this.options = ClientOptions.builder().httpClient(this.client).apiKey("key").build();
	}

	@Override
	@SuppressWarnings("MustBeClosed")
	public Link open(URI uri, Decoder decode, Consumer<String> consumer) {
		ClientOptions options = this.options.toBuilder().baseUrl(uri.toString().replaceFirst("^ws", "http")).build();
		RealtimeConnection connection = RealtimeConnection.connect(options,
				new RealtimeWebSocketOptions.Builder().model("gpt-realtime-2.1")
					.maxQueuedEvents(Integer.MAX_VALUE)
					.maxQueuedBytes(Long.MAX_VALUE)
					.build());
		// Before the first send, and the second
		CountDownLatch created = new CountDownLatch(1);
		CountDownLatch updated = new CountDownLatch(2);
		Thread thread = new Thread(() -> {
			while (!Thread.currentThread().isInterrupted()) {
				RealtimeServerEvent event = connection.receive();
				created.countDown();
				updated.countDown();
				if (event.isResponseOutputTextDelta()) {
					consumer.accept(event.asResponseOutputTextDelta().delta());
				}
			}
		}, "consumer");
		thread.setDaemon(true);
		// The end of the connection is an exception
		thread.setUncaughtExceptionHandler((failed, failure) -> {
		});
		thread.start();
		return new Link() {

			@Override
			public void send(String text) {
				RealtimeClientEvent event = RealtimeClientEvent.ofResponseCreate(ResponseCreateEvent.builder().build());
				for (int attempt = 1; !isSent(connection, event, attempt == ATTEMPTS); attempt++) {
					LockSupport.parkNanos(1_000_000);
				}
			}

			@Override
			public void begin() throws InterruptedException {
				created.await();
				// Where others send their setup first
				send("");
				updated.await();
				send("");
			}

			@Override
			public void close() {
				connection.close();
			}

		};
	}

	private static boolean isSent(RealtimeConnection connection, RealtimeClientEvent event, boolean last) {
		try {
			connection.send(event);
			return true;
		}
		catch (WebSocketWriteNotAttempted.Busy ex) {
			if (last) {
				throw ex;
			}
			return false;
		}
	}

	@Override
	public void close() {
		this.client.close();
	}

}
