package dev.streaming.openai;

import java.util.function.UnaryOperator;

import dev.streaming.StreamingException;
import org.jspecify.annotations.Nullable;

/**
 * Exception for an error reported by the provider. An error in a chunk does not end the
 * session.
 *
 * @since 1.0.0
 */
public class OpenAiErrorException extends StreamingException {

	private static final long serialVersionUID = 1L;

	private final String type;

	private final @Nullable String code;

	private final @Nullable String param;

	private final @Nullable String eventId;

	/**
	 * Create an exception.
	 * @param message the provider's message
	 * @param type the type of the error, such as {@code invalid_request_error}
	 * @param code the code of the error, such as {@code insufficient_quota}, or
	 * {@code null}
	 * @param param the parameter at fault, or {@code null}
	 * @param eventId the id of the client's event at fault, or {@code null}
	 */
	public OpenAiErrorException(String message, String type, @Nullable String code, @Nullable String param,
			@Nullable String eventId) {
		this(OpenAiApi.REALTIME, message, type, code, param, eventId, UnaryOperator.identity());
	}

	OpenAiErrorException(OpenAiApi api, String message, String type, @Nullable String code, @Nullable String param,
			@Nullable String eventId, UnaryOperator<String> sanitizer) {
		super(api.label() + " reported " + sanitizer.apply((code != null) ? code : type) + ": "
				+ sanitizer.apply(message));
		this.type = type;
		this.code = code;
		this.param = param;
		this.eventId = eventId;
	}

	/**
	 * Return the type of the error.
	 * @return such as {@code invalid_request_error} or {@code server_error}
	 */
	public String type() {
		return this.type;
	}

	/**
	 * Return the code of the error.
	 * @return such as {@code insufficient_quota}, or {@code null}
	 */
	public @Nullable String code() {
		return this.code;
	}

	/**
	 * Return the parameter at fault.
	 * @return its path, or {@code null}
	 */
	public @Nullable String param() {
		return this.param;
	}

	/**
	 * Return the id of the client's event at fault.
	 * @return the id, or {@code null}
	 */
	public @Nullable String eventId() {
		return this.eventId;
	}

}
