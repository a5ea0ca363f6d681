package dev.streaming.testsupport;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.streaming.MediaData;
import dev.streaming.Session;
import dev.streaming.SessionInterceptor;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the texts and the audio that a client sends, replaces "secret", and drops
 * texts "drop" and audio that begins with a zero.
 */
public final class InputInterceptor implements SessionInterceptor {

	public final List<String> texts = new CopyOnWriteArrayList<>();

	public final List<MediaData> audio = new CopyOnWriteArrayList<>();

	@Override
	public @Nullable String onText(Session session, String role, String text) {
		this.texts.add(role + ":" + text);
		return text.contains("drop") ? null : text.replace("secret", "***");
	}

	@Override
	public @Nullable MediaData onAudio(Session session, MediaData piece) {
		this.audio.add(piece);
		byte[] data = piece.data();
		if (data[0] == 0) {
			return null;
		}
		data[0]++;
		return new MediaData(data, piece.mimeType(), piece.sampleRate(), piece.channels());
	}

}
