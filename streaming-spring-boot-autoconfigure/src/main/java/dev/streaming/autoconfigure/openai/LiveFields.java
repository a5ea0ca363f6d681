package dev.streaming.autoconfigure.openai;

import dev.streaming.autoconfigure.JsonFields;

/**
 * Known fields of the {@code session} of {@code session.start}, as of November 2026.
 */
final class LiveFields {

	static final JsonFields ALL = JsonFields.of("""
			object: delegation.responses.tools[].parameters.**.properties.*
			secret: delegation.responses.tools[].authorization, delegation.responses.tools[].headers.*
			text: model, instructions, safety_identifier, audio.format.type, audio.output.voice, audio.output.voice.id
			text: delegation.type, delegation.responses.model, delegation.responses.instructions
			text: delegation.responses.service_tier, delegation.responses.reasoning.effort
			text: delegation.responses.reasoning.summary, delegation.responses.text.verbosity
			text: delegation.responses.tool_choice.type, delegation.responses.tool_choice.name
			text: delegation.responses.tools[].type, delegation.responses.tools[].name
			text: delegation.responses.tools[].description, delegation.responses.tools[].server_label
			text: delegation.responses.tools[].server_url
			scalar: store, audio.format.rate, delegation.acknowledgement_delay_ms
			scalar: delegation.responses.max_output_tokens, delegation.responses.parallel_tool_calls
			nullable: delegation
			list: delegation.responses.tools, input, triggers
			object: audio, audio.format, audio.output, delegation.responses, delegation.responses.reasoning
			object: delegation.responses.text, delegation.responses.tools[].headers
			object: delegation.responses.tools[].parameters
			""");

	private LiveFields() {
	}

}
