package dev.streaming.realtime;

import java.util.Map;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * A function that the model may ask for. As a bean it is offered on every realtime
 * connection unless the {@code tools} setting excludes it. Called on a worker thread, off
 * the receive path, and interrupted when its result is no longer wanted.
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
	 * Return the name by which the model asks for it.
	 * @return letters, digits, {@code _} and {@code -}
	 */
	String name();

	/**
	 * Return its description for the model.
	 * @return a sentence or two
	 */
	String description();

	/**
	 * Return the JSON schema of its arguments.
	 * @return the schema of an object, as JSON
	 */
	String inputSchema();

	/**
	 * Call it.
	 * @param arguments the arguments as JSON
	 * @return the result as JSON; {@code null} is an empty text
	 * @throws Exception if the call fails: the model is sent the message of a
	 * {@link ToolException}, and of any other exception only that the tool failed
	 */
	@Nullable String call(String arguments) throws Exception;

	/**
	 * Make a tool of a function. The schema comes from the type of its argument: a record
	 * (with {@code @JsonProperty}, {@code @JsonPropertyDescription} and
	 * {@code @JsonIgnore}), whose components are required unless they are
	 * {@link java.util.Optional} or {@code @Nullable}; or a {@link java.util.Map} for a
	 * function that takes anything.
	 * @param name the name by which the model asks for it
	 * @param description its description for the model
	 * @param inputType a record, or {@code Map}
	 * @param function the function; its result is encoded as JSON
	 * @param <T> the type of its argument
	 * @return the tool
	 * @throws IllegalArgumentException if there is no schema for the type
	 */
	static <T> RealtimeTool of(String name, String description, Class<T> inputType, Function<? super T, ?> function) {
		return new FunctionTool<>(name, description, inputType, function);
	}

	/**
	 * Make a tool of a function that takes any JSON object.
	 * @param name the name by which the model asks for it
	 * @param description its description for the model
	 * @param function the function; its result is encoded as JSON
	 * @return the tool
	 */
	@SuppressWarnings("unchecked")
	static RealtimeTool of(String name, String description, Function<? super Map<String, Object>, ?> function) {
		return of(name, description, Map.class, (arguments) -> function.apply((Map<String, Object>) arguments));
	}

}
