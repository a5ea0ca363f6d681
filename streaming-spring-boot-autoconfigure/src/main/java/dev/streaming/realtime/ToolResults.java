package dev.streaming.realtime;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Creates the results of calls for the model: texts of a limited size, without details of
 * exceptions that are not intended for the model.
 */
final class ToolResults {

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	/** Maximum number of UTF-8 bytes of a UTF-16 unit. */
	private static final int MOST_BYTES = 3;

	private final long maxBytes;

	/**
	 * Create an instance with a size limit.
	 * @param maxBytes maximum size of a result in UTF-8
	 */
	ToolResults(long maxBytes) {
		this.maxBytes = maxBytes;
	}

	/**
	 * Return the result of a tool.
	 * @param result the JSON, or {@code null}
	 * @return a text for the model
	 */
	String returned(@Nullable String result) {
		if (result == null || result.equals("null")) {
			return "";
		}
		if (result.length() * (long) MOST_BYTES <= this.maxBytes) {
			return result;
		}
		long size = (result.length() > this.maxBytes) ? result.length()
				: result.getBytes(StandardCharsets.UTF_8).length;
		return (size <= this.maxBytes) ? result
				: error("The result of the tool is too large: it has more than " + this.maxBytes + " bytes");
	}

	/**
	 * Return the description of a failure for the model.
	 * @param failure the exception of the tool
	 * @return a text for the model
	 */
	String failed(Throwable failure) {
		String message = (failure instanceof ToolException) ? failure.getMessage() : null;
		return returned(error((message != null) ? message : "The tool failed"));
	}

	static String timedOut(Duration timeout) {
		return error("The tool was stopped because it took longer than " + timeout.toMillis() + " ms");
	}

	static String notApproved() {
		return error("The tool was not called, because the call was not approved");
	}

	static String notCalled() {
		return error("The tool was not called, because earlier calls are still running");
	}

	static String error(String message) {
		return MAPPER.writeValueAsString(Map.of("error", message));
	}

}
