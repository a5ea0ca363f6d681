package dev.streaming.sample.provider;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A client that is not the starter's, to see the bare protocol.
 */
final class ProviderSocket implements WebSocket.Listener, AutoCloseable {

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private final BlockingQueue<Frame> frames = new LinkedBlockingQueue<>();

	private final CompletableFuture<Integer> closed = new CompletableFuture<>();

	private final StringBuilder text = new StringBuilder();

	private final List<ByteBuffer> binary = new ArrayList<>();

	private final WebSocket socket;

	ProviderSocket(int port, String protocol) {
		this(port, protocol, "somebody");
	}

	ProviderSocket(int port, String protocol, String visitor) {
		this.socket = HttpClient.newHttpClient()
			.newWebSocketBuilder()
			.header(Client.VISITOR_HEADER, visitor)
			.buildAsync(URI.create("ws://localhost:" + port + "/provider/" + protocol), this)
			.join();
	}

	ProviderSocket send(String json) {
		this.socket.sendText(json, true).join();
		return this;
	}

	Frame next() throws InterruptedException {
		Frame frame = this.frames.poll(10, TimeUnit.SECONDS);
		assertThat(frame).as("the next frame").isNotNull();
		return frame;
	}

	/**
	 * Wait for a message.
	 * @param wanted says which
	 * @return all messages up to it
	 */
	List<JsonNode> until(Predicate<JsonNode> wanted) throws InterruptedException {
		List<JsonNode> messages = new ArrayList<>();
		do {
			messages.add(next().json());
		}
		while (!wanted.test(messages.get(messages.size() - 1)));
		return messages;
	}

	List<JsonNode> untilType(String type) throws InterruptedException {
		return until((message) -> type.equals(message.path("type").asString("")));
	}

	JsonNode type(String type) throws InterruptedException {
		List<JsonNode> messages = untilType(type);
		return messages.get(messages.size() - 1);
	}

	int closeCode() throws Exception {
		return this.closed.get(10, TimeUnit.SECONDS);
	}

	@Override
	public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
		this.text.append(data);
		if (last) {
			this.frames.add(new Frame(false, MAPPER.readTree(this.text.toString())));
			this.text.setLength(0);
		}
		webSocket.request(1);
		return null;
	}

	@Override
	public CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer data, boolean last) {
		this.binary.add(data);
		if (last) {
			StringBuilder json = new StringBuilder();
			this.binary.forEach((part) -> json.append(StandardCharsets.UTF_8.decode(part)));
			this.binary.clear();
			this.frames.add(new Frame(true, MAPPER.readTree(json.toString())));
		}
		webSocket.request(1);
		return null;
	}

	@Override
	public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
		this.closed.complete(statusCode);
		return null;
	}

	@Override
	public void onError(WebSocket webSocket, Throwable error) {
		this.closed.completeExceptionally(error);
	}

	@Override
	public void close() {
		this.socket.abort();
	}

	/**
	 * A message.
	 *
	 * @param binary whether it came in a binary frame
	 * @param json the message
	 */
	record Frame(boolean binary, JsonNode json) {
	}

}
