package dev.streaming.benchmarks;

import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import javax.net.ssl.SSLContext;
import javax.net.ssl.X509TrustManager;

import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import org.jspecify.annotations.Nullable;

/**
 * OkHttp. It queues sends up to 16 MiB; the caller waits at 256 KiB.
 */
final class OkHttpContender implements Contender {

	private static final long MAX_QUEUED = 256 * 1024;

	private final OkHttpClient client;

	OkHttpContender(SSLContext sslContext, X509TrustManager trust) {
		this.client = new OkHttpClient.Builder().sslSocketFactory(sslContext.getSocketFactory(), trust)
			.readTimeout(0, TimeUnit.SECONDS)
			.build();
		// An open connection counts as a running call
		this.client.dispatcher().setMaxRequests(Integer.MAX_VALUE);
		this.client.dispatcher().setMaxRequestsPerHost(Integer.MAX_VALUE);
	}

	@Override
	public Link open(URI uri, Decoder decode, Consumer<String> consumer) throws Exception {
		CompletableFuture<WebSocket> opened = new CompletableFuture<>();
		this.client.newWebSocket(new Request.Builder().url(uri.toString()).build(), new WebSocketListener() {

			@Override
			public void onOpen(WebSocket webSocket, Response response) {
				opened.complete(webSocket);
			}

			@Override
			public void onMessage(WebSocket webSocket, String text) {
				consumer.accept(decode.decode(text));
			}

			@Override
			public void onFailure(WebSocket webSocket, Throwable failure, @Nullable Response response) {
				opened.completeExceptionally(failure);
			}

		});
		WebSocket webSocket = opened.get();
		return new Link() {

			@Override
			public void send(String text) {
				while (webSocket.queueSize() > MAX_QUEUED) {
					LockSupport.parkNanos(20_000);
				}
				if (!webSocket.send(text)) {
					throw new IllegalStateException("Closed");
				}
			}

			@Override
			public void close() {
				webSocket.close(1000, null);
			}

		};
	}

	@Override
	public void close() {
		this.client.dispatcher().executorService().shutdown();
		this.client.connectionPool().evictAll();
	}

}
