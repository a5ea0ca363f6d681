package dev.streaming.realtime;

import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;

import tools.jackson.databind.json.JsonMapper;

import org.springframework.util.Assert;

/**
 * A tool that is a function of a decoded argument.
 *
 * @param <T> the type of the argument
 */
final class FunctionTool<T> implements RealtimeTool {

	/** A mapper without any of the application's configuration. */
	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	/** Names that all providers accept. */
	private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]{0,63}");

	private final String name;

	private final String description;

	private final Class<T> inputType;

	private final Function<? super T, ?> function;

	private final String inputSchema;

	FunctionTool(String name, String description, Class<T> inputType, Function<? super T, ?> function) {
		Assert.isTrue(NAME.matcher(name).matches(), () -> "The name of a tool has at most 64 letters, digits, '_' and"
				+ " '-', and begins with a letter or '_', but is '" + name + "'");
		Assert.notNull(description, "'description' must not be null");
		Assert.notNull(function, "'function' must not be null");
		Assert.isTrue(inputType.isRecord() || Map.class == inputType,
				() -> "The argument of the tool '" + name + "' must be a record or a Map, not " + inputType.getName());
		this.name = name;
		this.description = description;
		this.inputType = inputType;
		this.function = function;
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
		T input = MAPPER.readValue(arguments.isBlank() ? "{}" : arguments, this.inputType);
		return MAPPER.writeValueAsString(this.function.apply(input));
	}

	@Override
	public String toString() {
		return "RealtimeTool[" + this.name + "]";
	}

}
