package dev.streaming.internal.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import dev.streaming.MediaData;
import dev.streaming.Session;
import dev.streaming.SessionInterceptor;
import dev.streaming.StreamChunk;
import org.jspecify.annotations.Nullable;

/**
 * Chain of the interceptors of one session, in order. An interceptor that throws an
 * exception is skipped; its first failure is logged. Called by any thread.
 */
final class InterceptorChain {

	private final List<SessionInterceptor> interceptors;

	private final Session session;

	private final SessionLog log;

	private final Set<SessionInterceptor> failed = ConcurrentHashMap.newKeySet();

	InterceptorChain(List<SessionInterceptor> interceptors, Session session, SessionLog log) {
		this.interceptors = interceptors;
		this.session = session;
		this.log = log;
	}

	/**
	 * Apply the interceptors to chunks.
	 * @param chunks the chunks
	 * @return the chunks to deliver, in order
	 */
	List<StreamChunk> chunks(List<StreamChunk> chunks) {
		if (this.interceptors.isEmpty() || chunks.isEmpty()) {
			return chunks;
		}
		List<StreamChunk> passed = new ArrayList<>(chunks.size());
		for (StreamChunk chunk : chunks) {
			StreamChunk left = chunk(chunk);
			if (left != null) {
				passed.add(left);
			}
			else if (chunk.finishReason() != null) {
				// Otherwise a caller would wait forever for the end of the answer
				passed.add(StreamChunk.builder()
					.finishReason(chunk.finishReason())
					.responseId(chunk.responseId())
					.usage(chunk.usage())
					.build());
			}
		}
		return passed;
	}

	private @Nullable StreamChunk chunk(StreamChunk chunk) {
		StreamChunk current = chunk;
		for (SessionInterceptor interceptor : this.interceptors) {
			StreamChunk given = current;
			current = guarded(interceptor, "onChunk", given, () -> interceptor.onChunk(this.session, given));
			if (current == null) {
				return null;
			}
		}
		return current;
	}

	/**
	 * Apply the interceptors to a value.
	 * @param message the value
	 * @return the value to send, or {@code null} if it is dropped
	 */
	@Nullable Object message(Object message) {
		Object current = message;
		for (SessionInterceptor interceptor : this.interceptors) {
			Object given = current;
			current = guarded(interceptor, "onSend", given, () -> interceptor.onSend(this.session, given));
			if (current == null) {
				return null;
			}
		}
		return current;
	}

	/**
	 * Apply the interceptors to a text.
	 * @param role the speaker
	 * @param text the text
	 * @return the text to send, or {@code null} if it is dropped
	 */
	@Nullable String text(String role, String text) {
		String current = text;
		for (SessionInterceptor interceptor : this.interceptors) {
			String given = current;
			current = guarded(interceptor, "onText", given, () -> interceptor.onText(this.session, role, given));
			if (current == null || (current.isEmpty() && !text.isEmpty())) {
				return null;
			}
		}
		return current;
	}

	/**
	 * Apply the interceptors to audio.
	 * @param audio raw samples
	 * @param mimeType the MIME type
	 * @param sampleRate the sample rate in Hz
	 * @param channels the number of channels
	 * @return the audio to send, or {@code null} if it is dropped
	 */
	byte @Nullable [] audio(byte[] audio, String mimeType, int sampleRate, int channels) {
		if (this.interceptors.isEmpty() || audio.length == 0) {
			return audio;
		}
		MediaData current = new MediaData(audio, mimeType, sampleRate, channels);
		for (SessionInterceptor interceptor : this.interceptors) {
			MediaData given = current;
			current = guarded(interceptor, "onAudio", given, () -> interceptor.onAudio(this.session, given));
			if (current == null) {
				return null;
			}
		}
		return current.data();
	}

	private <T> @Nullable T guarded(SessionInterceptor interceptor, String method, T given,
			Supplier<@Nullable T> call) {
		try {
			return call.get();
		}
		catch (Throwable ex) {
			boolean first = this.failed.add(interceptor);
			(first ? this.log.warn() : this.log.debug()).setCause(ex)
				.log("{} of {} failed and is skipped; further failures are logged at debug level", method,
						interceptor.getClass().getName());
			return given;
		}
	}

}
