package dev.streaming.realtime;

import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.util.Assert;

/**
 * Tool that calls a function with a decoded argument.
 *
 * @param <T> the type of the argument
 */
final class FunctionTool<T> implements RealtimeTool {

	/** Mapper that is independent of the application's configuration. */
	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	/** Names that all providers accept. */
	private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]{0,63}");

	private final String name;

	private final String description;

	private final Class<T> inputType;

	private final @Nullable Function<? super T, ?> function;

	private final @Nullable BiFunction<? super T, RealtimeToolContext, ?> withContext;

	private final String inputSchema;

	FunctionTool(String name, String description, Class<T> inputType, Function<? super T, ?> function) {
		this(name, description, inputType, function, null);
	}

	FunctionTool(String name, String description, Class<T> inputType,
			BiFunction<? super T, RealtimeToolContext, ?> function) {
		this(name, description, inputType, null, function);
	}

	private FunctionTool(String name, String description, Class<T> inputType, @Nullable Function<? super T, ?> function,
			@Nullable BiFunction<? super T, RealtimeToolContext, ?> withContext) {
		Assert.isTrue(NAME.matcher(name).matches(), () -> "The name of a tool has at most 64 letters, digits, '_' and"
				+ " '-', and begins with a letter or '_', but is '" + name + "'");
		Assert.notNull(description, "'description' must not be null");
		Assert.isTrue(function != null || withContext != null, "'function' must not be null");
		Assert.isTrue(inputType.isRecord() || Map.class == inputType,
				() -> "The argument of the tool '" + name + "' must be a record or a Map, not " + inputType.getName());
		this.name = name;
		this.description = description;
		this.inputType = inputType;
		this.function = function;
		this.withContext = withContext;
		this.inputSchema = MAPPER.writeValueAsString(JsonSchemas.of(inputType));
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public String description() {
		return this.description;
	}

	@Override
	public String inputSchema() {
		return this.inputSchema;
	}

	@Override
	public String call(String arguments) {
		if (this.function == null) {
			throw new UnsupportedOperationException("The function of the tool '" + this.name
					+ "' takes a context; call it with call(String, RealtimeToolContext)");
		}
		return MAPPER.writeValueAsString(this.function.apply(input(arguments)));
	}

	@Override
	public String call(String arguments, RealtimeToolContext context) {
		return (this.withContext != null) ? MAPPER.writeValueAsString(this.withContext.apply(input(arguments), context))
				: call(arguments);
	}

	private T input(String arguments) {
		return MAPPER.readValue(arguments.isBlank() ? "{}" : arguments, this.inputType);
	}

	@Override
	public String toString() {
		return "RealtimeTool[" + this.name + "]";
	}

}
