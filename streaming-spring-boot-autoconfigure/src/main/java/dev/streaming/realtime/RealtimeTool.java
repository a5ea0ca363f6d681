package dev.streaming.realtime;

import java.time.Duration;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Function that the model may call. A bean of this type is offered on every realtime
 * connection unless the {@code tools} setting excludes it. Called on a worker thread, and
 * interrupted when its result is not needed any more.
 *
 * <pre>{@code
 * record Place(@JsonPropertyDescription("A city, such as Oslo") String city) {}
 *
 * &#64;Bean
 * RealtimeTool weather(WeatherService service) {
 *     return RealtimeTool.of("get_weather", "The weather at a place", Place.class,
 *         (place) -> service.at(place.city()));
 * }
 * }</pre>
 *
 * @since 1.0.0
 */
public interface RealtimeTool {

	/**
	 * Return the name of the tool.
	 * @return letters, digits, {@code _} and {@code -}
	 */
	String name();

	/**
	 * Return the description of the tool for the model.
	 * @return a sentence or two
	 */
	String description();

	/**
	 * Return the JSON schema of the arguments.
	 * @return the schema of an object, as JSON
	 */
	String inputSchema();

	/**
	 * Call the tool.
	 * @param arguments the arguments as JSON
	 * @return the result as JSON; {@code null} is an empty text
	 * @throws Exception if the call fails: the model receives the message of a
	 * {@link ToolException}, and no details of any other exception
	 */
	@Nullable String call(String arguments) throws Exception;

	/**
	 * Call the tool for a session. Sessions call this method, which calls
	 * {@link #call(String)} by default.
	 * @param arguments the arguments as JSON
	 * @param context the context of the call
	 * @return the result as JSON; {@code null} is an empty text
	 * @throws Exception as {@link #call(String)}
	 */
	default @Nullable String call(String arguments, RealtimeToolContext context) throws Exception {
		return call(arguments);
	}

	/**
	 * Return the timeout of a call, after which it is interrupted and the model notified.
	 * Read once for each session.
	 * @return the timeout, positive, or {@code null} for the connection's
	 * {@code tool-timeout}
	 */
	default @Nullable Duration timeout() {
		return null;
	}

	/**
	 * Return whether the model waits for results.
	 * @return {@link Execution#BLOCKING} by default
	 */
	default Execution execution() {
		return Execution.BLOCKING;
	}

	/**
	 * Return the time at which the model reports the result of an {@link Execution#ASYNC}
	 * tool. Not used for other tools.
	 * @return {@link Scheduling#WHEN_IDLE} by default
	 */
	default Scheduling scheduling() {
		return Scheduling.WHEN_IDLE;
	}

	/**
	 * Create a tool that calls a function. The schema is derived from the type of its
	 * argument: a record (with {@code @JsonProperty}, {@code @JsonPropertyDescription}
	 * and {@code @JsonIgnore}), whose components are required unless they are
	 * {@link java.util.Optional} or {@code @Nullable}; or a {@link java.util.Map} for a
	 * function that accepts any object.
	 * @param name the name of the tool
	 * @param description the description for the model
	 * @param inputType a record, or {@code Map}
	 * @param function the function; its result is encoded as JSON
	 * @param <T> the type of its argument
	 * @return the tool
	 * @throws IllegalArgumentException if a schema cannot be derived from the type
	 */
	static <T> RealtimeTool of(String name, String description, Class<T> inputType, Function<? super T, ?> function) {
		return new FunctionTool<>(name, description, inputType, function);
	}

	/**
	 * Create a tool that calls a function with a context. The schema is derived from the
	 * type of its first argument, as by {@link #of(String, String, Class, Function)}.
	 * @param name the name of the tool
	 * @param description the description for the model
	 * @param inputType a record, or {@code Map}
	 * @param function the function; its result is encoded as JSON
	 * @param <T> the type of its first argument
	 * @return the tool, whose {@link #call(String)} throws an
	 * {@link UnsupportedOperationException}, because it has no context
	 * @throws IllegalArgumentException if a schema cannot be derived from the type
	 */
	static <T> RealtimeTool of(String name, String description, Class<T> inputType,
			BiFunction<? super T, RealtimeToolContext, ?> function) {
		return new FunctionTool<>(name, description, inputType, function);
	}

	/**
	 * Create a tool that calls a function with any JSON object.
	 * @param name the name of the tool
	 * @param description the description for the model
	 * @param function the function; its result is encoded as JSON
	 * @return the tool
	 */
	@SuppressWarnings("unchecked")
	static RealtimeTool of(String name, String description, Function<? super Map<String, Object>, ?> function) {
		return of(name, description, Map.class, (arguments) -> function.apply((Map<String, Object>) arguments));
	}

	/**
	 * Execution of a tool, seen from the model.
	 */
	enum Execution {

		/** The model waits for the result. */
		BLOCKING,

		/**
		 * The model continues meanwhile, if the provider supports that: the answer with
		 * the call ends without the result, and the model reports the result in another
		 * answer.
		 */
		ASYNC

	}

	/**
	 * Time at which the model reports a result.
	 */
	enum Scheduling {

		/** When neither the model nor the user speaks. */
		WHEN_IDLE,

		/** At once: the current answer is interrupted. */
		INTERRUPT,

		/** Not of its own accord: the result is added to the context only. */
		SILENT

	}

}
