package dev.streaming.sample;

import java.io.IOException;
import java.time.Duration;

import dev.streaming.StreamChunk;
import dev.streaming.realtime.RealtimeChunks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.http.MediaType;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Writes an answer as server-sent events: {@code chunk} for each piece, and at the end
 * {@code finish}, {@code lost} if the connection was lost during the answer, or
 * {@code failure}. Comments are written while there are no chunks, to detect a browser
 * that has disconnected.
 */
final class AnswerStream implements Assistant.Listener {

	private static final Logger logger = LoggerFactory.getLogger(AnswerStream.class);

	private final SseEmitter emitter;

	/**
	 * Create a stream.
	 * @param timeout maximum duration of the response
	 */
	AnswerStream(Duration timeout) {
		this.emitter = new SseEmitter(timeout.toMillis());
		this.emitter.onTimeout(this.emitter::complete);
	}

	SseEmitter emitter() {
		return this.emitter;
	}

	@Override
	public boolean onChunk(StreamChunk chunk) {
		Throwable error = chunk.error();
		if (error != null) {
			logger.warn("The provider reports an error: {}", inOneLine(error));
		}
		if (chunk.media() != null || RealtimeChunks.INPUT.equals(chunk.source())) {
			// A page that plays audio receives it over a WebSocket
			return true;
		}
		return send(nameOf(chunk), AnswerEvent.of(chunk));
	}

	@Override
	public boolean onSilence() {
		return send(SseEmitter.event().comment("waiting"));
	}

	/**
	 * End the stream with a failure.
	 * @param failure the reason why the question was not answered
	 */
	void fail(Exception failure) {
		logger.warn("A question was not answered: {}", inOneLine(failure));
		logger.debug("A question was not answered", failure);
		send("failure", AnswerEvent.failure(failure));
	}

	void complete() {
		this.emitter.complete();
	}

	private static String nameOf(StreamChunk chunk) {
		if (!Assistant.isEnd(chunk)) {
			return "chunk";
		}
		return RealtimeChunks.CONNECTION_LOST.equals(chunk.metadata().get(RealtimeChunks.REASON)) ? "lost" : "finish";
	}

	private boolean send(String name, AnswerEvent data) {
		return send(SseEmitter.event().name(name).data(data, MediaType.APPLICATION_JSON));
	}

	private boolean send(SseEmitter.SseEventBuilder event) {
		try {
			this.emitter.send(event);
			return true;
		}
		catch (IOException | IllegalStateException ex) {
			logger.debug("The browser has disconnected", ex);
			return false;
		}
	}

	// The message may contain text of the provider with line feeds
	private static String inOneLine(Throwable failure) {
		return String.valueOf(failure).replaceAll("\\p{Cntrl}+", " ");
	}

}
