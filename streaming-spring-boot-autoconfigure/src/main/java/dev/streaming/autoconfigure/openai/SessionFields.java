package dev.streaming.autoconfigure.openai;

import dev.streaming.autoconfigure.JsonFields;

/**
 * Known fields of the {@code session} of {@code session.update}, as of November 2026, and
 * their names in the beta.
 */
final class SessionFields {

	static final JsonFields ALL = JsonFields.of("""
			object: tools[].parameters.**.properties.*
			secret: tools[].authorization, tools[].headers.*
			text: type, model, instructions, output_modalities[], modalities[], include[], voice
			text: input_audio_format, output_audio_format
			text: audio.input.format.type, audio.output.format.type, audio.output.voice, audio.output.voice.id
			text: audio.input.noise_reduction.type, audio.input.transcription.model
			text: audio.input.transcription.language, audio.input.transcription.prompt
			text: audio.input.turn_detection.type, audio.input.turn_detection.eagerness
			text: input_audio_transcription.model, input_audio_transcription.language
			text: input_audio_transcription.prompt, input_audio_noise_reduction.type
			text: turn_detection.type, turn_detection.eagerness
			text: reasoning.effort, tool_choice.type, tool_choice.name, tool_choice.server_label
			text: tracing.workflow_name, tracing.group_id, tracing.metadata.*, truncation.type
			text: prompt.id, prompt.version, prompt.variables.*
			text: tools[].type, tools[].name, tools[].description, tools[].server_label, tools[].server_url
			text: tools[].server_description, tools[].connector_id, tools[].tunnel_id
			text: tools[].allowed_tools[], tools[].allowed_tools.tool_names[], tools[].allowed_callers[]
			text: tools[].require_approval.always.tool_names[], tools[].require_approval.never.tool_names[]
			text: tools[].parameters.**.type, tools[].parameters.**.description, tools[].parameters.**.title
			text: tools[].parameters.**.format, tools[].parameters.**.pattern, tools[].parameters.**.required[]
			scalar: max_output_tokens, max_response_output_tokens, temperature, parallel_tool_calls, speed
			scalar: audio.input.format.rate, audio.output.format.rate, audio.output.speed
			scalar: audio.input.turn_detection.threshold, audio.input.turn_detection.prefix_padding_ms
			scalar: audio.input.turn_detection.silence_duration_ms, audio.input.turn_detection.idle_timeout_ms
			scalar: audio.input.turn_detection.create_response, audio.input.turn_detection.interrupt_response
			scalar: turn_detection.threshold, turn_detection.prefix_padding_ms, turn_detection.silence_duration_ms
			scalar: turn_detection.create_response, turn_detection.interrupt_response
			scalar: truncation.retention_ratio, truncation.token_limits.post_instructions
			scalar: tools[].defer_loading, tools[].allowed_tools.read_only
			scalar: tools[].parameters.**.additionalProperties
			nullable: audio.input.turn_detection, audio.input.transcription, audio.input.noise_reduction
			nullable: turn_detection, input_audio_transcription, input_audio_noise_reduction, tracing, prompt
			list: output_modalities, modalities, include, tools, tools[].allowed_callers
			list: tools[].allowed_tools.tool_names, tools[].require_approval.always.tool_names
			list: tools[].require_approval.never.tool_names, tools[].parameters.**.required
			list: tools[].parameters.**.enum, tools[].parameters.**.anyOf
			object: audio, audio.input, audio.output, tools[].headers, tools[].parameters
			object: tools[].parameters.**.properties, tools[].parameters.**.items
			object: reasoning, truncation.token_limits
			""");

	private SessionFields() {
	}

}
