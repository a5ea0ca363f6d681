package dev.streaming;

import org.springframework.util.Assert;

/**
 * Call of a tool by the model.
 *
 * @param id the provider's id of the call, to be sent with its result
 * @param name the tool's name
 * @param arguments the arguments as the raw JSON of the provider
 * @since 1.0.0
 */
public record ToolCall(String id, String name, String arguments) {

	/**
	 * Create a tool call.
	 * @param id the provider's id of the call
	 * @param name the tool's name
	 * @param arguments the arguments as raw JSON
	 */
	public ToolCall {
		Assert.notNull(id, "'id' must not be null");
		Assert.notNull(name, "'name' must not be null");
		Assert.notNull(arguments, "'arguments' must not be null");
	}

}
