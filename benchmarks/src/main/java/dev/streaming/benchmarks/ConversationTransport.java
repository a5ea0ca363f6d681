package dev.streaming.benchmarks;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import dev.streaming.internal.transport.DialRequest;
import dev.streaming.internal.transport.Transport;
import dev.streaming.internal.transport.TransportConnection;
import dev.streaming.internal.transport.TransportListener;

import org.springframework.web.socket.CloseStatus;

/**
 * OpenAI's Realtime API without a network and without a model: each request is answered
 * with the same events.
 */
final class ConversationTransport implements Transport, AutoCloseable {

	private static final int DELTAS = 26;

	/** The events of an answer, and the two that tell of the user's item. */
	static final int RECEIVED = DELTAS + 4;

	/** The user's item and the request. */
	static final int SENT = 2;

	private static final String CREATED = """
			{"type":"session.created","event_id":"event_1","session":{"type":"realtime"}}""";

	private static final String UPDATED = """
			{"type":"session.updated","event_id":"event_2","session":{"type":"realtime"}}""";

	private final ExecutorService thread = Executors.newSingleThreadExecutor();

	private static List<String> answer(int number) {
		String response = "resp_DkW8xVqZ1Q2fJ7yBn" + number;
		List<String> events = new ArrayList<>(DELTAS + 2);
		events
			.add("""
					{"type":"response.created","event_id":"event_DkW8xC","response":{"object":"realtime.response","id":"%s",\
					"conversation_id":"conv_DkW8w","status":"in_progress","output":[]}}"""
				.formatted(response));
		for (int i = 0; i < DELTAS; i++) {
			events.add("""
					{"type":"response.output_text.delta","event_id":"event_DkW8xD%d","response_id":"%s",\
					"item_id":"item_DkW8xAbCdEfGhIjKl%d","output_index":0,"content_index":0,"delta":" word%d"}"""
				.formatted(i, response, number, i));
		}
		events.add("""
				{"type":"response.done","event_id":"event_DkW8xE","response":{"object":"realtime.response","id":"%s",\
				"conversation_id":"conv_DkW8w","status":"completed","output":[],"usage":{"total_tokens":120,\
				"input_tokens":90,"output_tokens":30,"input_token_details":{"text_tokens":90,"audio_tokens":0,\
				"cached_tokens":64},"output_token_details":{"text_tokens":30,"audio_tokens":0}}}}"""
			.formatted(response));
		return events;
	}

	@Override
	public Dialing dial(DialRequest request, TransportListener listener) {
		this.thread.execute(() -> {
			listener.opened(new Connection(listener));
			listener.text(CREATED);
		});
		return () -> {
		};
	}

	@Override
	public void close() {
		this.thread.shutdown();
	}

	private final class Connection implements TransportConnection {

		private final TransportListener listener;

		// Of the transport's thread alone
		private int number;

		private Connection(TransportListener listener) {
			this.listener = listener;
		}

		private CompletionStage<Void> after(Runnable delivery) {
			ConversationTransport.this.thread.execute(delivery);
			return CompletableFuture.completedFuture(null);
		}

		@Override
		public CompletionStage<Void> sendText(String text) {
			return after(() -> react(text));
		}

		private void react(String text) {
			if (text.contains("\"session.update\"")) {
				this.listener.text(UPDATED);
			}
			else if (text.contains("\"response.create\"")) {
				answer(this.number++).forEach(this.listener::text);
			}
			else if (text.contains("\"conversation.item.create\"")) {
				String item = text.substring(text.indexOf("\"item\":"));
				this.listener.text("{\"type\":\"conversation.item.added\"," + item);
				this.listener.text("{\"type\":\"conversation.item.done\"," + item);
			}
		}

		@Override
		public CompletionStage<Void> sendText(ByteBuffer utf8) {
			return sendText(StandardCharsets.UTF_8.decode(utf8.duplicate()).toString());
		}

		@Override
		public CompletionStage<Void> sendBinary(ByteBuffer bytes) {
			throw new UnsupportedOperationException("The protocol is text");
		}

		@Override
		public void ping() {
			after(this.listener::pong);
		}

		@Override
		public void pause() {
			// An answer is smaller than what a session reads ahead
		}

		@Override
		public void resume() {
		}

		@Override
		public void close(CloseStatus status) {
			after(() -> this.listener.closed(status, null));
		}

		@Override
		public void abort() {
			close(CloseStatus.NO_CLOSE_FRAME);
		}

	}

}
