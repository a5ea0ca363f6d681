package dev.streaming.autoconfigure.openai;

import dev.streaming.openai.OpenAiRealtimeOptions;
import dev.streaming.openai.Transcription;
import dev.streaming.openai.TurnDetection;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.context.properties.bind.BindableRuntimeHintsRegistrar;

/**
 * What a native image has to keep so that the settings can be bound, their short forms
 * included.
 */
class OpenAiRealtimeRuntimeHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		BindableRuntimeHintsRegistrar.forTypes(OpenAiRealtimeOptions.class, TurnDetection.class, Transcription.class)
			.registerHints(hints, classLoader);
		hints.reflection()
			.registerType(TurnDetection.class, MemberCategory.INVOKE_PUBLIC_METHODS)
			.registerType(Transcription.class, MemberCategory.INVOKE_PUBLIC_METHODS);
	}

}
