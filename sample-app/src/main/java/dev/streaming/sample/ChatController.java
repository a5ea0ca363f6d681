package dev.streaming.sample;

import java.io.IOException;
import java.util.Map;

import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import dev.streaming.realtime.RealtimeChunks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * The conversation over HTTP: a question comes in, the answer goes out as server-sent
 * events while it is being given.
 */
@RestController
class ChatController {

	private static final Logger logger = LoggerFactory.getLogger(ChatController.class);

	private final Assistant assistant;

	private final AsyncTaskExecutor executor;

	ChatController(Assistant assistant, AsyncTaskExecutor applicationTaskExecutor) {
		this.assistant = assistant;
		this.executor = applicationTaskExecutor;
	}

	/**
	 * Answer. The events are {@code chunk} for each piece of the answer, and at the end
	 * {@code finish}, {@code lost} if the connection died in the middle of it, or
	 * {@code failure}. Their data are the chunk as JSON, speech left out.
	 * @param text what the user says
	 * @return the events
	 */
	@GetMapping(path = "/chat", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	SseEmitter chat(@RequestParam String text) {
		SseEmitter events = new SseEmitter(0L);
		this.executor.execute(() -> answer(text, events));
		return events;
	}

	private void answer(String text, SseEmitter events) {
		try {
			this.assistant.ask(text, (chunk) -> chunk.media() != null || send(events, nameOf(chunk), slim(chunk)));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			fail(events, ex);
		}
		catch (RuntimeException ex) {
			fail(events, ex);
		}
		events.complete();
	}

	private static void fail(SseEmitter events, Exception failure) {
		logger.warn("A question was not answered: {}", failure.getMessage());
		send(events, "failure", Map.of("error", String.valueOf(failure.getMessage())));
	}

	private static String nameOf(StreamChunk chunk) {
		if (!Assistant.isEnd(chunk)) {
			return "chunk";
		}
		return RealtimeChunks.CONNECTION_LOST.equals(chunk.metadata().get(RealtimeChunks.REASON)) ? "lost" : "finish";
	}

	// All that was said so far, with every word, is more than a page needs
	private static StreamChunk slim(StreamChunk chunk) {
		return chunk.delta().isEmpty() ? chunk : chunk.toBuilder().content("").metadata(Map.of()).build();
	}

	private static boolean send(SseEmitter events, String name, Object data) {
		try {
			events.send(SseEmitter.event().name(name).data(data, MediaType.APPLICATION_JSON));
			return true;
		}
		catch (IOException | IllegalStateException ex) {
			logger.debug("Nobody listens any more", ex);
			return false;
		}
	}

	/**
	 * Be ready for the first question. Not being so is no reason not to start: every
	 * question tries again.
	 */
	@EventListener(ApplicationReadyEvent.class)
	void connect() {
		try {
			this.assistant.connect();
		}
		catch (StreamingException ex) {
			logger.warn("There is no session yet: {}", ex.getMessage());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
