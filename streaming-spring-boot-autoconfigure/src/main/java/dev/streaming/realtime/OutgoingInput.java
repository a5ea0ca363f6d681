package dev.streaming.realtime;

import java.util.Locale;

import dev.streaming.SessionContext;
import org.jspecify.annotations.Nullable;

/**
 * Passes the input that the application sends by a client to the interceptors of the
 * session (L3). For clients of providers. Thread-safe.
 *
 * @since 1.0.0
 * @see SessionContext#outgoingText
 */
public final class OutgoingInput {

	private final @Nullable SessionContext context;

	/**
	 * Create an instance.
	 * @param context the context of the session, or {@code null} for no interceptors
	 */
	public OutgoingInput(@Nullable SessionContext context) {
		this.context = context;
	}

	/**
	 * Apply the interceptors to a text.
	 * @param text the text
	 * @param role the speaker
	 * @return the text to send, or {@code null} if it is dropped
	 */
	public @Nullable String text(String text, Role role) {
		return (this.context != null) ? this.context.outgoingText(role.name().toLowerCase(Locale.ROOT), text) : text;
	}

	/**
	 * Apply the interceptors to a question.
	 * @param text the text of the question
	 * @return the text to ask
	 * @throws RealtimeAnswerException if the text is dropped, so that there will be no
	 * answer
	 */
	public String question(String text) {
		String left = text(text, Role.USER);
		if (left == null) {
			throw new RealtimeAnswerException(
					"The question was not asked: a SessionInterceptor has dropped its text; ask something else", null);
		}
		return left;
	}

	/**
	 * Apply the interceptors to a piece of the user's audio.
	 * @param audio raw samples
	 * @param format their format
	 * @return the audio to send, or {@code null} if it is dropped
	 */
	public byte @Nullable [] audio(byte[] audio, AudioFormat format) {
		return (this.context != null) ? this.context.outgoingAudio(audio, format.encoding().mimeType(),
				format.sampleRate(), format.channels()) : audio;
	}

}
