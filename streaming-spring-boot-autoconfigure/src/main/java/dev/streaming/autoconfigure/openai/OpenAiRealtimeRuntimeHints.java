package dev.streaming.autoconfigure.openai;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.context.properties.bind.BindableRuntimeHintsRegistrar;

/**
 * {@link RuntimeHintsRegistrar} for the binding of the settings and their short forms.
 */
class OpenAiRealtimeRuntimeHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		BindableRuntimeHintsRegistrar.forTypes(OpenAiRealtimeProperties.class, OpenAiLiveProperties.class)
			.registerHints(hints, classLoader);
		hints.reflection()
			.registerType(OpenAiRealtimeProperties.TurnDetectionProperties.class, MemberCategory.INVOKE_PUBLIC_METHODS)
			.registerType(OpenAiRealtimeProperties.TranscriptionProperties.class, MemberCategory.INVOKE_PUBLIC_METHODS);
	}

}
