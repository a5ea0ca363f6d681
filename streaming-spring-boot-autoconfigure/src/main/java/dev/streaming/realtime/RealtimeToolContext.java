package dev.streaming.realtime;

import java.util.Map;

import dev.streaming.MediaData;

/**
 * Context of a call of a {@link RealtimeTool}: the session that it is made for, and
 * access to interim results. Valid until the tool returns. Thread-safe.
 *
 * @since 1.0.0
 */
public interface RealtimeToolContext {

	/**
	 * Return the id of the session.
	 * @return the id, unique in this JVM
	 */
	String sessionId();

	/**
	 * Return the name of the session's connection.
	 * @return the name in the configuration, or {@code default}
	 */
	String connectionName();

	/**
	 * Return the id of the call.
	 * @return the id assigned by the provider, or a generated one if there is none
	 */
	String callId();

	/**
	 * Return the attributes of the session, such as the user it was opened for. The model
	 * cannot change them.
	 * @return the attributes of the session, unmodifiable
	 */
	Map<String, Object> attributes();

	/**
	 * Send an interim result. It is sent if the provider supports interim results and the
	 * tool is {@link RealtimeTool.Execution#ASYNC}: by Gemini as a result with
	 * {@code willContinue}. Otherwise, and after the call has ended, it is dropped. The
	 * order of interim results and the result is guaranteed for calls on the thread of
	 * the tool.
	 * @param json the interim result as JSON, within {@code tool-result-size}
	 */
	void progress(String json);

	/**
	 * Return whether the model accepts images in the result of a tool.
	 * @return whether {@link #addImage} is supported
	 * @see RealtimeCapabilities.Feature#RESULT_IMAGES
	 */
	default boolean takesImages() {
		return false;
	}

	/**
	 * Add an image to the result of the call. It is sent with the text that the tool
	 * returns, but not with an error.
	 * @param image the image, of type {@code image/jpeg} or {@code image/png}
	 * @throws UnsupportedOperationException if the model does not accept images in the
	 * result of a tool
	 * @throws IllegalArgumentException if the image is empty or has another type, or if
	 * the limits of {@link ToolResult} are exceeded
	 */
	default void addImage(MediaData image) {
		throw new UnsupportedOperationException("The model of this session takes no images in the result of a tool");
	}

}
