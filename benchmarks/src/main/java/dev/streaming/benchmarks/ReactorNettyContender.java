package dev.streaming.benchmarks;

import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

import javax.net.ssl.X509TrustManager;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.WebsocketClientSpec;
import reactor.netty.resources.ConnectionProvider;

/**
 * Reactor Netty. Of what it was given at most 16 messages wait to be sent.
 */
final class ReactorNettyContender implements Contender {

	private static final int MAX_QUEUED = 16;

	private final HttpClient client;

	ReactorNettyContender(X509TrustManager trust) throws Exception {
		SslContext ssl = SslContextBuilder.forClient().sslProvider(SslProvider.JDK).trustManager(trust).build();
		this.client = HttpClient.create(ConnectionProvider.newConnection()).secure((spec) -> spec.sslContext(ssl));
	}

	@Override
	public Link open(URI uri, Decoder decode, Consumer<String> consumer) throws Exception {
		CompletableFuture<Boolean> opened = new CompletableFuture<>();
		Sinks.Many<String> sink = Sinks.many().unicast().onBackpressureBuffer();
		Semaphore queued = new Semaphore(MAX_QUEUED);
		Disposable connection = this.client
			.websocket(WebsocketClientSpec.builder().maxFramePayloadLength(1024 * 1024).build())
			.uri(uri)
			.handle((in, out) -> {
				opened.complete(true);
				Flux<String> decoded = (decode == Decoder.TEXT) ? in.receive().asString()
						: in.receive().asByteArray().map(decode::decode);
				Mono<Void> received = decoded.doOnNext(consumer).then();
				Mono<Void> sent = out.sendString(sink.asFlux().doOnNext((text) -> queued.release())).then();
				return Mono.when(received, sent);
			})
			.doOnError(opened::completeExceptionally)
			.onErrorComplete()
			.subscribe();
		opened.get();
		return new Link() {

			@Override
			public void send(String text) throws InterruptedException {
				queued.acquire();
				sink.emitNext(text, Sinks.EmitFailureHandler.FAIL_FAST);
			}

			@Override
			public void close() {
				// The end of what is sent would not close the connection
				connection.dispose();
				// Nothing is taken any more from a sender that waits
				queued.release(MAX_QUEUED);
			}

		};
	}

}
