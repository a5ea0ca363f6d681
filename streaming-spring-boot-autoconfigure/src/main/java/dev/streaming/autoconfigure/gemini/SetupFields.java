package dev.streaming.autoconfigure.gemini;

import dev.streaming.autoconfigure.JsonFields;

/**
 * Known fields of the {@code setup} message, as of November 2026.
 */
final class SetupFields {

	static final JsonFields ALL = JsonFields.of("""
			object: tools[].functionDeclarations[].parameters.**.properties.*
			text: model, systemInstruction, systemInstruction.role, systemInstruction.parts[].text, labels.*
			text: generationConfig.responseModalities[], generationConfig.mediaResolution
			text: generationConfig.stopSequences[], generationConfig.responseMimeType
			text: generationConfig.thinkingConfig.thinkingLevel, generationConfig.speechConfig.languageCode
			text: generationConfig.speechConfig.voiceConfig.prebuiltVoiceConfig.voiceName
			text: generationConfig.speechConfig.multiSpeakerVoiceConfig.speakerVoiceConfigs[].speaker
			text: realtimeInputConfig.activityHandling, realtimeInputConfig.turnCoverage
			text: realtimeInputConfig.automaticActivityDetection.startOfSpeechSensitivity
			text: realtimeInputConfig.automaticActivityDetection.endOfSpeechSensitivity
			text: sessionResumption.handle, contextWindowCompression.triggerTokens
			text: contextWindowCompression.slidingWindow.targetTokens
			text: inputAudioTranscription.languageCodes[], inputAudioTranscription.customVocabulary[]
			text: inputAudioTranscription.adaptationPhrases[], inputAudioTranscription.mode
			text: outputAudioTranscription.languageCodes[], outputAudioTranscription.customVocabulary[]
			text: outputAudioTranscription.adaptationPhrases[], outputAudioTranscription.mode
			text: safetySettings[].category, safetySettings[].threshold, safetySettings[].method
			text: tools[].functionDeclarations[].name, tools[].functionDeclarations[].description
			text: tools[].functionDeclarations[].behavior
			text: tools[].functionDeclarations[].parameters.**.type
			text: tools[].functionDeclarations[].parameters.**.description
			text: tools[].functionDeclarations[].parameters.**.title
			text: tools[].functionDeclarations[].parameters.**.format
			text: tools[].functionDeclarations[].parameters.**.pattern
			text: tools[].functionDeclarations[].parameters.**.required[]
			text: tools[].functionDeclarations[].parameters.**.enum[]
			scalar: generationConfig.temperature, generationConfig.topP, generationConfig.topK
			scalar: generationConfig.candidateCount, generationConfig.maxOutputTokens, generationConfig.seed
			scalar: generationConfig.presencePenalty, generationConfig.frequencyPenalty
			scalar: generationConfig.enableAffectiveDialog, generationConfig.audioTimestamp
			scalar: generationConfig.thinkingConfig.includeThoughts, generationConfig.thinkingConfig.thinkingBudget
			scalar: realtimeInputConfig.automaticActivityDetection.disabled
			scalar: realtimeInputConfig.automaticActivityDetection.prefixPaddingMs
			scalar: realtimeInputConfig.automaticActivityDetection.silenceDurationMs
			scalar: realtimeInputConfig.interimTranscriptTimestampEnabled
			scalar: sessionResumption.transparent, proactivity.proactiveAudio, proactivity.proactiveVideo
			scalar: historyConfig.initialHistoryInClientContent, explicitVadSignal
			scalar: inputAudioTranscription.wordTimestamp, inputAudioTranscription.diarization
			scalar: outputAudioTranscription.wordTimestamp, outputAudioTranscription.diarization
			list: tools, tools[].functionDeclarations, safetySettings, systemInstruction.parts
			list: generationConfig.responseModalities, generationConfig.stopSequences
			list: generationConfig.speechConfig.multiSpeakerVoiceConfig.speakerVoiceConfigs
			list: inputAudioTranscription.languageCodes, inputAudioTranscription.customVocabulary
			list: inputAudioTranscription.adaptationPhrases, outputAudioTranscription.languageCodes
			list: outputAudioTranscription.customVocabulary, outputAudioTranscription.adaptationPhrases
			list: tools[].functionDeclarations[].parameters.**.required
			list: tools[].functionDeclarations[].parameters.**.enum
			list: tools[].functionDeclarations[].parameters.**.anyOf
			object: generationConfig, generationConfig.speechConfig, generationConfig.thinkingConfig
			object: realtimeInputConfig, sessionResumption, contextWindowCompression
			object: contextWindowCompression.slidingWindow, inputAudioTranscription, outputAudioTranscription
			object: inputAudioTranscription.languageAuto, inputAudioTranscription.languageHints
			object: outputAudioTranscription.languageAuto, outputAudioTranscription.languageHints
			object: proactivity, historyConfig, avatarConfig, labels
			object: tools[].googleSearch, tools[].googleSearchRetrieval, tools[].codeExecution, tools[].urlContext
			object: tools[].googleMaps, tools[].enterpriseWebSearch, tools[].retrieval, tools[].fileSearch
			object: tools[].computerUse, tools[].googleSearch.timeRangeFilter
			object: tools[].functionDeclarations[].parameters
			object: tools[].functionDeclarations[].parameters.**.properties
			object: tools[].functionDeclarations[].parameters.**.items
			""");

	private SetupFields() {
	}

}
